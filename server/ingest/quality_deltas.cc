#include "server/ingest/quality_deltas.h"

namespace selfsame::ingest {
namespace {

constexpr std::int64_t kMicrosASecond = 1'000'000;
constexpr std::int64_t kMicrosADay = 86'400 * kMicrosASecond;

}  // namespace

void QualityDeltas::Count(const identity::Attributes& attributes, int sign) {
  changes_[{"", SourceId{}, 0}].profiles += sign;
  for (const auto& [name, folded] : attributes) {
    if (!folded.HasValue()) continue;
    const identity::Claim& claim = folded.claim;
    const auto day = static_cast<std::int32_t>(claim.event_time.us / kMicrosADay);
    Change& change = changes_[{name, claim.source, day}];
    change.profiles += sign;
    change.seconds += sign * (claim.event_time.us / kMicrosASecond);
  }
}

std::vector<storage::ProfileFieldCount> QualityDeltas::Changes() const {
  std::vector<storage::ProfileFieldCount> changes;
  for (const auto& [slot, change] : changes_) {
    if (change.profiles == 0 && change.seconds == 0) continue;
    const auto& [attribute, source, day] = slot;
    changes.push_back({.attribute = attribute,
                       .source = source,
                       .day = day,
                       .profiles = change.profiles,
                       .seconds = change.seconds});
  }
  return changes;
}

}  // namespace selfsame::ingest
