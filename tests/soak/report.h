// What a soak has found, and whether that is good.
#ifndef SELFSAME_TESTS_SOAK_REPORT_H_
#define SELFSAME_TESTS_SOAK_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/soak/attackers.h"
#include "tests/soak/calm_tenant.h"

namespace selfsame::soak {

// Beside attacks the well-behaved tenant's slowest calls take at most this much longer.
inline constexpr double kP99TimesMax = 3;
// Resident memory of the server from its warm-up on.
inline constexpr double kGrowthMiBMax = 512;
// drain_wait_ms, lanes.give_up_ms, and what a busy machine adds.
inline constexpr double kStopSecondsMax = 45;

struct Report {
  int seconds = 0;
  bool has_front = false;
  Calm alone;
  Calm beside;
  double warm_mib = 0;  // When a fifth of the attacks' time was over.
  double end_mib = 0;
  double peak_mib = 0;  // From then on.
  std::map<std::string, AttackCount> attacks;
  double stop_seconds = 0;
  std::optional<int> exit_code;
};

// What is not as it should be; empty: all is well. Times and memory count unless `outcomes_only`.
std::vector<std::string> FailuresOf(const Report& report, bool outcomes_only);

std::string FormatText(const Report& report);
std::string FormatJson(const Report& report, const std::vector<std::string>& failures);

}  // namespace selfsame::soak

#endif  // SELFSAME_TESTS_SOAK_REPORT_H_
