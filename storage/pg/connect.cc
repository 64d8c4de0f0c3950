#include "storage/pg/connect.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "base/time.h"
#include "storage/pg/errors.h"
#include "storage/pg/statements.h"

namespace selfsame::pg {
namespace {

using Parameters = std::map<std::string, std::string>;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

Result<Parameters> ParseUrl(const std::string& url) {
  char* why = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> parsed(PQconninfoParse(url.c_str(), &why));
  PQfreemem(why);  // It quotes the URL.
  if (!parsed) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "DATABASE_URL_MALFORMED",
                 .message = "the database url is neither a postgresql:// url nor key=value pairs"};
  }
  Parameters parameters;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) parameters[option->keyword] = option->val;
  }
  return parameters;
}

// A server setting as the `options` parameter takes it: blanks and backslashes escaped.
std::string Setting(std::string_view name, std::string_view value) {
  std::string setting = fmt::format(" -c {}=", name);
  for (const char c : value) {
    if (c == ' ' || c == '\\') setting.push_back('\\');
    setting.push_back(c);
  }
  return setting;
}

std::string Quoted(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "'";
}

bool IsSqlState(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// With PQERRORS_SQLSTATE a refusal by the server ends in "FATAL:  28P01"; a failure to reach it
// is in libpq's own words and has no SQLSTATE.
std::string RefusalSqlState(PGconn* connection) {
  std::string_view message = PQerrorMessage(connection);
  while (message.ends_with('\n')) message.remove_suffix(1);
  // libpq's own words for a server that target_session_attrs does not want.
  if (message.ends_with("session is read-only")) return "25006";
  const std::size_t blank = message.rfind(' ');
  if (blank == std::string_view::npos || !IsSqlState(message.substr(blank + 1))) return "";
  return std::string(message.substr(blank + 1));
}

Error Refused(PGconn* connection) {
  const std::string sqlstate = RefusalSqlState(connection);
  Error error = TranslateSqlState(sqlstate, "connect");
  if (sqlstate == "22023") {  // A start-up setting was refused; only the role can be unknown.
    error.code = ErrorCode::kFailedPrecondition;
    error.reason = "SCHEMA_NOT_READY";
  }
  if (sqlstate == "42501") {  // The login is not a member of the role.
    error.code = ErrorCode::kFailedPrecondition;
    error.reason = "DATABASE_LOGIN_REFUSED";
  }
  return error;
}

// Whether the socket was ready for what libpq waits for before the deadline.
bool AwaitSocket(PGconn* connection, PostgresPollingStatusType wanted, const Deadline& deadline) {
  pollfd waiting{.fd = PQsocket(connection),
                 .events = static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                 .revents = 0};
  for (;;) {
    const int ready = poll(&waiting, 1, static_cast<int>(deadline.Left().count()));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};

// The role and the database may have a weaker setting of their own, and a stronger one
// (remote_apply) is to be kept: so it is not among the settings of the connection string.
Status RequireDurableCommits(PGconn* connection, const Deadline& deadline) {
  if (PQsendQuery(connection, storage::sql::kRequireDurableCommits.sql) == 0) {
    return TranslateSqlState("", "connect");
  }
  for (;;) {
    while (PQisBusy(connection) == 1) {
      if (!AwaitSocket(connection, PGRES_POLLING_READING, deadline) ||
          PQconsumeInput(connection) == 0) {
        return TranslateSqlState("", "connect");
      }
    }
    const std::unique_ptr<PGresult, ClearResult> result(PQgetResult(connection));
    if (result == nullptr) return {};
    if (PQresultStatus(result.get()) == PGRES_TUPLES_OK) continue;
    const char* sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    return TranslateSqlState(sqlstate == nullptr ? "" : sqlstate, "connect");
  }
}

std::string Milliseconds(std::chrono::milliseconds wait) { return fmt::to_string(wait.count()); }

// How both sides notice that the other one is gone.
void AddLiveness(const SessionOptions& options, Parameters& parameters, std::string& settings) {
  parameters.try_emplace("keepalives_idle", "10");
  parameters.try_emplace("keepalives_interval", "5");
  parameters.try_emplace("keepalives_count", "3");
  parameters.try_emplace("tcp_user_timeout", "25000");
  settings += Setting("tcp_keepalives_idle", "10");
  settings += Setting("tcp_keepalives_interval", "5");
  settings += Setting("tcp_keepalives_count", "3");
  settings += Setting("client_connection_check_interval", "2s");
  // A transaction whose client is cut off holds its locks until the server gives it up.
  settings += Setting("idle_in_transaction_session_timeout", Milliseconds(options.statement_wait));
}

}  // namespace

Result<std::string> ConnectionString(const SessionOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(Parameters parameters, ParseUrl(options.url));
  std::string& settings = parameters["options"];
  if (!options.role.empty()) settings += Setting("role", options.role);
  settings += Setting("statement_timeout", Milliseconds(options.statement_wait));
  settings += Setting("lock_timeout", Milliseconds(options.lock_wait));
  settings += Setting("default_transaction_isolation", "read committed");
  settings += Setting("TimeZone", "UTC");
  settings += Setting("DateStyle", "ISO");
  if (options.planner == Planner::kByKey) {
    // A plan for one tenant, or one made while a table is small, must not read all of it once it
    // has grown: migrations/0009_first_statistics.sql.
    settings += Setting("plan_cache_mode", "force_generic_plan");
    settings += Setting("enable_seqscan", "off");
    settings += Setting("jit", "off");  // Its compiling takes longer than any statement of ours.
  }
  AddLiveness(options, parameters, settings);
  parameters["target_session_attrs"] = options.writes == Writes::kRequired ? "read-write" : "any";
  parameters["client_encoding"] = "UTF8";
  parameters["application_name"] = options.application_name;
  // For those who connect without OpenConnection; libpq counts whole seconds, two at least.
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(options.connect_wait).count();
  parameters["connect_timeout"] = fmt::to_string(seconds);
  std::string text;
  for (const auto& [keyword, value] : parameters) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", keyword, Quoted(value));
  }
  return text;
}

Result<PgHandle> OpenConnection(const std::string& connection_string,
                                std::chrono::milliseconds wait) {
  const Deadline deadline = Deadline::After(wait);
  PgHandle connection(PQconnectStart(connection_string.c_str()));
  if (!connection) return TranslateSqlState("", "connect");
  PQsetErrorVerbosity(connection.get(), PQERRORS_SQLSTATE);
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  auto next =
      PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED) return Refused(connection.get());
    if (!AwaitSocket(connection.get(), next, deadline)) return TranslateSqlState("", "connect");
    next = PQconnectPoll(connection.get());
  }
  SELFSAME_RETURN_IF_ERROR(RequireDurableCommits(connection.get(), deadline));
  return connection;
}

}  // namespace selfsame::pg
