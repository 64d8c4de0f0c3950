// selfsame_check_bench: what it costs to check one payload and bring it to canonical form, on one
// thread. docs/BENCHMARK.md explains the table.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "tests/bench/check_cases.h"
#include "tests/bench/median.h"

namespace {

namespace bench = selfsame::bench;
namespace schema = selfsame::schema;

constexpr int kUsage = 2;
constexpr int kWrong = 1;

struct Options {
  double seconds = 1;  // Of each case, in all its slices.
  int slices = 9;
  std::uint64_t seed = 1;
};

bool IsValid(const bench::CheckCase& one, const std::string& payload) {
  return schema::CheckPayload(*one.schema, one.encoding, payload, {}).violations.empty();
}

// CPU time of this thread: what others do on the machine falls into the caches, and not into the
// time.
double CpuUs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// Microseconds a payload, over about so many seconds.
double MeasureSlice(const bench::CheckCase& one, double seconds) {
  std::int64_t checked = 0;
  const double start = CpuUs();
  double passed_us = 0;
  do {
    for (const std::string& payload : one.payloads) {
      if (!IsValid(one, payload)) std::abort();  // Looked at before.
    }
    checked += static_cast<std::int64_t>(one.payloads.size());
    passed_us = CpuUs() - start;
  } while (passed_us < seconds * 1e6);
  return passed_us / static_cast<double>(checked);
}

// In rounds of one slice of each case, so that what else the machine does falls on all alike.
std::vector<std::vector<double>> Measure(const std::vector<bench::CheckCase>& cases,
                                         const Options& options) {
  std::vector<std::vector<double>> slices(cases.size());
  for (int round = 0; round < options.slices; ++round) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      slices[i].push_back(MeasureSlice(cases[i], options.seconds / options.slices));
    }
  }
  return slices;
}

int Run(const Options& options) {
  const std::vector<bench::CheckCase> cases = bench::CheckCases(options.seed);
  for (const bench::CheckCase& one : cases) {
    for (const std::string& payload : one.payloads) {
      if (IsValid(one, payload)) continue;
      fmt::print(stderr, "selfsame_check_bench: a payload of \"{}\" is not valid\n", one.title);
      return kWrong;
    }
  }
  fmt::print("Checking payloads: one thread, {} slices of {:.2f} s a case, seed {}\n\n",
             options.slices, options.seconds / options.slices, options.seed);
  fmt::print("{:<42}{:>6}  {:>15}  {:>6}\n", "", "bytes", "CPU us a record", "best");
  const auto slices = Measure(cases, options);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    fmt::print("{:<42}{:>6}  {:>15.2f}  {:>6.2f}\n", cases[i].title,
               cases[i].payloads.front().size(), bench::Median(slices[i]),
               *std::min_element(slices[i].begin(), slices[i].end()));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App cli{"Measures what it costs to check a payload.", "selfsame_check_bench"};
  cli.footer(
      "Example:\n  selfsame_check_bench --seconds 5\n\n"
      "Exit codes: 0 measured, 1 a payload is not valid, 2 usage.");
  cli.add_option("--seconds", options.seconds, "measured of each case, in all its slices")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  cli.add_option("--slices", options.slices, "how many parts that time is measured in")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  cli.add_option("--seed", options.seed, "of the payloads")->capture_default_str();
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return cli.exit(failure) == 0 ? 0 : kUsage;
  }
  return Run(options);
}
