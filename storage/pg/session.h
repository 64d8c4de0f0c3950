// One connection through libpqxx 6.4, for everything but the hot path (bulk.h): workers, the
// operator's tool, reads of the directory.
//
// libpqxx would reconnect in silence, losing settings, locks and the transaction's start; here the
// Session alone reconnects, and only between transactions. After an error that spoils the
// connection (storage/pg/errors.h) it does so before the next one. An answer that takes
// kAnswerSlack longer than statement_wait ends the wait by closing the connection.
#ifndef SELFSAME_STORAGE_PG_SESSION_H_
#define SELFSAME_STORAGE_PG_SESSION_H_

#include <functional>
#include <memory>
#include <optional>
#include <pqxx/result>
#include <pqxx/result_iterator.hxx>
#include <pqxx/transaction>
#include <type_traits>
#include <utility>

#include "base/ids.h"
#include "base/result.h"
#include "storage/pg/codec.h"
#include "storage/pg/connect.h"
#include "storage/pg/statement.h"

namespace selfsame::pg {

// Starts the time that the connection's watchdog gives the next answer, where it has one.
// Requires: the connection of a Session.
void ExpectAnswer(pqxx::connection_base& connection);

// Runs one of our named statements, preparing it at its first use on a connection. Arguments are
// bound, as storage/pg/codec.h and libpqxx convert them. Throws what libpqxx throws: to be called
// in the body of InTransaction only, which stops it.
template <typename... Args>
pqxx::result Exec(pqxx::work& tx, const Statement& statement, const Args&... args) {
  ExpectAnswer(tx.conn());
  tx.conn().prepare(statement.name, statement.sql);
  return tx.exec_prepared(statement.name, args...);
}

// Owned by one thread.
class Session {
  class Connection;
  friend void ExpectAnswer(pqxx::connection_base& connection);

 public:
  // Connects once. Errors: as ConnectionString and OpenConnection.
  static Result<std::unique_ptr<Session>> Connect(SessionOptions options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Runs `body`, a Result<T>(pqxx::work&), in one READ COMMITTED transaction that row-level
  // security confines to `tenant`; tenant 0 sees rows of no tenant. Commits when the body returns
  // a value, rolls back when it returns an error or throws, and returns the body's result. The body
  // keeps no state outside and does no I/O but SQL: its caller may run it again.
  //
  // Where the connection broke before, connects first, once, within connect_wait.
  // Errors: the body's; those of TranslateException (storage/pg/errors.h). After kUnavailable
  // nothing was committed, and a retry connects anew. After kInDoubt it may have been.
  template <typename Body>
  std::invoke_result_t<Body&, pqxx::work&> InTransaction(TenantId tenant, Body&& body);

 private:
  using PlainBody = std::function<Status(pqxx::work&)>;

  explicit Session(SessionOptions options);
  Status EnsureConnected();
  Status Run(TenantId tenant, const PlainBody& body);
  // Requires: called within a catch block, with no transaction open.
  Error Failed();

  const SessionOptions options_;
  std::unique_ptr<Connection> connection_;
};

template <typename Body>
std::invoke_result_t<Body&, pqxx::work&> Session::InTransaction(TenantId tenant, Body&& body) {
  using ResultType = std::invoke_result_t<Body&, pqxx::work&>;
  std::optional<ResultType> result;
  Status status = Run(tenant, [&](pqxx::work& tx) -> Status {
    result.emplace(body(tx));
    return result->ok() ? Status() : Status(result->error());
  });
  if (!status.ok()) return std::move(status).error();
  return *std::move(result);
}

}  // namespace selfsame::pg

#endif  // SELFSAME_STORAGE_PG_SESSION_H_
