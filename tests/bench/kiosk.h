// What a device that thousands of customers share costs the others.
#ifndef SELFSAME_TESTS_BENCH_KIOSK_H_
#define SELFSAME_TESTS_BENCH_KIOSK_H_

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "tests/bench/identity_options.h"
#include "tests/bench/meter.h"
#include "tests/bench/stage.h"

namespace selfsame::bench {

// One slice a round of each.
struct KioskCost {
  std::vector<Slice> others;         // Known customers, and nobody else.
  std::vector<Slice> others_beside;  // Beside customers who each use a device of their own.
  std::vector<Slice> others_kiosk;   // Beside as many customers who use the kiosk.
  std::vector<Slice> kiosk_alone;    // New customers who all use the kiosk, as many as it takes.
  std::vector<Slice> strangers;      // New customers, each with an identifier of their own.
  double beside_per_second = 0;      // Records of whoever is beside the others.
  std::uint64_t customers_at_kiosk = 0;  // As the graph has it, in the end.
  std::uint64_t profiles_of_two = 0;     // With more than one customer_id: there must be none.
  std::uint64_t members_of_kiosk = 0;    // Identifiers in the kiosk's own profile: itself.
};

// Errors: what failed; kInternal KIOSK_MERGED when the kiosk made anybody one with somebody else,
// or not all customers were seen at it.
Result<KioskCost> MeasureKiosk(Stage& stage, const IdentityOptions& options);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_KIOSK_H_
