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

enum class Planner {
  kByKey,    // For our statements, all of which find rows by a key.
  kDefault,  // For migrations, which read whole tables.
};

enum class Writes {
  kRequired,  // A standby and a read-only database are refused: DATABASE_READ_ONLY.
  kOptional,  // For looking at what a database is.
};

struct SessionOptions {
  std::string url;   // postgresql://... or "host=... dbname=...".
  std::string role;  // Taken on at connect; empty: the login's own.
  std::string application_name = "selfsame";
  std::chrono::milliseconds connect_wait{5'000};     // Bound of each attempt to connect.
  std::chrono::milliseconds statement_wait{30'000};  // Bound of each statement; 0: none.
  std::chrono::milliseconds lock_wait{0};  // Bound of each wait for a lock; 0: statement_wait only.
  Planner planner = Planner::kByKey;
  Writes writes = Writes::kRequired;
};

// The server's bound of a statement fires first, so that the connection stays in step with what the
// server does. A client that waits for this much longer takes the connection for lost.
inline constexpr std::chrono::milliseconds kAnswerSlack{5'000};

// The connection string for libpq: what the URL says, and over it the role, the name, the bounds,
// READ COMMITTED, UTF-8, UTC and ISO dates. Settings the URL gives in `options` are kept. Of
// several hosts the first that takes writes will do: a standby is refused, as is a read-only
// database.
//
// A connection that this side closes ends what it was running on the server within seconds: the
// server looks whether its client is still there (client_connection_check_interval). That is how
// statements are cancelled. A cancel request would be wrong for a COMMIT that waits for a standby:
// PostgreSQL then reports it as committed, although the standby does not have it.
// Errors: kInvalidArgument DATABASE_URL_MALFORMED; the URL, which may hold a password, is not
// repeated.
Result<std::string> ConnectionString(const SessionOptions& options);

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PgHandle = std::unique_ptr<PGconn, CloseConnection>;

// One attempt to connect, over within `wait` (a host name's look-up excepted: libpq blocks there).
// Neither libpq nor the server can print anything through the connection: notices are dropped and
// error messages hold SQLSTATEs only. The session's commits wait until they are on disk, at least:
// synchronous_commit is "on" where it was weaker.
// Errors: kUnavailable DATABASE_UNAVAILABLE or DATABASE_READ_ONLY (retry), kFailedPrecondition
// DATABASE_LOGIN_REFUSED, DATABASE_MISSING, or SCHEMA_NOT_READY when the role to take on does not
// exist yet. Thread-safe.
Result<PgHandle> OpenConnection(const std::string& connection_string,
                                std::chrono::milliseconds wait);

}  // namespace selfsame::pg

#endif  // SELFSAME_STORAGE_PG_CONNECT_H_
