// What can be measured, in the order in which a round measures it and the table shows it.
#ifndef SELFSAME_TESTS_BENCH_CASES_H_
#define SELFSAME_TESTS_BENCH_CASES_H_

#include <span>
#include <string_view>

#include "tests/bench/workload.h"

namespace selfsame::bench {

enum class Target { kCopy, kAnswerServer, kSelfsame };

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
};

std::span<const Case> AllCases();
// Null when there is no such case.
const Case* FindCase(std::string_view name);

// The line that the project holds itself to.
inline constexpr std::string_view kGoalCase = "known-stream-100";
inline constexpr double kGoalOfCopy = 0.40;

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_CASES_H_
