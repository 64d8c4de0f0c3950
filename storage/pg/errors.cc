#include "storage/pg/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <pqxx/except>
#include <string>

namespace selfsame::pg {
namespace {

constexpr std::chrono::milliseconds kRetryAfter{1000};

// Every statement of ours is prepared under its name, which libpqxx then reports as the query.
// Anything else is SQL text, which could hold values and is not repeated.
bool IsStatementName(std::string_view query) {
  const auto is_word = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !query.empty() && query.size() <= 64 && std::all_of(query.begin(), query.end(), is_word);
}

bool IsUnavailable(std::string_view sqlstate) {
  return sqlstate.empty() || sqlstate.starts_with("08") || sqlstate.starts_with("53") ||
         sqlstate.starts_with("57P") || sqlstate == "25006" || sqlstate == "25P03" ||
         sqlstate == "58000" || sqlstate == "58030";
}

// States that an operator can do something about have reasons of their own.
std::string_view UnavailableReason(std::string_view sqlstate) {
  if (sqlstate == "25006") return kReadOnly;
  if (sqlstate == "53100") return "DATABASE_DISK_FULL";
  if (sqlstate == "53300") return "DATABASE_TOO_MANY_CONNECTIONS";
  if (sqlstate == "57P03") return "DATABASE_STARTING";
  return "DATABASE_UNAVAILABLE";
}

std::string_view WhyUnavailable(std::string_view sqlstate) {
  if (sqlstate == "25006") return "the database is read-only";
  if (sqlstate == "53100") return "the disk of the database is full";
  if (sqlstate == "53300") return "the database has too many connections (max_connections)";
  if (sqlstate == "57P03") return "the database is starting, recovering or shutting down";
  if (sqlstate.starts_with("53")) return "the database is out of a resource";
  if (sqlstate.starts_with("58")) return "the database cannot use its files";
  return "the database does not answer";
}

std::string_view NameOf(const pqxx::sql_error& failure, std::string_view attempted) {
  constexpr std::string_view kPreparing = "[PREPARE ";
  std::string_view query = failure.query();
  if (query.starts_with(kPreparing) && query.ends_with(']')) {
    query = query.substr(kPreparing.size(), query.size() - kPreparing.size() - 1);
  }
  return IsStatementName(query) ? query : attempted;
}

Error InDoubt() {
  return {.code = ErrorCode::kInDoubt,
          .reason = "COMMIT_IN_DOUBT",
          .message = "the connection broke before the reply to commit"};
}

}  // namespace

Error TranslateSqlState(std::string_view sqlstate, std::string_view attempted) {
  if (IsUnavailable(sqlstate)) {
    return {.code = ErrorCode::kUnavailable,
            .reason = std::string(UnavailableReason(sqlstate)),
            .message = fmt::format("{}: {}{}{}", attempted, WhyUnavailable(sqlstate),
                                   sqlstate.empty() ? "" : ", sqlstate ", sqlstate),
            .retry_after = kRetryAfter};
  }
  if (sqlstate == "55P03") {
    return {
        .code = ErrorCode::kUnavailable,
        .reason = std::string(kLockTimeout),
        .message = fmt::format("{}: another session holds a lock that it needs (55P03)", attempted),
        .retry_after = kRetryAfter};
  }
  const auto error = [&](ErrorCode code, const char* reason) {
    return Error{.code = code,
                 .reason = reason,
                 .message = fmt::format("{} failed with sqlstate {}", attempted, sqlstate)};
  };
  if (sqlstate == "40001" || sqlstate == "40P01") {
    return error(ErrorCode::kAborted, "SERIALIZATION");
  }
  // Data exceptions and violated constraints: the values are at fault, not the statement.
  if (sqlstate.starts_with("22") || sqlstate.starts_with("23")) {
    return error(ErrorCode::kInvalidArgument, "NOT_STORABLE");
  }
  if (sqlstate == "57014") return error(ErrorCode::kDeadlineExceeded, "STATEMENT_TIMEOUT");
  if (sqlstate == "42P01") return error(ErrorCode::kFailedPrecondition, "SCHEMA_NOT_READY");
  if (sqlstate == "3D000") return error(ErrorCode::kFailedPrecondition, "DATABASE_MISSING");
  if (sqlstate.starts_with("28")) {
    return error(ErrorCode::kFailedPrecondition, "DATABASE_LOGIN_REFUSED");
  }
  return error(ErrorCode::kInternal, "DATABASE_ERROR");
}

Error ForCallers(Error error) {
  const auto unavailable = [](const char* why) {
    return Error{.code = ErrorCode::kUnavailable,
                 .reason = "DATABASE_UNAVAILABLE",
                 .message = why,
                 .retry_after = kRetryAfter};
  };
  if (error.reason == "DATABASE_LOGIN_REFUSED") {
    return unavailable("the database refuses the login of this server");
  }
  if (error.reason == "DATABASE_MISSING") return unavailable("the database does not exist");
  if (error.reason == "SCHEMA_NOT_READY") {
    return unavailable("the database has not been migrated: run selfsame migrate up");
  }
  return error;
}

bool SpoilsConnection(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kAborted:
    case ErrorCode::kFailedPrecondition: return false;
    case ErrorCode::kUnavailable: return error.reason != kLockTimeout;
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kNotFound:
    case ErrorCode::kResourceExhausted:
    case ErrorCode::kInDoubt:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kInternal: return true;
  }
  return true;
}

Error TranslateException(std::string_view attempted) {
  try {
    throw;
  } catch (const pqxx::in_doubt_error&) {
    return InDoubt();
  } catch (const pqxx::statement_completion_unknown&) {
    return InDoubt();
  } catch (const pqxx::deadlock_detected&) {
    return TranslateSqlState("40P01", attempted);
  } catch (const pqxx::transaction_rollback&) {
    return TranslateSqlState("40001", attempted);
  } catch (const pqxx::broken_connection&) {
    return TranslateSqlState("", attempted);
  } catch (const pqxx::insufficient_privilege& failure) {
    return TranslateSqlState("42501", NameOf(failure, attempted));
  } catch (const pqxx::sql_error& failure) {
    return TranslateSqlState(failure.sqlstate(), NameOf(failure, attempted));
  } catch (const std::exception&) {
    // A value that does not convert, or wrong use of libpqxx: our mistake, but what() may quote
    // the value.
    return {.code = ErrorCode::kInternal,
            .reason = "DATABASE_ERROR",
            .message = fmt::format("{}: the answer is not as expected", attempted)};
  }
}

}  // namespace selfsame::pg
