// selfsame_bench: how fast Selfsame is on this machine, and how near to the limits of what it
// stands on. docs/BENCHMARK.md explains the table.
#include <fmt/format.h>
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/answer_server.h"
#include "tests/bench/load.h"
#include "tests/bench/report.h"
#include "tests/bench/run.h"

namespace {

namespace bench = selfsame::bench;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

std::string Footer() {
  std::string text = "Cases:\n";
  for (const bench::Case& known : bench::AllCases())
    text += fmt::format("  {:<18} {}\n", known.name, known.title);
  return text + R"(
Examples:
  selfsame_bench                                         the whole table, in some two minutes
  selfsame_bench --cases copy-2,known-stream-100         the goal alone
  selfsame_bench --output json --seconds 30              longer, for a program to read

Exit codes: 0 measured (whatever the result), 1 something failed or records are missing, 2 usage.)";
}

int Fail(const selfsame::Error& error) {
  fmt::print(stderr, "selfsame_bench: {}: {}\n", error.reason, error.message);
  return kFailed;
}

// The client's process: options in, a slice out.
int Load(const std::string& options) {
  const char* api_key = std::getenv("SELFSAME_API_KEY");
  const auto slice =
      bench::RunLoad(bench::LoadOptionsFromJson(options), api_key == nullptr ? "" : api_key);
  if (!slice.ok()) return Fail(slice.error());
  fmt::print("{}\n", bench::ToJson(*slice));
  return 0;
}

// The answering server's process: its address out, until SIGTERM or its parent's end.
int Answer() {
  const bool served = bench::ServeAnswers([](const std::string& address) {
    fmt::print("{}\n", address);
    std::fflush(stdout);
  });
  return served ? 0 : kFailed;
}

int Benchmark(const bench::RunOptions& options, const std::string& output) {
  const auto run = bench::RunBenchmark(options);
  if (!run.ok()) return Fail(run.error());
  fmt::print("{}", output == "json" ? bench::FormatJson(*run) : bench::FormatText(*run));
  return 0;
}

// Blocked before any thread starts: a run looks between slices whether they are pending.
void BlockStopSignals() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return kFailed;
  BlockStopSignals();
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 2 && args[0] == "load") return Load(args[1]);
  if (args.size() == 1 && args[0] == "answer") return Answer();

  bench::RunOptions options{.program = std::filesystem::read_symlink("/proc/self/exe").string()};
  std::vector<std::string> names;
  std::string output = "text";
  CLI::App cli{"Measures Selfsame against the limits of PostgreSQL and gRPC on this machine.",
               "selfsame_bench"};
  cli.footer(Footer());
  cli.add_option("--seconds", options.seconds, "measured of each case, in all its slices")
      ->check(CLI::Range(0.05, 3600.0))
      ->capture_default_str();
  cli.add_option("--slices", options.slices, "how many parts that time is measured in")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  cli.add_option("--cases", names, "only these, separated by commas")->delimiter(',');
  cli.add_option("--output", output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  cli.add_option("--seed", options.seed, "of the payloads")->capture_default_str();
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return cli.exit(failure) == 0 ? 0 : kUsage;
  }
  for (const bench::Case& known : bench::AllCases()) {
    if (names.empty()) options.cases.push_back(&known);
  }
  for (const std::string& name : names) {
    const bench::Case* found = bench::FindCase(name);
    if (found == nullptr) {
      fmt::print(stderr, "selfsame_bench: no case {}; see --help\n", name);
      return kUsage;
    }
    options.cases.push_back(found);
  }
  // Where selfsamed is: beside this program, unless the tests say otherwise.
  setenv("SELFSAME_BIN_DIR", std::filesystem::path(options.program).parent_path().c_str(), 0);
  return Benchmark(options, output);
}
