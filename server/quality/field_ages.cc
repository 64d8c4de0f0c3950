#include "server/quality/field_ages.h"

#include <algorithm>

namespace selfsame::quality {
namespace {

constexpr std::int64_t kMicrosASecond = 1'000'000;
constexpr std::int64_t kSecondsADay = 86'400;

// Sums over some of a field's days.
struct Sum {
  std::int64_t claims = 0;
  std::int64_t seconds = 0;

  void Add(const storage::QualityCount& count) {
    claims += count.count;
    seconds += count.seconds;
  }
  // Requires: there are claims.
  double MeanAge(double now) const {
    return std::max(0.0, now - static_cast<double>(seconds) / static_cast<double>(claims));
  }
};

using ByDay = std::map<std::int32_t, std::int64_t>;

// The age that this share of the claims does not exceed.
double AgeQuantile(const ByDay& days, std::int64_t claims, double share, double now) {
  const double wanted = share * static_cast<double>(claims);
  double seen = 0;
  for (auto day = days.rbegin(); day != days.rend(); ++day) {
    seen += static_cast<double>(day->second);
    if (seen < wanted) continue;
    return std::max(0.0, now - static_cast<double>(day->first * kSecondsADay + kSecondsADay / 2));
  }
  return 0;
}

struct FieldSums {
  std::int64_t profiles = 0;
  std::map<SourceId, std::int64_t> profiles_of;
  Sum said;
  ByDay days;
  std::map<SourceId, Sum> said_by;
};

void Add(const storage::QualityCount& count, FieldSums& sums) {
  if (count.measure == storage::FieldMeasure::kFilled) {
    sums.profiles += count.count;
    sums.profiles_of[count.source] += count.count;
    return;
  }
  sums.said.Add(count);
  sums.said_by[count.source].Add(count);
  sums.days[count.day] += count.count;
}

FieldStanding StandingOfField(const FieldSums& sums, double now) {
  const std::int64_t claims = sums.said.claims;
  FieldStanding standing{.profiles = sums.profiles};
  if (claims > 0) {
    standing.ages = Ages{.mean = sums.said.MeanAge(now),
                         .p50 = AgeQuantile(sums.days, claims, 0.5, now),
                         .p90 = AgeQuantile(sums.days, claims, 0.9, now),
                         .p99 = AgeQuantile(sums.days, claims, 0.99, now)};
  }
  for (const auto& [source, profiles] : sums.profiles_of) {
    if (profiles > 0) standing.sources[source].profiles = profiles;
  }
  for (const auto& [source, said] : sums.said_by) {
    if (said.claims > 0) standing.sources[source].mean_age = said.MeanAge(now);
  }
  return standing;
}

}  // namespace

ProfileStanding StandingOf(std::span<const storage::QualityCount> counts, TimeUs now) {
  ProfileStanding standing;
  std::map<std::string, FieldSums> fields;
  for (const storage::QualityCount& count : counts) {
    if (count.measure == storage::FieldMeasure::kSize) {
      standing.sizes[count.attribute] += count.count;
    } else if (count.attribute.empty()) {
      standing.profiles += count.count;
    } else {
      Add(count, fields[count.attribute]);
    }
  }
  const double now_seconds = static_cast<double>(now.us) / kMicrosASecond;
  for (const auto& [name, sums] : fields) {
    standing.fields[name] = StandingOfField(sums, now_seconds);
  }
  return standing;
}

}  // namespace selfsame::quality
