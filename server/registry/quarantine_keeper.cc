#include "server/registry/quarantine_keeper.h"

#include <chrono>
#include <vector>

#include "storage/quarantine_desk.h"

namespace selfsame::registry {
namespace {

constexpr int kBatch = 1'000;
constexpr int kBatchesMax = 1'000;  // Of one reason in one pass.

}  // namespace

int QuarantineDays::Of(const std::string& reason) const {
  const auto found = by_reason.find(reason);
  return found == by_reason.end() ? days : found->second;
}

TimeUs QuarantineDays::ExpiresAt(const std::string& reason, TimeUs received_at) const {
  return received_at + std::chrono::hours(24) * Of(reason);
}

void QuarantineKeeper::Pass(TimeUs now) {
  const auto directory = directory_.Get();
  if (directory == nullptr) return;
  for (const auto& [id, tenant] : directory->tenants) {
    const Status done = ExpireTenant(tenant, now);
    if (done.ok()) continue;
    log_.Warn("quarantine not expired", {{"tenant", tenant.name}, {"reason", done.error().reason}});
    // What is wrong with one tenant does not keep the others' records; a database that is away
    // does.
    if (done.error().code == ErrorCode::kUnavailable) return;
  }
}

Status QuarantineKeeper::ExpireTenant(const storage::Tenant& tenant, TimeUs now) {
  if (session_ == nullptr) {
    SELFSAME_ASSIGN_OR_RETURN(session_, pg::Session::Connect(database_));
  }
  SELFSAME_RETURN_IF_ERROR(ExpireReason(tenant, "", now));
  for (const auto& [reason, days] : days_.by_reason) {
    SELFSAME_RETURN_IF_ERROR(ExpireReason(tenant, reason, now));
  }
  return {};
}

Status QuarantineKeeper::ExpireReason(const storage::Tenant& tenant, const std::string& reason,
                                      TimeUs now) {
  const storage::TenantShard where{tenant.shard, tenant.id};
  const TimeUs before = now - std::chrono::hours(24) * days_.Of(reason);
  std::vector<std::string> others;
  for (const auto& [name, days] : days_.by_reason) others.push_back(name);
  for (int batch = 0; batch < kBatchesMax; ++batch) {
    SELFSAME_ASSIGN_OR_RETURN(
        const std::vector<RecordId> ids,
        storage::FindExpired(*session_, where, reason, others, before, kBatch));
    if (ids.empty()) return {};
    SELFSAME_ASSIGN_OR_RETURN(
        const int count, storage::DiscardQuarantine(*session_, where, ids,
                                                    storage::QuarantineEnd::kExpired, "", "", now));
    metrics_.quarantine_expired.Add(static_cast<std::uint64_t>(count));
  }
  return {};
}

}  // namespace selfsame::registry
