#include "server/quality/quality_keeper.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

namespace selfsame::quality {
namespace {

constexpr std::int64_t kFoldDeltas = 5'000;
constexpr int kFoldsMax = 20;  // Of one tenant in one pass.
constexpr int kAuditsMax = 1'000;
constexpr int kAuditsAField = 5;  // The newest of each.
// How old what is shown of a tenant may get: its sums are read again no sooner.
constexpr std::chrono::seconds kStateAge{10};
constexpr std::chrono::seconds kLookAroundInterval{15};
constexpr std::chrono::minutes kQuarantineInterval{1};
constexpr std::chrono::minutes kSweepInterval{10};  // Of sums that have become nothing.
constexpr std::chrono::hours kHoursKept{24 * 400};
// Of a tenant: where its sums have more rows, old days are joined from the next reading on.
constexpr std::size_t kExactRowsMax = 20'000;
// The database itself seems to be away: the other tenants are left for the next pass.
constexpr int kUnavailableMax = 2;
constexpr std::int64_t kMicrosADay = 86'400'000'000;

}  // namespace

void QualityKeeper::Pass(TimeUs now) {
  AddHours(now);
  const auto directory = context_.directory.Get();
  if (directory == nullptr) return;
  Introduce(*directory);
  if (PassOverAll(*directory, now)) complete_at_ = now;
  if (looked_around_at_ + kLookAroundInterval <= now) {
    around_ = LookAround(now);
    looked_around_at_ = now;
    has_news_ = true;
  }
  if (has_news_) Show(*directory, now);
}

bool QualityKeeper::PassOverAll(const storage::Directory& directory, TimeUs now) {
  int unavailable = 0;
  bool is_complete = true;
  for (const auto& [id, tenant] : directory.tenants) {
    if (unavailable == kUnavailableMax) return false;
    Progress& progress = progress_[id];
    const Status done = PassOver(directory, tenant, progress, now);
    Report(tenant, progress, done);
    if (done.ok()) continue;
    is_complete = false;
    if (done.error().code == ErrorCode::kUnavailable) ++unavailable;
  }
  return is_complete;
}

// A person wants to know of changes, not of each pass.
void QualityKeeper::Report(const storage::Tenant& tenant, Progress& progress,
                           const Status& done) const {
  const std::string failing = done.ok() ? "" : done.error().reason;
  if (failing == progress.failing) return;
  progress.failing = failing;
  if (done.ok()) return context_.log.Info("measures are read again", {{"tenant", tenant.name}});
  context_.log.Warn("measures cannot be read",
                    {{"tenant", tenant.name}, {"reason", failing}, {"what", done.error().message}});
}

void QualityKeeper::Show(const storage::Directory& directory, TimeUs now) {
  LevelsShown shown = LevelsOf({.directory = directory,
                                .tenants = tenants_,
                                .around = around_,
                                .complete_at = complete_at_,
                                .now = now});
  observe::QualityMetrics& metrics = context_.metrics.quality;
  metrics.levels.Set(std::make_shared<const observe::Levels>(std::move(shown.levels)));
  has_news_ = false;
  if (shown.left_out <= left_out_) return;
  metrics.levels_over.Add(shown.left_out - left_out_);
  left_out_ = shown.left_out;
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

Status QualityKeeper::PassOver(const storage::Directory& directory, const storage::Tenant& tenant,
                               Progress& progress, TimeUs now) {
  SELFSAME_RETURN_IF_ERROR(Connect());
  const storage::TenantShard where{tenant.shard, tenant.id};
  if (!progress.is_remembered) {
    SELFSAME_RETURN_IF_ERROR(Remember(directory, tenant, now));
    progress.is_remembered = true;
  }
  SELFSAME_RETURN_IF_ERROR(Fold(where, progress, now));
  if (progress.read_at + kStateAge <= now || !progress.failing.empty()) {
    SELFSAME_RETURN_IF_ERROR(Read(where, progress, now));
  }
  SELFSAME_RETURN_IF_ERROR(progress.mailboxes.Step(*session_, where, now));
  tenants_[tenant.id].suspected = progress.mailboxes.sharing();
  return {};
}

Status QualityKeeper::Fold(const storage::TenantShard& where, Progress& progress, TimeUs now) {
  for (int folds = 0; folds < kFoldsMax; ++folds) {
    SELFSAME_ASSIGN_OR_RETURN(const std::int64_t folded,
                              storage::FoldQualityDeltas(*session_, where, kFoldDeltas));
    if (folded < kFoldDeltas) break;
  }
  if (now < progress.swept_at + kSweepInterval) return {};
  SELFSAME_RETURN_IF_ERROR(storage::DropEmptyFieldCounts(*session_, where.tenant));
  progress.swept_at = now;
  progress.has_many_days = false;  // Perhaps there are fewer now.
  return {};
}

Status QualityKeeper::Read(const storage::TenantShard& where, Progress& progress, TimeUs now) {
  std::optional<std::int32_t> today;
  if (progress.has_many_days) today = static_cast<std::int32_t>(now.us / kMicrosADay);
  SELFSAME_ASSIGN_OR_RETURN(auto counts, storage::ReadFieldCounts(*session_, where, today));
  progress.has_many_days = progress.has_many_days || counts.size() > kExactRowsMax;
  SELFSAME_ASSIGN_OR_RETURN(
      auto audits, storage::ReadAudits(*session_, where.tenant, kAuditsMax, kAuditsAField));
  SELFSAME_ASSIGN_OR_RETURN(auto drift, storage::CountDrift(*session_, where.tenant));
  // Only now: a tenant that was never read is not shown, rather than as having nothing.
  TenantState& state = tenants_[where.tenant];
  state.counts = std::move(counts);
  state.audits = std::move(audits);
  state.drift = std::move(drift);
  if (progress.counted_at + kQuarantineInterval <= now) {
    SELFSAME_ASSIGN_OR_RETURN(state.quarantine,
                              storage::CountQuarantinedBySource(*session_, where));
    progress.counted_at = now;
  }
  progress.read_at = now;
  has_news_ = true;
  return {};
}

// A source that fell silent before this server started is silent still.
Status QualityKeeper::Remember(const storage::Directory& directory, const storage::Tenant& tenant,
                               TimeUs now) {
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::LastHour> hours,
                            storage::ReadLastHours(*session_, tenant.id));
  for (const storage::LastHour& hour : hours) {
    const storage::Source* source = directory.FindSource(hour.source);
    if (source == nullptr) continue;
    context_.meter.Remember(tenant, *source, std::min(hour.hour_at + std::chrono::hours(1), now));
  }
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
