// What a merge costs two profiles with many events, against two with few.
#ifndef SELFSAME_TESTS_BENCH_MERGE_COST_H_
#define SELFSAME_TESTS_BENCH_MERGE_COST_H_

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "tests/bench/identity_options.h"
#include "tests/bench/stage.h"

namespace selfsame::bench {

// From sending a call to its answer: one value a round.
struct MergeTimes {
  std::vector<double> by_record_ms;  // A record that says that two identifiers are one person.
  std::vector<double> by_hand_ms;    // MergeProfiles.
};

struct MergeCost {
  MergeTimes few;
  MergeTimes many;
  // Of the four profiles, before the first merge and after the last un-merge.
  std::uint64_t events_before = 0;
  std::uint64_t events_after = 0;
  // Whether each of those rows is still where it was, written and locked by nobody since.
  bool are_events_untouched = false;
  std::uint64_t merges = 0;  // That the merge history tells of.
};

// Gives each of two pairs of profiles its events through the real ingestion, then merges and
// un-merges both pairs in turns.
// Errors: what failed; kInternal MERGE_MISSED when profiles are not merged or parted as told.
Result<MergeCost> MeasureMerges(Stage& stage, const IdentityOptions& options);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_MERGE_COST_H_
