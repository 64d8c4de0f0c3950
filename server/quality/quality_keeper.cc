#include "server/quality/quality_keeper.h"

#include <chrono>
#include <filesystem>
#include <system_error>

namespace selfsame::quality {
namespace {

constexpr std::int64_t kFoldDeltas = 5'000;
constexpr int kFoldsMax = 20;  // Of one tenant in one pass.
constexpr int kAuditsMax = 1'000;
// How long what another server folded, or a verdict given to it, may go unseen here.
constexpr std::chrono::seconds kStateAgeMax{15};
constexpr std::chrono::hours kHoursKept{24 * 400};

}  // namespace

void QualityKeeper::Pass(TimeUs now) {
  AddHours(now);
  const auto directory = context_.directory.Get();
  if (directory == nullptr) return;
  Introduce(*directory);
  for (const auto& [id, tenant] : directory->tenants) {
    const Status done = PassOver(tenant, now);
    if (done.ok()) continue;
    context_.log.Debug("quality not read",
                       {{"tenant", tenant.name}, {"reason", done.error().reason}});
    return;
  }
  if (looked_around_at_ + kStateAgeMax <= now) {
    around_ = LookAround(now);
    looked_around_at_ = now;
  }
  context_.metrics.quality.levels.Set(
      std::make_shared<const observe::Levels>(LevelsOf(*directory, tenants_, around_, now)));
}

// Counters of a source are there, at zero, before its first record: what a counter begins with is
// invisible to whoever looks at how it grows.
void QualityKeeper::Introduce(const storage::Directory& directory) {
  for (const auto& [id, source] : directory.sources) {
    const storage::Tenant* tenant = directory.FindTenant(source.tenant);
    if (tenant == nullptr || !introduced_.insert(id).second) continue;
    context_.metrics.ForSource(tenant->name, source.name);
    context_.meter.Introduce(*tenant, source);
  }
}

Status QualityKeeper::Connect() {
  if (session_ != nullptr) return {};
  SELFSAME_ASSIGN_OR_RETURN(session_, pg::Session::Connect(context_.database));
  return {};
}

Status QualityKeeper::PassOver(const storage::Tenant& tenant, TimeUs now) {
  SELFSAME_RETURN_IF_ERROR(Connect());
  const storage::TenantShard where{tenant.shard, tenant.id};
  bool has_changed = !tenants_.contains(tenant.id);
  for (int folds = 0; folds < kFoldsMax; ++folds) {
    SELFSAME_ASSIGN_OR_RETURN(const std::int64_t folded,
                              storage::FoldQualityDeltas(*session_, where, kFoldDeltas));
    has_changed = has_changed || folded > 0;
    if (folded < kFoldDeltas) break;
  }
  if (!has_changed && now < read_at_[tenant.id] + kStateAgeMax) return {};
  SELFSAME_ASSIGN_OR_RETURN(auto counts, storage::ReadFieldCounts(*session_, where));
  SELFSAME_ASSIGN_OR_RETURN(auto audits, storage::ReadAudits(*session_, tenant.id, kAuditsMax));
  tenants_[tenant.id] = {std::move(counts), std::move(audits)};
  read_at_[tenant.id] = now;
  return {};
}

void QualityKeeper::AddHours(TimeUs now) {
  for (const auto& [tenant, hours] : context_.meter.Take()) {
    const Status added = AddHoursOf(tenant, hours, now);
    if (added.ok()) continue;
    if (added.error().code != ErrorCode::kInDoubt) context_.meter.PutBack(tenant, hours);
    context_.log.Debug("hours not added", {{"reason", added.error().reason}});
  }
}

Status QualityKeeper::AddHoursOf(TenantId tenant, const QualityMeter::Hours& hours, TimeUs now) {
  SELFSAME_RETURN_IF_ERROR(Connect());
  SELFSAME_RETURN_IF_ERROR(storage::AddSourceHours(*session_, tenant, hours));
  // Added they are: what is too old may go at any time.
  (void)storage::DeleteSourceHours(*session_, tenant, now - kHoursKept);
  return {};
}

Surroundings QualityKeeper::LookAround(TimeUs now) {
  Surroundings around;
  // Nobody may have connected yet: no tenant, nothing to add.
  if (Connect().ok()) {
    if (const auto state = storage::ReadDatabaseState(*session_); state.ok()) {
      around.database = *state;
      around.outbox_held_seconds = outbox_hold_.Look(*state, now);
    }
  }
  if (context_.data_dir.empty()) return around;
  std::error_code failed;
  const std::filesystem::space_info space = std::filesystem::space(context_.data_dir, failed);
  if (failed) return around;
  around.disk_free_bytes = static_cast<std::int64_t>(space.available);
  around.disk_size_bytes = static_cast<std::int64_t>(space.capacity);
  return around;
}

}  // namespace selfsame::quality
