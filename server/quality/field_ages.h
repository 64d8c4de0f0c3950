// Field ages: how complete and how fresh what profiles say is, from the small sums by day.
#ifndef SELFSAME_SERVER_QUALITY_FIELD_AGES_H_
#define SELFSAME_SERVER_QUALITY_FIELD_AGES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "storage/quality.h"

namespace selfsame::quality {

// Seconds. The mean is exact; quantiles are to the day: a value counts as said at noon, or in the
// middle of the stretch where days are not told apart (storage/quality.h).
struct Ages {
  double mean = 0;
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
};

struct SourceShare {
  std::int64_t profiles = 0;       // Whose value comes from it.
  std::optional<double> mean_age;  // Of the newest claims that are its; none: it made none.
};

struct FieldStanding {
  std::int64_t profiles = 0;  // That have the field.
  // Of the newest claims, those that only confirm among them; none: there are no claims.
  std::optional<Ages> ages;
  std::map<SourceId, SourceShare> sources;
};

struct ProfileStanding {
  std::int64_t profiles = 0;
  std::map<std::string, std::int64_t> sizes;  // Profiles, by label of storage::kSizeRanges.
  std::map<std::string, FieldStanding> fields;
};

// Requires: counts as ReadFieldCounts returns them: by measure, attribute, source, day.
ProfileStanding StandingOf(std::span<const storage::QualityCount> counts, TimeUs now);

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_FIELD_AGES_H_
