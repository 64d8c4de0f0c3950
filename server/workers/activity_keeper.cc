#include "server/workers/activity_keeper.h"

#include "storage/activity.h"

namespace selfsame::workers {
namespace {

constexpr std::int64_t kFoldDeltas = 2'000;  // Rows of one transaction: up to 80,000 anchors.
constexpr int kFoldsMax = 20;                // Of one tenant in one pass.

}  // namespace

void ActivityKeeper::Pass(TimeUs now) {
  const auto directory = context_.directory.Get();
  if (directory == nullptr) return;
  waiting_ = 0;
  std::string failing;
  for (const auto& [id, tenant] : directory->tenants) {
    const Status done = Fold(tenant);
    if (done.ok()) continue;
    failing = done.error().reason;
    if (done.error().code == ErrorCode::kUnavailable) break;  // The database itself is away.
  }
  Report(failing);
  if (!failing.empty()) return;
  context_.metrics.activity_deltas.Set(waiting_);
  context_.metrics.activity_folded_at.Set(now.us / 1'000'000);
}

Status ActivityKeeper::Fold(const storage::Tenant& tenant) {
  if (session_ == nullptr) {
    SELFSAME_ASSIGN_OR_RETURN(session_, pg::Session::Connect(context_.database));
  }
  const storage::TenantShard where{tenant.shard, tenant.id};
  for (int folds = 0; folds < kFoldsMax; ++folds) {
    SELFSAME_ASSIGN_OR_RETURN(const storage::FoldedActivity folded,
                              storage::FoldActivityDeltas(*session_, where, kFoldDeltas));
    context_.metrics.activity_folded.Add(static_cast<std::uint64_t>(folded.deltas));
    if (folded.deltas < kFoldDeltas && !folded.is_taken) return {};
    if (folded.is_taken) break;
  }
  SELFSAME_ASSIGN_OR_RETURN(const std::int64_t waiting,
                            storage::CountActivityDeltas(*session_, where));
  waiting_ += waiting;
  return {};
}

// A person wants to know of changes, not of each pass.
void ActivityKeeper::Report(const std::string& failing) {
  if (failing == failing_) return;
  failing_ = failing;
  if (failing.empty()) return context_.log.Info("activity is folded again");
  context_.log.Warn("activity cannot be folded; reads get slower until it can",
                    {{"reason", failing}});
}

}  // namespace selfsame::workers
