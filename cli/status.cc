// `selfsame status`: does it run, and what will it take?
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/client.h"
#include "cli/command.h"
#include "cli/database.h"
#include "cli/proto_json.h"
#include "storage/embedded_migrations.h"
#include "storage/migrations.h"

namespace selfsame::cli {
namespace {

constexpr std::chrono::seconds kCallWait{5};

using storage::MigrationState;

struct DatabaseStatus {
  std::size_t applied = 0;
  std::size_t pending = 0;
  std::size_t other = 0;  // Changed or unknown.
};

struct StatusReport {
  std::string server;
  std::string state;    // SERVING, NOT_SERVING or UNREACHABLE.
  std::string reason;   // Why it does not serve; empty where it serves or does not say.
  std::string message;  // For people.
  std::optional<ingest::v1::GetLimitsResponse> limits;
  std::optional<DatabaseStatus> database;
};

void ReadState(const Client& client, StatusReport& report) {
  const auto health = client.CheckHealth(Deadline::After(kCallWait));
  if (!health.ok()) {
    report.state = "UNREACHABLE";
    report.message = health.error().message;
    return;
  }
  report.state = health->is_serving ? "SERVING" : "NOT_SERVING";
  if (health->is_serving) return;
  report.reason = health->reason;
  report.message = health->message;
}

Result<DatabaseStatus> ReadDatabase(const Settings& settings) {
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectAsOwner(settings));
  SELFSAME_ASSIGN_OR_RETURN(const auto steps,
                            storage::MigrationStatus(*session, EmbeddedMigrations()));
  const auto count = [&](MigrationState state) {
    return static_cast<std::size_t>(
        std::count_if(steps.begin(), steps.end(), [&](const auto& s) { return s.state == state; }));
  };
  DatabaseStatus status{.applied = count(MigrationState::kApplied),
                        .pending = count(MigrationState::kPending)};
  status.other = steps.size() - status.applied - status.pending;
  return status;
}

// What could not be found out is noted, not fatal: only a server that does not serve is.
Result<StatusReport> Collect(const Invocation& run) {
  StatusReport report;
  SELFSAME_ASSIGN_OR_RETURN(report.server, run.settings.Server());
  const auto api_key = run.settings.ApiKey();
  const Client client(report.server, api_key.ok() ? *api_key : "");
  ReadState(client, report);
  if (report.state == "SERVING" && api_key.ok()) {
    const auto limits = client.GetLimits(Deadline::After(kCallWait));
    if (limits.ok()) {
      report.limits = *limits;
    } else {
      run.output.Note("limits: " + limits.error().message);
    }
  }
  if (run.settings.DatabaseUrl().ok()) {
    const auto database = ReadDatabase(run.settings);
    if (database.ok()) {
      report.database = *database;
    } else {
      run.output.Note("database: " + database.error().message);
    }
  }
  return report;
}

nlohmann::ordered_json ReportJson(const StatusReport& report) {
  nlohmann::ordered_json json = {{"server", report.server}, {"state", report.state},
                                 {"reason", report.reason}, {"message", report.message},
                                 {"limits", nullptr},       {"database", nullptr}};
  if (report.limits) json["limits"] = ProtoJson(*report.limits);
  if (report.database) {
    json["database"] = {{"migrations_applied", report.database->applied},
                        {"migrations_pending", report.database->pending},
                        {"migrations_other", report.database->other}};
  }
  return json;
}

std::string ReportText(const StatusReport& report) {
  std::string text = fmt::format("server    {}  {}\n", report.server, report.state);
  if (!report.message.empty()) {
    text += fmt::format("reason    {}{}{}\n", report.reason, report.reason.empty() ? "" : ": ",
                        report.message);
  }
  if (report.limits) {
    const auto limits = ProtoJson(*report.limits);
    for (const auto& [name, value] : limits.items()) {
      text += fmt::format("limit     {:<30} {}\n", name, value.dump());
    }
  } else {
    text += "limits    unknown (an API key is needed)\n";
  }
  if (report.database) {
    text += fmt::format("database  {} migrations applied, {} pending, {} changed or unknown\n",
                        report.database->applied, report.database->pending, report.database->other);
  }
  return text;
}

ExitCode Run(const Invocation& run) {
  const auto report = Collect(run);
  if (!report.ok()) return run.output.Fail(report.error());
  if (run.output.is_json()) {
    run.output.Json(ReportJson(*report));
  } else {
    run.output.Text(ReportText(*report));
  }
  return report->state == "SERVING" ? ExitCode::kDone : ExitCode::kUnavailable;
}

}  // namespace

void AddStatus(CLI::App& root, CommandLine& line) {
  AddVerb(root, line,
          {.name = "status",
           .about = "Show whether the server serves and, if not, why. Also the limits it enforces "
                    "and, where the "
                    "database is known, its migrations. Exits with 5 when it does not serve.",
           .examples = "selfsame status\n"
                       "selfsame status --server ingest.example:7430 --output json\n"
                       "selfsame status --data-dir /var/lib/selfsame"},
          Run);
}

}  // namespace selfsame::cli
