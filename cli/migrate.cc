// `selfsame migrate`: the shape of the database.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/command.h"
#include "cli/database.h"
#include "storage/embedded_migrations.h"
#include "storage/migrations.h"

namespace selfsame::cli {
namespace {

using storage::MigrationStep;

std::string AppliedAt(const MigrationStep& step) {
  return step.applied_at ? FormatRfc3339(*step.applied_at) : "";
}

nlohmann::ordered_json StepJson(const MigrationStep& step) {
  return {{"version", step.version},
          {"name", step.name},
          {"state", storage::MigrationStateName(step.state)},
          {"applied_at", AppliedAt(step)},
          {"duration_ms", step.duration.count()}};
}

void ShowApplied(const Output& output, const MigrationStep& step) {
  if (output.is_json()) return output.Json(StepJson(step));
  output.Text(fmt::format("applied  {}  {} ms\n", step.name, step.duration.count()));
}

ExitCode Up(const Invocation& run) {
  const auto url = run.settings.DatabaseUrl();
  if (!url.ok()) return run.output.Fail(url.error());
  const auto session =
      pg::Session::Connect(storage::MigrationSession(*url, "selfsame-cli migrate"));
  if (!session.ok()) return run.output.Fail(session.error());
  storage::MigrateOptions options;
  options.on_started = [&](const MigrationStep& step) {
    run.output.Note(fmt::format("applying {}", step.name));
  };
  options.on_waiting = [&](const std::string& name) {
    run.output.Note(name.empty() ? "waiting for another migration to end"
                                 : fmt::format("{} waits for a lock; trying again", name));
  };
  options.on_applied = [&](const MigrationStep& step) { ShowApplied(run.output, step); };
  const auto report = storage::MigrateUp(**session, EmbeddedMigrations(), options);
  if (!report.ok()) return run.output.Fail(report.error());
  run.output.Note(report->applied.empty() ? "nothing to do: every migration is applied"
                                          : fmt::format("{} applied", report->applied.size()));
  return ExitCode::kDone;
}

ExitCode StatusOf(const Invocation& run) {
  const auto session = ConnectAsOwner(run.settings);
  if (!session.ok()) return run.output.Fail(session.error());
  const auto steps = storage::MigrationStatus(**session, EmbeddedMigrations());
  if (!steps.ok()) return run.output.Fail(steps.error());
  Table table{.headings = {"VERSION", "NAME", "STATE", "APPLIED"}};
  for (const MigrationStep& step : *steps) {
    if (run.output.is_json()) run.output.Json(StepJson(step));
    table.rows.push_back({fmt::format("{:04}", step.version), step.name,
                          std::string(storage::MigrationStateName(step.state)), AppliedAt(step)});
  }
  if (!run.output.is_json()) run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

ExitCode Verify(const Invocation& run) {
  const auto session = ConnectAsOwner(run.settings);
  if (!session.ok()) return run.output.Fail(session.error());
  const auto verified = storage::VerifyMigrations(**session, EmbeddedMigrations());
  if (!verified.ok()) return run.output.Fail(verified.error());
  if (run.output.is_json()) {
    run.output.Json({{"verified", true}});
  } else {
    run.output.Text("verified: the database is what the migrations made it\n");
  }
  return ExitCode::kDone;
}

}  // namespace

void AddMigrate(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "migrate", "Bring the database to the shape this version needs");
  AddVerb(*noun, line,
          {.name = "up",
           .about = "Apply what is pending, in order, each in a transaction of its own. Running it "
                    "again, or twice at once, is harmless.",
           .examples = "selfsame migrate up --database-url postgresql://owner@db/selfsame\n"
                       "SELFSAME_DATABASE_URL=postgresql://owner@db/selfsame selfsame migrate up"},
          Up);
  AddVerb(
      *noun, line,
      {.name = "status",
       .about = "List every migration this version or the database knows.",
       .examples = "selfsame migrate status --data-dir /var/lib/selfsame\n"
                   "selfsame migrate status --output json | jq 'select(.state != \"applied\")'"},
      StatusOf);
  AddVerb(
      *noun, line,
      {.name = "verify",
       .about = "Check that what was applied is what this version holds, and that nobody changed "
                "the database's catalog by hand since. Exits with 4 when it is not so.",
       .examples = "selfsame migrate verify --data-dir /var/lib/selfsame"},
      Verify);
}

}  // namespace selfsame::cli
