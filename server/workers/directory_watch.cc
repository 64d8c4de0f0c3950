#include "server/workers/directory_watch.h"

#include <utility>

#include "storage/database_standing.h"
#include "storage/migrations.h"
#include "storage/pg/errors.h"

namespace selfsame::workers {
namespace {

constexpr std::string_view kNotDurable = "DATABASE_NOT_DURABLE";

}  // namespace

DirectoryWatch::DirectoryWatch(DirectoryWatchContext context, Refresh refresh,
                               std::function<void(bool is_serving)> on_serving)
    : context_(std::move(context)),
      refresh_(std::move(refresh)),
      on_serving_(std::move(on_serving)) {}

void DirectoryWatch::Pass() {
  const Result<bool> at_head = Look();
  Report(at_head);
  const bool is_serving = at_head.ok() && *at_head;
  was_serving_ = is_serving;
  on_serving_(is_serving);
}

Result<bool> DirectoryWatch::Look() {
  if (session_ == nullptr) {
    SELFSAME_ASSIGN_OR_RETURN(session_, pg::Session::Connect(context_.database));
  }
  SELFSAME_RETURN_IF_ERROR(CheckStanding());
  SELFSAME_ASSIGN_OR_RETURN(const bool at_head, storage::AtHead(*session_));
  if (!at_head) return false;
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
  SELFSAME_RETURN_IF_ERROR(refreshed);
  return true;
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
    return Error{
        .code = ErrorCode::kUnavailable,
        .reason = std::string(pg::kReadOnly),
        .message = standing.is_standby ? "the database is a standby" : "the database is read-only"};
  }
  if (standing.has_fsync || context_.allows_fsync_off) return {};
  // Not only NOT_SERVING: an acknowledgement would not be true.
  context_.directory.Set(nullptr);
  return Error{.code = ErrorCode::kFailedPrecondition,
               .reason = std::string(kNotDurable),
               .message =
                   "postgresql runs with fsync off and can lose committed records: turn it "
                   "on, or set database.allow_fsync_off"};
}

// A person wants to know of changes, not of each pass.
void DirectoryWatch::Report(const Result<bool>& at_head) {
  const bool is_read_only = !at_head.ok() && at_head.error().reason == pg::kReadOnly;
  const bool is_refused = !at_head.ok() && at_head.error().reason == kNotDurable;
  context_.metrics.database_up.Set(at_head.ok() || is_read_only || is_refused ? 1 : 0);
  context_.metrics.database_read_only.Set(is_read_only ? 1 : 0);
  context_.metrics.migrations_at_head.Set(at_head.ok() && *at_head ? 1 : 0);
  if (!at_head.ok()) {
    context_.metrics.postgres_errors.Of(ErrorCodeName(at_head.error().code)).Add();
  }
  const bool is_serving = at_head.ok() && *at_head;
  if (is_serving == was_serving_) return;
  if (is_serving) return context_.log.Info("database answers and is at head");
  if (at_head.ok()) return context_.log.Warn("database is not at head: run selfsame migrate up");
  context_.log.Warn(
      is_read_only || is_refused ? "database cannot be used" : "database does not answer",
      {{"reason", at_head.error().reason}, {"what", at_head.error().message}});
}

}  // namespace selfsame::workers
