// From PostgreSQL's SQLSTATE and libpqxx's exceptions to our errors. Both paths to the database,
// libpqxx (session.h) and libpq (bulk.h), translate here and nowhere else.
//
// A message holds what was attempted and the SQLSTATE, never PostgreSQL's own text: that may quote
// the values of a row (INV-10).
#ifndef SELFSAME_STORAGE_PG_ERRORS_H_
#define SELFSAME_STORAGE_PG_ERRORS_H_

#include <string_view>

#include "base/error.h"

namespace selfsame::pg {

// What a SQLSTATE means for the caller. `attempted` is the name of a statement or an action of
// ours, such as "ClaimReceipts" or "connect"; an empty sqlstate is a connection that went away.
//   40001, 40P01            kAborted SERIALIZATION: retry the whole transaction
//   22*, 23*                kInvalidArgument NOT_STORABLE: the values are at fault
//   08*, 53*, 57P*,         kUnavailable DATABASE_UNAVAILABLE, retry after 1 s: the connection is
//   25P03, 58000, 58030     lost, or the server is out of a resource or shutting down
//                           Of these 53100 is DATABASE_DISK_FULL, 53300
//                           DATABASE_TOO_MANY_CONNECTIONS, 57P03 DATABASE_STARTING.
//   25006                   kUnavailable DATABASE_READ_ONLY, retry after 1 s
//   55P03                   kUnavailable LOCK_TIMEOUT, retry after 1 s
//   57014                   kDeadlineExceeded STATEMENT_TIMEOUT
//   42P01                   kFailedPrecondition SCHEMA_NOT_READY: migrate first
//   28*                     kFailedPrecondition DATABASE_LOGIN_REFUSED
//   3D000                   kFailedPrecondition DATABASE_MISSING
//   the rest                kInternal DATABASE_ERROR
// Among the rest is XX001, a corrupted page: it does not heal by waiting.
// Thread-safe.
Error TranslateSqlState(std::string_view sqlstate, std::string_view attempted);

// The reason of 55P03: another session held a lock for longer than lock_wait. The transaction is
// aborted; the connection is in order.
inline constexpr std::string_view kLockTimeout = "LOCK_TIMEOUT";

// The reason of 25006: a standby, or a database that was made read-only.
inline constexpr std::string_view kReadOnly = "DATABASE_READ_ONLY";

// What callers of ours are told where this server and its database do not get on (login refused, no
// such database, not migrated): unavailable, since it is not their doing and passes, with the
// cause as the message. Other errors stay as they are.
Error ForCallers(Error error);

// Whether a connection that answered with this error must be closed. Only errors that are known to
// leave it in order keep it: after a fail-over, for example, a connection to the old primary would
// fail for ever, and prepared statements may not be what we think they are.
bool SpoilsConnection(const Error& error);

// Translates the exception being handled: the one place where those of libpqxx stop. libpqxx 6.4
// gives deadlocks, serialization failures and missing privileges no SQLSTATE, so types are looked
// at first; a COMMIT without a reply is kInDoubt COMMIT_IN_DOUBT. Where the exception knows the
// statement that failed, its name takes the place of `attempted`.
// Requires: called within a catch block.
Error TranslateException(std::string_view attempted);

}  // namespace selfsame::pg

#endif  // SELFSAME_STORAGE_PG_ERRORS_H_
