#include "server/registry/usage_keeper.h"

namespace selfsame::registry {

void UsageKeeper::Pass() {
  const std::map<TenantId, storage::Usage> taken = meter_.Take(*catalog_.Get());
  for (const auto& [tenant, usage] : taken) {
    const Status added = Add(tenant, usage);
    if (added.ok()) continue;
    if (added.error().code != ErrorCode::kInDoubt) meter_.PutBack(tenant, usage);
    // That the database does not answer is told by whoever watches it.
    if (added.error().code == ErrorCode::kUnavailable) continue;
    log_.Warn("usage not added",
              {{"reason", added.error().reason}, {"what", added.error().message}});
  }
}

Status UsageKeeper::Add(TenantId tenant, const storage::Usage& usage) {
  if (session_ == nullptr) {
    SELFSAME_ASSIGN_OR_RETURN(session_, pg::Session::Connect(database_));
  }
  return storage::AddUsage(*session_, tenant, usage);
}

}  // namespace selfsame::registry
