// The hot path's connection: prepared statements with binary parameters, and binary COPY, straight
// on libpq. Everything else goes through Session (libpqxx).
#ifndef SELFSAME_STORAGE_PG_BULK_H_
#define SELFSAME_STORAGE_PG_BULK_H_

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/ids.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/time.h"
#include "storage/pg/binary.h"
#include "storage/pg/connect.h"
#include "storage/pg/statement.h"

namespace selfsame::pg {

// The rows a statement returned, in binary. Views live as long as the Rows.
class Rows {
 public:
  explicit Rows(PGresult* result) : result_(result, &PQclear) {}

  int size() const { return PQntuples(result_.get()); }
  // What the server says it did: "INSERT 0 3", "COMMIT".
  std::string_view command() const { return PQcmdStatus(result_.get()); }
  bool IsNull(int row, int column) const { return PQgetisnull(result_.get(), row, column) == 1; }
  std::string_view Bytes(int row, int column) const;
  std::int16_t SmallInt(int row, int column) const;
  std::int32_t Int(int row, int column) const;
  std::int64_t BigInt(int row, int column) const;
  TimeUs Time(int row, int column) const;
  template <typename Id>
  Id Uuid(int row, int column) const {
    return Id::FromBytes(Bytes(row, column));
  }

 private:
  std::int64_t Integer(int row, int column, int bytes) const;

  std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

// The rows of one binary COPY: Row(), then each field by FieldWriter's methods.
class CopyRows : public FieldWriter {
 public:
  explicit CopyRows(std::int16_t columns);
  void Row() { Int16(columns_); }

 private:
  const std::int16_t columns_;
};

struct BulkOptions {
  std::string connection_string;  // From ConnectionString (storage/pg/connect.h).
  std::chrono::milliseconds connect_wait{5'000};
  // The server's bound of each statement, as in the connection string. Each call below is over
  // kAnswerSlack later at most, whatever the server does.
  std::chrono::milliseconds statement_wait{30'000};
  // Null: none. Once it has expired every call below ends as if the connection had broken.
  const StopLimit* stop = nullptr;
};

// Advisory lock (kGenerationLock, tenant id): shared by every transaction of a BulkConnection,
// exclusive to one that removes identifiers and raises the tenant's generation (migration 0121).
inline constexpr int kGenerationLock = 7430;

// One connection with at most one open transaction. Owned by one thread. After an error that spoils
// it (SpoilsConnection, storage/pg/errors.h) it is closed, which rolls back: connect again. After
// any other error the transaction is aborted: Rollback, or RollbackTo a savepoint.
class BulkConnection {
 public:
  // Errors: as OpenConnection (storage/pg/connect.h).
  static Result<std::unique_ptr<BulkConnection>> Connect(BulkOptions options);
  ~BulkConnection();
  BulkConnection(const BulkConnection&) = delete;
  BulkConnection& operator=(const BulkConnection&) = delete;

  // Starts a READ COMMITTED transaction that sees and writes one tenant's rows only (INV-8). Nobody
  // removes identifiers of the tenant meanwhile: they would wait for kGenerationLock.
  Status Begin(TenantId tenant);
  // Likewise; its statements wait for a lock at most this long.
  Status Begin(TenantId tenant, std::chrono::milliseconds lock_wait);

  // Errors: kInDoubt COMMIT_IN_DOUBT when the connection broke before the reply: the transaction
  // may or may not have committed (INV-2). Anything else: it has not, also where PostgreSQL
  // answered COMMIT with a rollback because a statement had failed before.
  Status Commit();
  // Of a connection that was closed: nothing is left to do.
  Status Rollback();

  // One savepoint at a time; rolling back to it gives up the locks taken since.
  Status Savepoint();
  Status RollbackToSavepoint();

  // Prepares the statement at its first use on this connection.
  // Errors: as TranslateSqlState (storage/pg/errors.h).
  Result<Rows> Execute(const Statement& statement, const Params& params);

  // COPY `target` FROM STDIN BINARY, where target is "table (columns)" of our own making.
  Status Copy(const std::string& target, CopyRows rows);

  bool IsUsable() const { return PQstatus(connection_.get()) == CONNECTION_OK; }
  // Usable, with no transaction open and no statement under way: fit for somebody else.
  bool IsIdle() const {
    return IsUsable() && PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
  }

 private:
  BulkConnection(BulkOptions options, PgHandle connection);

  Status Run(const char* name, const std::string& sql);
  Status Prepare(const Statement& statement, const Params& params);
  Status SendExecute(const Statement& statement, const Params& params);
  // Waits for everything the server has to say about the last request; keeps the last result.
  Result<Rows> Await(std::string_view attempted);
  Status AwaitReadable(std::string_view attempted, const Deadline& deadline);
  // Until all that libpq holds of our requests is on its way.
  Status AwaitSent(std::string_view attempted, const Deadline& deadline);
  Status AwaitSocket(std::string_view attempted, bool wants_to_write, const Deadline& deadline);
  Deadline StatementDeadline() const;
  // Both close the connection.
  Error Broken(std::string_view attempted);
  Error TimedOut(std::string_view attempted);

  const BulkOptions options_;
  PgHandle connection_;
  std::unordered_set<std::string_view> prepared_;
};

}  // namespace selfsame::pg

#endif  // SELFSAME_STORAGE_PG_BULK_H_
