#include "server/quality/field_ages.h"

#include <algorithm>

namespace selfsame::quality {
namespace {

constexpr std::int64_t kMicrosASecond = 1'000'000;
constexpr std::int64_t kSecondsADay = 86'400;

// Sums over some of a field's days.
struct Sum {
  std::int64_t profiles = 0;
  std::int64_t seconds = 0;

  double MeanAge(double now) const {
    if (profiles <= 0) return 0;
    return std::max(0.0, now - static_cast<double>(seconds) / static_cast<double>(profiles));
  }
};

using ByDay = std::map<std::int32_t, std::int64_t>;

// The age that this share of the profiles does not exceed.
double AgeQuantile(const ByDay& days, std::int64_t profiles, double share, double now) {
  const double wanted = share * static_cast<double>(profiles);
  double seen = 0;
  for (auto day = days.rbegin(); day != days.rend(); ++day) {
    seen += static_cast<double>(day->second);
    if (seen < wanted) continue;
    return std::max(0.0, now - static_cast<double>(day->first * kSecondsADay + kSecondsADay / 2));
  }
  return 0;
}

struct FieldSums {
  Sum all;
  ByDay days;
  std::map<SourceId, Sum> sources;
};

void Add(const storage::ProfileFieldCount& count, FieldSums& sums) {
  for (Sum* sum : {&sums.all, &sums.sources[count.source]}) {
    sum->profiles += count.profiles;
    sum->seconds += count.seconds;
  }
  sums.days[count.day] += count.profiles;
}

FieldStanding StandingOfField(const FieldSums& sums, double now) {
  const std::int64_t profiles = sums.all.profiles;
  FieldStanding standing{.profiles = profiles,
                         .ages = {.mean = sums.all.MeanAge(now),
                                  .p50 = AgeQuantile(sums.days, profiles, 0.5, now),
                                  .p90 = AgeQuantile(sums.days, profiles, 0.9, now),
                                  .p99 = AgeQuantile(sums.days, profiles, 0.99, now)},
                         .sources = {}};
  for (const auto& [source, sum] : sums.sources) {
    if (sum.profiles > 0) standing.sources[source] = {sum.profiles, sum.MeanAge(now)};
  }
  return standing;
}

}  // namespace

ProfileStanding StandingOf(std::span<const storage::ProfileFieldCount> counts, TimeUs now) {
  ProfileStanding standing;
  std::map<std::string, FieldSums> fields;
  for (const storage::ProfileFieldCount& count : counts) {
    if (count.attribute.empty()) {
      standing.profiles += count.profiles;
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
