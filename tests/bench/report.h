// What a run found, for people and for programs.
#ifndef SELFSAME_TESTS_BENCH_REPORT_H_
#define SELFSAME_TESTS_BENCH_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "tests/bench/run.h"

namespace selfsame::bench {

// One line of the table. Speeds, times and ratios are medians over the slices, CPU times the sum of
// all slices.
struct Line {
  const Case* what = nullptr;
  double records_per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  CpuUse cpu_us_per_record;
  // To the limit measured in the same round; nothing when it was not measured.
  std::optional<double> of_copy;
  std::optional<double> of_grpc;
  std::optional<double> of_unmeasured;
  // The CPU time of a record of the COPY limit to that of one here, all processes together: what
  // of_copy would be if CPU were all that counts and nobody else used any.
  std::optional<double> of_copy_by_cpu;
};

std::vector<Line> Summarize(const Findings& run);

std::string FormatText(const Findings& run);
std::string FormatJson(const Findings& run);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_REPORT_H_
