#include "storage/pg/bulk.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>

#include "storage/pg/errors.h"

namespace selfsame::pg {
namespace {

constexpr int kBinary = 1;

constexpr std::string_view kCopySignature{"PGCOPY\n\377\r\n\0", 11};

// COPY data goes to libpq in pieces, so that it never holds a second copy of a large batch.
constexpr std::size_t kCopyPieceBytes = 1 << 18;
constexpr std::chrono::milliseconds kStopLook{100};  // How often a wait looks for the stop limit.

bool IsReady(const PGresult* result) {
  switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_COPY_IN: return true;
    default: return false;
  }
}

}  // namespace

std::string_view Rows::Bytes(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::Integer(int row, int column, int bytes) const {
  const std::string_view raw = Bytes(row, column);
  SELFSAME_CHECK(raw.size() == static_cast<std::size_t>(bytes));
  std::uint64_t value = static_cast<signed char>(raw[0]) < 0 ? ~std::uint64_t{0} : 0;
  for (const char c : raw) value = value << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

std::int16_t Rows::SmallInt(int row, int column) const {
  return static_cast<std::int16_t>(Integer(row, column, 2));
}
std::int32_t Rows::Int(int row, int column) const {
  return static_cast<std::int32_t>(Integer(row, column, 4));
}
std::int64_t Rows::BigInt(int row, int column) const { return Integer(row, column, 8); }
TimeUs Rows::Time(int row, int column) const {
  return {Integer(row, column, 8) + kPostgresEpochUs};
}

CopyRows::CopyRows(std::int16_t columns) : columns_(columns) {
  Raw(kCopySignature);
  Int32(0);  // Flags.
  Int32(0);  // Header extension.
}

BulkConnection::BulkConnection(BulkOptions options, PgHandle connection)
    : options_(std::move(options)), connection_(std::move(connection)) {}

BulkConnection::~BulkConnection() = default;

Result<std::unique_ptr<BulkConnection>> BulkConnection::Connect(BulkOptions options) {
  SELFSAME_ASSIGN_OR_RETURN(PgHandle handle,
                            OpenConnection(options.connection_string, options.connect_wait));
  // Sending must not block either: a server that does not read is noticed by the deadline.
  if (PQsetnonblocking(handle.get(), 1) != 0) return TranslateSqlState("", "connect");
  return std::unique_ptr<BulkConnection>(new BulkConnection(std::move(options), std::move(handle)));
}

Status BulkConnection::Begin(TenantId tenant) {
  return Run("begin", fmt::format("BEGIN; SELECT set_config('selfsame.tenant', '{0}', true), "
                                  "pg_advisory_xact_lock_shared({1}, {0})",
                                  tenant.value, kGenerationLock));
}

Status BulkConnection::Begin(TenantId tenant, std::chrono::milliseconds lock_wait) {
  return Run("begin", fmt::format("BEGIN; SELECT set_config('selfsame.tenant', '{0}', true), "
                                  "set_config('lock_timeout', '{2}', true), "
                                  "pg_advisory_xact_lock_shared({1}, {0})",
                                  tenant.value, kGenerationLock, lock_wait.count()));
}

Status BulkConnection::Commit() {
  if (PQsendQuery(connection_.get(), "COMMIT") == 0) {
    // Whether a part of it was sent cannot be known.
    connection_.reset();
    return Error{
        .code = ErrorCode::kInDoubt, .reason = "COMMIT_IN_DOUBT", .message = "commit was cut off"};
  }
  auto done = Await("commit");
  if (done.ok() && done->command() == "COMMIT") return {};
  if (done.ok()) {
    return Error{.code = ErrorCode::kInternal,
                 .reason = "COMMIT_ROLLED_BACK",
                 .message = "commit of a failed transaction"};
  }
  Error error = std::move(done).error();
  if (error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadlineExceeded) {
    error.code = ErrorCode::kInDoubt;
    error.reason = "COMMIT_IN_DOUBT";
  }
  return error;
}

Status BulkConnection::Rollback() {
  if (!IsUsable()) return {};
  return Run("rollback", "ROLLBACK");
}
Status BulkConnection::Savepoint() { return Run("savepoint", "SAVEPOINT work"); }
Status BulkConnection::RollbackToSavepoint() {
  return Run("rollback to savepoint", "ROLLBACK TO SAVEPOINT work");
}

Result<Rows> BulkConnection::Execute(const Statement& statement, const Params& params) {
  if (!prepared_.contains(statement.name)) {
    SELFSAME_RETURN_IF_ERROR(Prepare(statement, params));
  }
  SELFSAME_RETURN_IF_ERROR(SendExecute(statement, params));
  return Await(statement.name);
}

Status BulkConnection::Prepare(const Statement& statement, const Params& params) {
  if (PQsendPrepare(connection_.get(), statement.name, statement.sql, params.count(),
                    params.types().data()) == 0) {
    return Broken(statement.name);
  }
  auto prepared = Await(statement.name);
  if (!prepared.ok()) return std::move(prepared).error();
  prepared_.insert(statement.name);
  return {};
}

Status BulkConnection::SendExecute(const Statement& statement, const Params& params) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  const std::vector<int> formats(params.count(), kBinary);
  for (const std::string& value : params.values()) {
    values.push_back(value.data());
    lengths.push_back(static_cast<int>(value.size()));
  }
  if (PQsendQueryPrepared(connection_.get(), statement.name, params.count(), values.data(),
                          lengths.data(), formats.data(), kBinary) == 0) {
    return Broken(statement.name);
  }
  return {};
}

Status BulkConnection::Copy(const std::string& target, CopyRows rows) {
  SELFSAME_RETURN_IF_ERROR(Run("copy", "COPY " + target + " FROM STDIN (FORMAT binary)"));
  const Deadline deadline = StatementDeadline();
  rows.Int16(-1);  // End of the data.
  const std::string_view bytes = rows.bytes();
  for (std::size_t at = 0; at < bytes.size(); at += kCopyPieceBytes) {
    const std::string_view piece = bytes.substr(at, kCopyPieceBytes);
    // What was sent before has left libpq's buffer: it always takes this much.
    if (PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size())) != 1) {
      return Broken("copy");
    }
    SELFSAME_RETURN_IF_ERROR(AwaitSent("copy", deadline));
  }
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) return Broken("copy");
  return ToStatus(Await("copy"));
}

Status BulkConnection::Run(const char* name, const std::string& sql) {
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) return Broken(name);
  return ToStatus(Await(name));
}

Deadline BulkConnection::StatementDeadline() const {
  return Deadline::After(options_.statement_wait + kAnswerSlack);
}

Result<Rows> BulkConnection::Await(std::string_view attempted) {
  const Deadline deadline = StatementDeadline();
  Rows last(nullptr);
  std::optional<Error> failed;
  for (;;) {
    if (Status ready = AwaitReadable(attempted, deadline); !ready.ok()) {
      // Where the server ended the session, it said why first.
      return failed ? *std::move(failed) : std::move(ready).error();
    }
    PGresult* result = PQgetResult(connection_.get());
    if (result == nullptr) break;
    last = Rows(result);
    if (IsReady(result)) {
      if (PQresultStatus(result) == PGRES_COPY_IN) return last;
    } else if (!failed) {
      const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
      failed = TranslateSqlState(sqlstate == nullptr ? "08006" : sqlstate, attempted);
    }
  }
  if (!failed) return last;
  if (!IsUsable() && failed->code != ErrorCode::kUnavailable) return Broken(attempted);
  if (!IsUsable() || SpoilsConnection(*failed)) connection_.reset();
  return *std::move(failed);
}

Status BulkConnection::AwaitReadable(std::string_view attempted, const Deadline& deadline) {
  for (;;) {
    const int unsent = PQflush(connection_.get());
    if (unsent < 0) return Broken(attempted);
    if (unsent == 0 && PQisBusy(connection_.get()) == 0) return {};
    SELFSAME_RETURN_IF_ERROR(AwaitSocket(attempted, unsent > 0, deadline));
  }
}

Status BulkConnection::AwaitSent(std::string_view attempted, const Deadline& deadline) {
  for (;;) {
    const int unsent = PQflush(connection_.get());
    if (unsent < 0) return Broken(attempted);
    if (unsent == 0) return {};
    SELFSAME_RETURN_IF_ERROR(AwaitSocket(attempted, true, deadline));
  }
}

// Reads what has come, also while writing: a server that waits for us to read would not read.
Status BulkConnection::AwaitSocket(std::string_view attempted, bool wants_to_write,
                                   const Deadline& deadline) {
  pollfd waiting{.fd = PQsocket(connection_.get()),
                 .events = static_cast<short>(wants_to_write ? POLLIN | POLLOUT : POLLIN),
                 .revents = 0};
  const auto wait = std::min(deadline.Left(), kStopLook);
  const int ready = poll(&waiting, 1, static_cast<int>(wait.count()));
  if (ready < 0) return errno == EINTR ? Status() : Status(Broken(attempted));
  if (options_.stop != nullptr && options_.stop->Expired()) return Broken(attempted);
  if (ready == 0) return deadline.Expired() ? Status(TimedOut(attempted)) : Status();
  if (PQconsumeInput(connection_.get()) == 0) return Broken(attempted);
  return {};
}

Error BulkConnection::Broken(std::string_view attempted) {
  connection_.reset();
  return {.code = ErrorCode::kUnavailable,
          .reason = "DATABASE_UNAVAILABLE",
          .message = fmt::format("{}: no connection to the database", attempted),
          .retry_after = std::chrono::seconds(1)};
}

// The answer would be taken for that of the next statement.
Error BulkConnection::TimedOut(std::string_view attempted) {
  connection_.reset();
  return {.code = ErrorCode::kDeadlineExceeded,
          .reason = "STATEMENT_TIMEOUT",
          .message = fmt::format("{} did not finish in time", attempted)};
}

}  // namespace selfsame::pg
