#include "server/workers/directory_watch.h"

#include <utility>

#include "storage/database_standing.h"
#include "storage/migrations.h"
#include "storage/pg/errors.h"

namespace selfsame::workers {
namespace {

Error MigrationsPending() {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = std::string(observe::kMigrationsPending),
          .message = "the database lacks migrations of this server: run selfsame migrate up"};
}

Error Standby() {
  return {.code = ErrorCode::kUnavailable,
          .reason = std::string(observe::kDatabaseStandby),
          .message = "the database is a standby in recovery: it takes no writes"};
}

// Whether a database that gave this answer is there and answers.
bool IsUp(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnavailable:
      return error.reason == pg::kReadOnly || error.reason == observe::kDatabaseStandby;
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kInDoubt:
    case ErrorCode::kInternal: return false;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kNotFound:
    case ErrorCode::kFailedPrecondition:
    case ErrorCode::kAborted:
    case ErrorCode::kResourceExhausted: return true;
  }
  return false;
}

}  // namespace

DirectoryWatch::DirectoryWatch(DirectoryWatchContext context, Refresh refresh,
                               std::function<void(observe::Standing)> on_standing)
    : context_(std::move(context)),
      refresh_(std::move(refresh)),
      on_standing_(std::move(on_standing)) {}

void DirectoryWatch::Pass() {
  const Status looked = Look();
  Count(looked);
  if (looked.ok()) {
    on_standing_({.reason = std::string(observe::kReady), .message = "serving"});
  } else {
    on_standing_({.reason = looked.error().reason, .message = looked.error().message});
  }
}

Status DirectoryWatch::Look() {
  if (session_ == nullptr) SELFSAME_RETURN_IF_ERROR(Connect());
  SELFSAME_RETURN_IF_ERROR(CheckStanding());
  SELFSAME_ASSIGN_OR_RETURN(const bool at_head, storage::AtHead(*session_));
  context_.metrics.migrations_at_head.Set(at_head ? 1 : 0);
  if (!at_head) return MigrationsPending();
  const auto before = context_.directory.Get();
  SELFSAME_ASSIGN_OR_RETURN(storage::Directory directory,
                            storage::LoadDirectory(*session_, context_.master_key, before.get()));
  // Read after the keys and known before them: whoever is let in by a key finds the schemas that
  // were registered before it was made. Records would otherwise be quarantined for want of them,
  // all of those that come right after a start.
  const Status refreshed = refresh_(*session_);
  if (before == nullptr) SELFSAME_RETURN_IF_ERROR(refreshed);
  // Whatever became of the schemas: a key that was revoked must not get in a moment longer.
  Publish(before.get(), std::move(directory));
  return refreshed;
}

Status DirectoryWatch::Connect() {
  auto connected = pg::Session::Connect(context_.database);
  if (connected.ok()) {
    session_ = std::move(connected).value();
    return {};
  }
  Error error = std::move(connected).error();
  if (error.reason == "SCHEMA_NOT_READY") {
    context_.metrics.migrations_at_head.Set(0);
    return MigrationsPending();
  }
  if (error.reason != pg::kReadOnly) return error;
  // libpq refuses a standby and a read-only database alike: the operator needs to know which.
  pg::SessionOptions any = context_.database;
  any.writes = pg::Writes::kOptional;
  SELFSAME_ASSIGN_OR_RETURN(const auto session, pg::Session::Connect(any));
  SELFSAME_ASSIGN_OR_RETURN(const storage::DatabaseStanding standing,
                            storage::ReadDatabaseStanding(*session));
  return standing.is_standby ? Standby() : error;
}

void DirectoryWatch::Publish(const storage::Directory* before, storage::Directory directory) {
  // Counters of a tenant are there, at zero, before its first record: what a counter begins with is
  // invisible to whoever looks at how it grows.
  for (const auto& [id, tenant] : directory.tenants) context_.metrics.ForTenant(tenant.name);
  ReportTroubles(before, directory);
  context_.directory.Set(std::make_shared<const storage::Directory>(std::move(directory)));
}

void DirectoryWatch::ReportTroubles(const storage::Directory* before,
                                    const storage::Directory& now) {
  std::int64_t shut_out = 0;
  for (const auto& [id, trouble] : now.troubles) {
    if (trouble.is_shut_out) ++shut_out;
    if (before != nullptr) {
      const auto known = before->troubles.find(id);
      if (known != before->troubles.end() && known->second == trouble) continue;
    }
    context_.log.Error(
        trouble.is_shut_out ? "tenant cannot be read and is shut out"
                            : "tenant cannot be read; its last readable ruleset and keys stay",
        {{"tenant", trouble.name}, {"reason", trouble.reason}, {"what", trouble.message}});
  }
  context_.metrics.tenants_shut_out.Set(shut_out);
  context_.metrics.tenants_stale.Set(static_cast<std::int64_t>(now.troubles.size()) - shut_out);
  if (before == nullptr) return;
  for (const auto& [id, trouble] : before->troubles) {
    if (now.troubles.contains(id)) continue;
    context_.log.Info("tenant can be read again", {{"tenant", trouble.name}});
  }
}

Status DirectoryWatch::CheckStanding() {
  SELFSAME_ASSIGN_OR_RETURN(const storage::DatabaseStanding standing,
                            storage::ReadDatabaseStanding(*session_));
  observe::Metrics& metrics = context_.metrics;
  metrics.postgres_fsync.Set(standing.has_fsync ? 1 : 0);
  metrics.postgres_full_page_writes.Set(standing.has_full_page_writes ? 1 : 0);
  metrics.postgres_synchronous_commit.Set(standing.synchronous_commit);
  if (standing.is_standby || standing.is_read_only) {
    session_.reset();  // Of several hosts another one may be the primary by now.
    if (standing.is_standby) return Standby();
    return Error{.code = ErrorCode::kUnavailable,
                 .reason = std::string(pg::kReadOnly),
                 .message = "the database is read-only"};
  }
  if (standing.has_fsync || context_.allows_fsync_off) return {};
  // Not only NOT_SERVING: an acknowledgement would not be true.
  context_.directory.Set(nullptr);
  return Error{.code = ErrorCode::kFailedPrecondition,
               .reason = std::string(observe::kDatabaseNotDurable),
               .message =
                   "postgresql runs with fsync off and can lose committed records: turn it "
                   "on, or set database.allow_fsync_off"};
}

void DirectoryWatch::Count(const Status& looked) {
  observe::Metrics& metrics = context_.metrics;
  const std::string_view reason = looked.ok() ? std::string_view() : looked.error().reason;
  metrics.database_up.Set(looked.ok() || IsUp(looked.error()) ? 1 : 0);
  metrics.database_read_only.Set(
      reason == pg::kReadOnly || reason == observe::kDatabaseStandby ? 1 : 0);
  if (!looked.ok()) metrics.postgres_errors.Of(ErrorCodeName(looked.error().code)).Add();
}

}  // namespace selfsame::workers
