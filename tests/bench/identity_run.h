// A run of the benchmark of identity: merges, a kiosk, a hot profile, each on the same server.
#ifndef SELFSAME_TESTS_BENCH_IDENTITY_RUN_H_
#define SELFSAME_TESTS_BENCH_IDENTITY_RUN_H_

#include <optional>
#include <string>

#include "base/result.h"
#include "tests/bench/hot_profile.h"
#include "tests/bench/identity_options.h"
#include "tests/bench/kiosk.h"
#include "tests/bench/merge_cost.h"

namespace selfsame::bench {

struct IdentityFindings {
  IdentityOptions options;
  std::string postgres_version;
  bool is_on_disk = true;
  // Nothing where it was not asked for.
  std::optional<MergeCost> merge;
  std::optional<KioskCost> kiosk;
  std::optional<HotCost> hot;
};

// What the project holds itself to.
inline constexpr double kMergeRatioMax = 1.2;
inline constexpr double kKioskRatioMin = 0.9;
inline constexpr double kHotRatioMin = 0.8;

// Tells on standard error how far it is.
// Errors: what failed, or what was lost.
Result<IdentityFindings> RunIdentityBenchmark(const IdentityOptions& options);

// The median of the slices' records a second, and of their ratios to those of the same rounds.
double SpeedOf(const std::vector<Slice>& slices);
double RatioOf(const std::vector<Slice>& slices, const std::vector<Slice>& to);

std::string FormatText(const IdentityFindings& run);
std::string FormatJson(const IdentityFindings& run);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_IDENTITY_RUN_H_
