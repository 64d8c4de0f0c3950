#include "storage/migrations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/hash.h"
#include "base/stop.h"
#include "storage/embedded_migrations.h"
#include "storage/pg/errors.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLockWait{1'000};
constexpr std::chrono::milliseconds kLockPause{2'000};  // For those that waited behind us.

struct Applied {
  MigrationStep step;
  std::string checksum;
  std::string catalog_fingerprint;
};

// 3 of 0003_records.sql. The files are ours: a misnamed one is a programmer's mistake.
int VersionOf(const EmbeddedFile& file) {
  int version = 0;
  const std::string_view digits = file.name.substr(0, file.name.find('_'));
  std::from_chars(digits.data(), digits.data() + digits.size(), version);
  SELFSAME_CHECK(version > 0 && digits.size() == 4 && file.name.ends_with(".sql"));
  return version;
}

Status Execute(pg::Session& session, const pg::Statement& statement) {
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    pg::Exec(tx, statement);
    return {};
  });
}

Applied ReadApplied(const pqxx::row& row) {
  const std::chrono::milliseconds duration(row["duration_ms"].as<std::int64_t>());
  return {.step = {.version = row["version"].as<int>(),
                   .name = row["name"].as<std::string>(),
                   .state = MigrationState::kUnknown,
                   .applied_at = row["applied_at"].as<TimeUs>(),
                   .duration = duration},
          .checksum = row["checksum"].as<std::string>(),
          .catalog_fingerprint = row["catalog_fingerprint"].as<std::string>()};
}

// In order of version; none where the table is not there yet.
Result<std::vector<Applied>> LoadApplied(pg::Session& session) {
  using List = std::vector<Applied>;
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<List> {
    List applied;
    if (!pg::Exec(tx, sql::kMigrationsTableExists)[0]["present"].as<bool>()) return applied;
    for (const pqxx::row& row : pg::Exec(tx, sql::kListMigrations)) {
      applied.push_back(ReadApplied(row));
    }
    return applied;
  });
}

std::vector<MigrationStep> Compare(std::span<const EmbeddedFile> files,
                                   std::span<const Applied> applied) {
  std::map<int, MigrationStep> steps;
  std::map<int, std::string> checksums;
  for (const EmbeddedFile& file : files) {
    const int version = VersionOf(file);
    steps[version] = {.version = version, .name = std::string(file.name)};
    checksums[version] = HexDigest256(file.text);
  }
  SELFSAME_CHECK(steps.size() == files.size());
  for (const Applied& one : applied) {
    const int version = one.step.version;
    MigrationStep& step = steps[version] = one.step;
    if (!checksums.contains(version)) continue;
    step.state =
        checksums[version] == one.checksum ? MigrationState::kApplied : MigrationState::kChanged;
  }
  std::vector<MigrationStep> list;
  for (auto& [version, step] : steps) list.push_back(std::move(step));
  return list;
}

template <typename Predicate>
std::vector<int> VersionsWhere(const std::vector<MigrationStep>& steps, Predicate predicate) {
  std::vector<int> versions;
  for (const MigrationStep& step : steps) {
    if (predicate(step)) versions.push_back(step.version);
  }
  return versions;
}

Status RefuseWhenAny(const std::vector<int>& versions, const char* reason, const char* what) {
  if (versions.empty()) return {};
  return Error{.code = ErrorCode::kFailedPrecondition,
               .reason = reason,
               .message = fmt::format("{}: {}", what, fmt::join(versions, ", "))};
}

Status RefuseDrift(const std::vector<MigrationStep>& steps) {
  int newest = 0;
  for (const MigrationStep& step : steps) {
    if (step.state != MigrationState::kPending) newest = step.version;
  }
  const auto changed = VersionsWhere(
      steps, [](const MigrationStep& step) { return step.state == MigrationState::kChanged; });
  const auto unknown = VersionsWhere(
      steps, [](const MigrationStep& step) { return step.state == MigrationState::kUnknown; });
  const auto missed = VersionsWhere(steps, [&](const MigrationStep& step) {
    return step.state == MigrationState::kPending && step.version < newest;
  });
  SELFSAME_RETURN_IF_ERROR(RefuseWhenAny(changed, "MIGRATION_CHANGED",
                                         "these migrations were edited after they were applied"));
  SELFSAME_RETURN_IF_ERROR(RefuseWhenAny(unknown, "MIGRATION_UNKNOWN",
                                         "these applied migrations are not known to this program"));
  return RefuseWhenAny(missed, "MIGRATION_GAP",
                       "these migrations are pending although later ones are applied");
}

std::string CatalogFingerprint(pqxx::work& tx) {
  std::string catalog;
  for (const pqxx::row& row : pg::Exec(tx, sql::kCatalogObjects)) {
    catalog += row["line"].as<std::string>();
    catalog += '\n';
  }
  return HexDigest256(catalog);
}

Result<MigrationStep> Apply(pg::Session& session, const EmbeddedFile& file, TimeUs now) {
  const auto started = Clock::now();
  auto result = session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<MigrationStep> {
    tx.exec(std::string(file.text));
    MigrationStep step{.version = VersionOf(file),
                       .name = std::string(file.name),
                       .state = MigrationState::kApplied,
                       .applied_at = now};
    step.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started);
    pg::Exec(tx, sql::kRecordMigration, step.version, step.name, HexDigest256(file.text), now,
             step.duration.count(), CatalogFingerprint(tx));
    pg::Exec(tx, sql::kGrantMigrations);
    return step;
  });
  if (result.ok()) return result;
  Error error = std::move(result).error();
  error.message = fmt::format("apply {}: {}", file.name, error.message);
  return error;
}

// Runs `attempt` until it gets its locks.
template <typename Attempt>
std::invoke_result_t<Attempt&> RetryLocked(const MigrateOptions& options, const std::string& name,
                                           Attempt attempt) {
  const Deadline deadline = Deadline::After(options.lock_patience);
  const StopSignal pause;
  for (;;) {
    auto result = attempt();
    if (result.ok() || result.error().reason != pg::kLockTimeout || deadline.Expired()) {
      return result;
    }
    options.on_waiting(name);
    pause.WaitFor(std::min(kLockPause, deadline.Left()));
  }
}

Result<MigrationReport> ApplyPending(pg::Session& session, std::span<const EmbeddedFile> files,
                                     const MigrateOptions& options) {
  SELFSAME_RETURN_IF_ERROR(Execute(session, sql::kCreateMigrationsTable));
  SELFSAME_ASSIGN_OR_RETURN(const auto steps, MigrationStatus(session, files));
  SELFSAME_RETURN_IF_ERROR(RefuseDrift(steps));
  std::map<int, const EmbeddedFile*> by_version;
  for (const EmbeddedFile& file : files) by_version[VersionOf(file)] = &file;
  MigrationReport report;
  for (const MigrationStep& step : steps) {
    if (step.state != MigrationState::kPending) continue;
    options.on_started(step);
    const EmbeddedFile& file = *by_version.at(step.version);
    SELFSAME_ASSIGN_OR_RETURN(MigrationStep applied, RetryLocked(options, step.name, [&] {
                                return Apply(session, file, options.clock());
                              }));
    options.on_applied(applied);
    report.applied.push_back(std::move(applied));
  }
  return report;
}

}  // namespace

std::string_view MigrationStateName(MigrationState state) {
  switch (state) {
    case MigrationState::kApplied: return "applied";
    case MigrationState::kPending: return "pending";
    case MigrationState::kChanged: return "drifted";
    case MigrationState::kUnknown: return "unknown";
  }
  return "unknown";
}

pg::SessionOptions MigrationSession(std::string url, std::string application_name) {
  return {.url = std::move(url),
          .role = "",
          .application_name = std::move(application_name),
          .statement_wait = std::chrono::milliseconds(0),
          .lock_wait = kLockWait,
          .planner = pg::Planner::kDefault};
}

Result<MigrationReport> MigrateUp(pg::Session& session, std::span<const EmbeddedFile> files,
                                  const MigrateOptions& options) {
  SELFSAME_RETURN_IF_ERROR(
      RetryLocked(options, "", [&] { return Execute(session, sql::kLockMigrations); }));
  auto report = ApplyPending(session, files, options);
  // A connection that broke has let go of the lock, and then this fails without harm.
  (void)Execute(session, sql::kUnlockMigrations);
  return report;
}

Result<std::vector<MigrationStep>> MigrationStatus(pg::Session& session,
                                                   std::span<const EmbeddedFile> files) {
  SELFSAME_ASSIGN_OR_RETURN(const auto applied, LoadApplied(session));
  return Compare(files, applied);
}

Status VerifyMigrations(pg::Session& session, std::span<const EmbeddedFile> files) {
  SELFSAME_ASSIGN_OR_RETURN(const auto applied, LoadApplied(session));
  if (applied.empty()) {
    return Error{.code = ErrorCode::kFailedPrecondition,
                 .reason = "SCHEMA_NOT_READY",
                 .message = "no migration has been applied"};
  }
  SELFSAME_RETURN_IF_ERROR(RefuseDrift(Compare(files, applied)));
  SELFSAME_ASSIGN_OR_RETURN(
      const std::string actual,
      session.InTransaction(TenantId{}, [](pqxx::work& tx) -> Result<std::string> {
        return CatalogFingerprint(tx);
      }));
  if (actual == applied.back().catalog_fingerprint) return {};
  return Error{.code = ErrorCode::kFailedPrecondition,
               .reason = "CATALOG_DRIFTED",
               .message = fmt::format("the catalog is not as migration {} left it",
                                      applied.back().step.version)};
}

Result<bool> AtHead(pg::Session& session, std::span<const EmbeddedFile> files) {
  SELFSAME_CHECK(!files.empty());
  const EmbeddedFile& head = *std::max_element(
      files.begin(), files.end(),
      [](const EmbeddedFile& a, const EmbeddedFile& b) { return VersionOf(a) < VersionOf(b); });
  auto found = session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<bool> {
    const auto rows = pg::Exec(tx, sql::kFindMigrationChecksum, VersionOf(head));
    return !rows.empty() && rows[0]["checksum"].as<std::string>() == HexDigest256(head.text);
  });
  if (!found.ok() && found.error().reason == "SCHEMA_NOT_READY") return false;
  return found;
}

Result<bool> AtHead(pg::Session& session) { return AtHead(session, EmbeddedMigrations()); }

}  // namespace selfsame::storage
