// The middle one of some measurements, which others on the machine disturb the least.
#ifndef SELFSAME_TESTS_BENCH_MEDIAN_H_
#define SELFSAME_TESTS_BENCH_MEDIAN_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/check.h"

namespace selfsame::bench {

// Of an even number of values the mean of the two in the middle. Requires: at least one.
inline double Median(std::vector<double> values) {
  SELFSAME_CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_MEDIAN_H_
