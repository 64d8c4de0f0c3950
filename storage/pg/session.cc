#include "storage/pg/session.h"

#include <pqxx/connection_base>
#include <pqxx/connectionpolicy>

#include "storage/pg/errors.h"
#include "storage/pg/statements.h"
#include "storage/pg/watchdog.h"

namespace selfsame::pg {
namespace {

constexpr const char* kAttempted = "transaction";

// Hands libpqxx a connection that is open already, once. When it breaks there is no other, which
// is what keeps libpqxx from reconnecting behind our back.
class GivenOnce : public pqxx::connectionpolicy {
 public:
  explicit GivenOnce(PgHandle open) : connectionpolicy(""), open_(std::move(open)) {}

  handle do_startconnect(handle current) override {
    if (current != nullptr) return current;
    if (!open_) throw pqxx::broken_connection("the connection is gone");
    return open_.release();
  }
  // Called before a reset, which would otherwise connect anew by itself, and to disconnect.
  handle do_dropconnect(handle current) noexcept override {
    PgHandle(current).reset();
    return nullptr;
  }

 private:
  PgHandle open_;
};

}  // namespace

class Session::Connection : public pqxx::connection_base {
 public:
  // Throws as libpqxx does when the connection breaks right away. Without a bound nothing is
  // watched.
  Connection(PgHandle open, std::chrono::milliseconds statement_wait)
      : pqxx::connection_base(policy_), policy_(std::move(open)) {
    init();
    if (statement_wait.count() > 0) watchdog_.emplace(statement_wait + kAnswerSlack);
  }
  ~Connection() {
    Rest();
    close();
  }

  void Expect() {
    if (watchdog_) watchdog_->Expect(sock());
  }
  void Rest() {
    if (watchdog_) watchdog_->Rest();
  }

 private:
  GivenOnce policy_;
  std::optional<Watchdog> watchdog_;
};

void ExpectAnswer(pqxx::connection_base& connection) {
  static_cast<Session::Connection&>(connection).Expect();
}

Session::Session(SessionOptions options) : options_(std::move(options)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::Connect(SessionOptions options) {
  std::unique_ptr<Session> session(new Session(std::move(options)));
  SELFSAME_RETURN_IF_ERROR(session->EnsureConnected());
  return session;
}

Status Session::EnsureConnected() {
  if (connection_ && connection_->is_open()) return {};
  connection_.reset();
  SELFSAME_ASSIGN_OR_RETURN(const std::string text, ConnectionString(options_));
  SELFSAME_ASSIGN_OR_RETURN(PgHandle open, OpenConnection(text, options_.connect_wait));
  try {
    connection_ = std::make_unique<Connection>(std::move(open), options_.statement_wait);
  } catch (...) {
    return TranslateException("connect");
  }
  return {};
}

Status Session::Run(TenantId tenant, const PlainBody& body) {
  SELFSAME_RETURN_IF_ERROR(EnsureConnected());
  connection_->Expect();
  try {
    pqxx::work tx(*connection_);
    if (tenant.value != 0) Exec(tx, storage::sql::kSetTenant, tenant);
    Status status = body(tx);
    connection_->Expect();
    if (status.ok()) tx.commit();
    connection_->Rest();
    return status;
  } catch (...) {
    return Failed();
  }
}

Error Session::Failed() {
  Error error = TranslateException(kAttempted);
  connection_->Rest();
  if (SpoilsConnection(error)) connection_.reset();
  return error;
}

}  // namespace selfsame::pg
