#include "server/workers/directory_watch.h"

#include <utility>

#include "storage/migrations.h"

namespace selfsame::workers {

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
  SELFSAME_ASSIGN_OR_RETURN(const bool at_head, storage::AtHead(*session_));
  if (!at_head) return false;
  SELFSAME_RETURN_IF_ERROR(refresh_(*session_));
  const auto before = context_.directory.Get();
  SELFSAME_ASSIGN_OR_RETURN(storage::Directory directory,
                            storage::LoadDirectory(*session_, context_.master_key, before.get()));
  // Counters of a tenant are there, at zero, before its first record: what a counter begins with is
  // invisible to whoever looks at how it grows.
  for (const auto& [id, tenant] : directory.tenants) context_.metrics.ForTenant(tenant.name);
  context_.directory.Set(std::make_shared<const storage::Directory>(std::move(directory)));
  return true;
}

// A person wants to know of changes, not of each pass.
void DirectoryWatch::Report(const Result<bool>& at_head) {
  context_.metrics.database_up.Set(at_head.ok() ? 1 : 0);
  context_.metrics.migrations_at_head.Set(at_head.ok() && *at_head ? 1 : 0);
  if (!at_head.ok()) {
    context_.metrics.postgres_errors.Of(ErrorCodeName(at_head.error().code)).Add();
  }
  const bool is_serving = at_head.ok() && *at_head;
  if (is_serving == was_serving_) return;
  if (is_serving) return context_.log.Info("database answers and is at head");
  if (at_head.ok()) return context_.log.Warn("database is not at head: run selfsame migrate up");
  context_.log.Warn("database does not answer",
                    {{"reason", at_head.error().reason}, {"what", at_head.error().message}});
}

}  // namespace selfsame::workers
