#include "server/ingest/tenant_lanes.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace selfsame::ingest {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr microseconds kMemory{2'000'000};  // After it, use counts for a third.
constexpr microseconds kJudgeEvery{250'000};
constexpr microseconds kHoldMax{1'000'000};
constexpr std::size_t kTenantsKept = 64;  // Before those without use are looked for.

// In lanes: 1 is all the time of one.
constexpr double kBusy = 0.25;      // Below it others are no company that one would have to flee.
constexpr double kNarrowMin = 0.5;  // The narrow lane may always be used so much.
constexpr double kNarrowShare = 1.0 / 3;  // And by this share of all use.
constexpr double kStay = 2;               // A tenant leaves the narrow lane at twice the use.
constexpr double kUseForgotten = 0.001;

}  // namespace

double TenantLanes::UseOf(const Standing& standing, TimePoint now) {
  const double age =
      static_cast<double>(duration_cast<microseconds>(now - standing.used_at).count());
  return standing.used_us * std::exp(-std::max(age, 0.0) / kMemory.count()) / kMemory.count();
}

// The smallest tenants belong on the narrow lane, as many as fit.
Place TenantLanes::PlaceFor(TenantId tenant, const Standing& standing, TimePoint now) const {
  const double own = UseOf(standing, now);
  double all = 0;
  double up_to_own = 0;
  bool is_narrow_used = false;
  for (const auto& [other, others] : tenants_) {
    const double use = UseOf(others, now);
    all += use;
    if (std::pair(use, other) <= std::pair(own, tenant)) up_to_own += use;
    if (other != tenant && others.place == Place::kNarrow && use > kUseForgotten) {
      is_narrow_used = true;
    }
  }
  const double room = std::max(kNarrowMin, all * kNarrowShare);
  const bool is_narrow = standing.place == Place::kNarrow
                             ? all - own >= kBusy / kStay && up_to_own <= room * kStay
                             : all - own >= kBusy && up_to_own <= room;
  if (is_narrow) return Place::kNarrow;
  return is_narrow_used ? Place::kHalf : Place::kAll;
}

void TenantLanes::Judge(TenantId tenant, Standing& standing, TimePoint now) {
  if (standing.judged_at && now - *standing.judged_at < kJudgeEvery) return;
  standing.judged_at = now;
  standing.wanted = PlaceFor(tenant, standing, now);
}

std::optional<Place> TenantLanes::Enter(const std::shared_ptr<Submission>& submission,
                                        std::size_t rows, TimePoint now) {
  MutexLock lock(mutex_);
  if (tenants_.size() > kTenantsKept) ForgetIdle(now);
  const TenantId tenant = submission->tenant().id;
  Standing& standing = tenants_[tenant];
  const bool is_held = standing.is_releasing || !standing.held.empty();
  if (!is_held) Judge(tenant, standing, now);
  if (!is_held && standing.rows == 0) standing.place = standing.wanted;
  if (is_held || standing.place != standing.wanted) {
    if (!standing.held_since) standing.held_since = now;
    standing.held.push_back({submission, rows});
    return std::nullopt;
  }
  standing.rows += rows;
  return standing.place;
}

TenantLanes::Release TenantLanes::TakeHeld(Standing& standing) {
  Release release{.place = standing.place, .submissions = {}};
  for (Held& held : standing.held) {
    standing.rows += held.rows;
    release.submissions.push_back(std::move(held.submission));
  }
  standing.held.clear();
  standing.held_since.reset();
  standing.is_releasing = !release.submissions.empty();
  return release;
}

TenantLanes::Release TenantLanes::Leave(TenantId tenant, std::size_t rows) {
  MutexLock lock(mutex_);
  Standing& standing = tenants_[tenant];
  standing.rows -= rows;
  if (standing.rows > 0 || standing.is_releasing || standing.held.empty()) return {};
  standing.place = standing.wanted;
  return TakeHeld(standing);
}

TenantLanes::Release TenantLanes::Released(TenantId tenant) {
  MutexLock lock(mutex_);
  return TakeHeld(tenants_[tenant]);
}

std::map<TenantId, TenantLanes::Release> TenantLanes::Overdue(TimePoint now) {
  MutexLock lock(mutex_);
  std::map<TenantId, Release> overdue;
  for (auto& [tenant, standing] : tenants_) {
    if (standing.is_releasing || !standing.held_since) continue;
    if (now - *standing.held_since < kHoldMax) continue;
    standing.wanted = standing.place;
    standing.judged_at = now + kHoldMax;
    overdue.emplace(tenant, TakeHeld(standing));
  }
  return overdue;
}

void TenantLanes::Used(TenantId tenant, microseconds time, TimePoint now) {
  MutexLock lock(mutex_);
  Standing& standing = tenants_[tenant];
  standing.used_us = UseOf(standing, now) * kMemory.count() + static_cast<double>(time.count());
  standing.used_at = now;
}

void TenantLanes::ForgetIdle(TimePoint now) {
  std::erase_if(tenants_, [&](const auto& entry) {
    const Standing& standing = entry.second;
    return standing.rows == 0 && standing.held.empty() && !standing.is_releasing &&
           UseOf(standing, now) < kUseForgotten;
  });
}

}  // namespace selfsame::ingest
