#include "server/ingest/quality_deltas.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace selfsame::ingest {
namespace {

using identity::Claim;
using storage::AnchoredClaim;
using storage::FieldMeasure;

constexpr std::int64_t kMicrosASecond = 1'000'000;
constexpr std::int64_t kSecondsADay = 86'400;

// Rounded down, also before 1970: as the database does.
constexpr std::int64_t FloorDivide(std::int64_t number, std::int64_t by) {
  return number / by - (number % by < 0 ? 1 : 0);
}

// By the order of the primary key of claims, as storage::LoadNewestClaims and the recount have it.
bool IsNewer(const Claim& a, const Claim& b) {
  return std::tie(a.event_time, a.source, a.key) > std::tie(b.event_time, b.source, b.key);
}

}  // namespace

void QualityDeltas::CountFilled(const identity::Attributes& attributes, int sign) {
  changes_[{FieldMeasure::kFilled, "", SourceId{}, 0}].count += sign;
  for (const auto& [name, folded] : attributes) {
    if (!folded.HasValue()) continue;
    changes_[{FieldMeasure::kFilled, name, folded.claim.source, 0}].count += sign;
  }
}

void QualityDeltas::CountSaid(const std::string& attribute, const Claim& claim, int sign) {
  if (claim.operation == identity::ClaimOperation::kUnset) return;
  const std::int64_t seconds = FloorDivide(claim.event_time.us, kMicrosASecond);
  const auto day = std::max(static_cast<std::int32_t>(FloorDivide(seconds, kSecondsADay)),
                            storage::kSaidDayFloor);
  Change& change = changes_[{FieldMeasure::kSaid, attribute, claim.source, day}];
  change.count += sign;
  change.seconds += sign * seconds;
}

void QualityDeltas::CountSizes(const identity::SizeChanges& changes) {
  for (const auto& [identifiers, profiles] : changes) {
    const std::string label(storage::SizeLabelOf(identifiers));
    changes_[{FieldMeasure::kSize, label, SourceId{}, 0}].count += profiles;
  }
}

void QualityDeltas::Say(std::span<const AnchoredClaim> claims,
                        std::span<const AnchoredClaim> newest_before) {
  using Place = std::pair<NodeId, std::string>;
  std::map<Place, const Claim*> before;
  for (const AnchoredClaim& claim : newest_before) {
    before[{claim.anchor, claim.attribute}] = &claim.claim;
  }
  std::map<Place, const Claim*> after = before;
  for (const AnchoredClaim& claim : claims) {
    const Claim*& newest = after[{claim.anchor, claim.attribute}];
    if (newest == nullptr || IsNewer(claim.claim, *newest)) newest = &claim.claim;
  }
  for (const auto& [place, newest] : after) {
    const auto was = before.find(place);
    if (was != before.end() && was->second == newest) continue;
    if (was != before.end()) CountSaid(place.second, *was->second, -1);
    CountSaid(place.second, *newest, 1);
  }
}

std::vector<storage::QualityCount> QualityDeltas::Changes() const {
  std::vector<storage::QualityCount> changes;
  for (const auto& [slot, change] : changes_) {
    if (change.count == 0 && change.seconds == 0) continue;
    const auto& [measure, attribute, source, day] = slot;
    changes.push_back({.measure = measure,
                       .attribute = attribute,
                       .source = source,
                       .day = day,
                       .count = change.count,
                       .seconds = change.seconds});
  }
  return changes;
}

}  // namespace selfsame::ingest
