// What can be measured, in the order in which a round measures it and the table shows it.
#ifndef SELFSAME_TESTS_BENCH_CASES_H_
#define SELFSAME_TESTS_BENCH_CASES_H_

#include <span>
#include <string_view>

#include "tests/bench/workload.h"

namespace selfsame::bench {

// kUnmeasured: Selfsame with its measures of quality off.
enum class Target { kCopy, kAnswerServer, kSelfsame, kUnmeasured };

struct Case {
  std::string_view name;   // As --cases and JSON have it.
  std::string_view title;  // As the table has it.
  Target target = Target::kSelfsame;
  int sessions = 0;    // With kCopy.
  RequestShape shape;  // With the others, as `people`.
  People people = kKnownPeople;
  // What it is compared with; empty: nothing.
  std::string_view copy_limit;
  std::string_view grpc_limit;
  std::string_view unmeasured;  // The same without measures of quality.
};

std::span<const Case> AllCases();
// Null when there is no such case.
const Case* FindCase(std::string_view name);

// The line that the project holds itself to.
inline constexpr std::string_view kGoalCase = "known-stream-100";
inline constexpr double kGoalOfCopy = 0.40;

// What measures of quality may cost: each case that has an unmeasured twin, of that twin.
inline constexpr double kGoalOfUnmeasured = 0.95;

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_CASES_H_
