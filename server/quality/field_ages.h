// Field ages: how complete and how fresh what profiles say is, from the small sums by day.
#ifndef SELFSAME_SERVER_QUALITY_FIELD_AGES_H_
#define SELFSAME_SERVER_QUALITY_FIELD_AGES_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "storage/quality.h"

namespace selfsame::quality {

// Seconds. The mean is exact; quantiles are to the day: a value counts as said at noon.
struct Ages {
  double mean = 0;
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
};

struct SourceShare {
  std::int64_t profiles = 0;  // Whose value comes from it.
  double mean_age = 0;        // Of the newest claims that are its.
};

struct FieldStanding {
  std::int64_t profiles = 0;  // That have the field.
  Ages ages;                  // Of the newest claims, those that only confirm among them.
  std::map<SourceId, SourceShare> sources;
};

struct ProfileStanding {
  std::int64_t profiles = 0;
  std::map<std::string, FieldStanding> fields;
};

// Requires: counts as ReadFieldCounts returns them: by measure, attribute, source, day.
ProfileStanding StandingOf(std::span<const storage::QualityCount> counts, TimeUs now);

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_FIELD_AGES_H_
