// Opening a connection to PostgreSQL within a deadline, for both paths to it: Session (libpqxx)
// and the bulk path (libpq). Not for anything after that.
#ifndef SELFSAME_STORAGE_PG_CONNECT_H_
#define SELFSAME_STORAGE_PG_CONNECT_H_

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"

namespace selfsame::pg {

struct SessionOptions {
  std::string url;   // postgresql://... or "host=... dbname=...".
  std::string role;  // Taken on at connect; empty: the login's own.
  std::string application_name = "selfsame";
  std::chrono::milliseconds connect_wait{5'000};     // Bound of each attempt to connect.
  std::chrono::milliseconds statement_wait{30'000};  // Bound of each statement, kept by PostgreSQL.
};

// The connection string for libpq: what the URL says, and over it the role, the name, both bounds,
// READ COMMITTED, UTF-8, UTC and ISO dates. Settings the URL gives in `options` are kept.
// Errors: kInvalidArgument DATABASE_URL_MALFORMED; the URL, which may hold a password, is not
// repeated.
Result<std::string> ConnectionString(const SessionOptions& options);

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PgHandle = std::unique_ptr<PGconn, CloseConnection>;

// One attempt to connect, over within `wait` (a host name's look-up excepted: libpq blocks there).
// Neither libpq nor the server can print anything through the connection: notices are dropped and
// error messages hold SQLSTATEs only.
// Errors: kUnavailable DATABASE_UNAVAILABLE (retry), kFailedPrecondition DATABASE_LOGIN_REFUSED,
// DATABASE_MISSING, or SCHEMA_NOT_READY when the role to take on does not exist yet. Thread-safe.
Result<PgHandle> OpenConnection(const std::string& connection_string,
                                std::chrono::milliseconds wait);

}  // namespace selfsame::pg

#endif  // SELFSAME_STORAGE_PG_CONNECT_H_
