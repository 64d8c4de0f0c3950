// Objectives of data quality, as a file says them (deploy/quality/objectives.toml).
#ifndef SELFSAME_CLI_QUALITY_OBJECTIVES_H_
#define SELFSAME_CLI_QUALITY_OBJECTIVES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selfsame::cli {

enum class Measure {
  kCompleteness,
  kProfileCompleteness,
  kValidity,
  kUniqueness,
  kTimeliness,
  kFreshness,
  kAccuracy,
};

struct Objective {
  std::string name;  // a-z, 0-9 and -; unique within the file.
  Measure measure = Measure::kCompleteness;
  std::string tenant;  // Empty: each tenant apart; likewise below.
  std::string source;
  std::string schema;
  std::string field;
  std::string reason;  // Of validity: the rule that is broken; empty: any.
  double target = 1;   // 0 to 1.
  std::string window;  // As Prometheus writes durations: "1d".
  std::string owner;   // Who is told.
  std::int64_t within_seconds = 0;
};

inline constexpr std::size_t kObjectivesMax = 1'000;

// An objective that could never be measured is refused: a key that its measure has no use for, a
// length of time that no bucket of the histogram ends at, an age of less than two days.
// Errors: kInvalidArgument OBJECTIVES_MALFORMED, saying which objective and why.
Result<std::vector<Objective>> ParseObjectives(std::string_view toml);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUALITY_OBJECTIVES_H_
