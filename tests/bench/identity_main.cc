// selfsame_identity_bench: what merges, shared devices and hot profiles cost. docs/BENCHMARK.md
// explains the table.
#include <fmt/format.h>
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/identity_run.h"
#include "tests/bench/load.h"

namespace {

namespace bench = selfsame::bench;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

constexpr const char* kFooter = R"(Parts:
  merge  two profiles with many events merge, beside two with ten
  kiosk  a device that thousands of customers share, beside others
  hot    many connections write to one profile

Examples:
  selfsame_identity_bench                                  all, in some three minutes
  selfsame_identity_bench --only merge --events 10000      merges alone, in some seconds
  selfsame_identity_bench --output json --seconds 30       longer, for a program to read

Exit codes: 0 measured (whatever the result), 1 something failed or was lost, 2 usage.)";

int Fail(const selfsame::Error& error) {
  fmt::print(stderr, "selfsame_identity_bench: {}: {}\n", error.reason, error.message);
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

void AddSizes(CLI::App& cli, bench::IdentityOptions& options) {
  cli.add_option("--events", options.events, "of each of the larger two profiles that merge")
      ->check(CLI::Range(10, 10'000'000))
      ->capture_default_str();
  cli.add_option("--merges", options.merges, "of each pair, and each in two ways")
      ->check(CLI::Range(1, 40))
      ->capture_default_str();
  cli.add_option("--customers", options.customers, "who share a device")
      ->check(CLI::Range(10, 1'000'000))
      ->capture_default_str();
  cli.add_option("--connections", options.connections, "that write to one profile")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  cli.add_option("--additions", options.additions, "to the one profile before it is measured")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  cli.add_option("--seconds", options.seconds, "measured of each case, in all its slices")
      ->check(CLI::Range(0.05, 3600.0))
      ->capture_default_str();
  cli.add_option("--slices", options.slices, "how many parts that time is measured in")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  cli.add_option("--seed", options.seed, "of the payloads")->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return kFailed;
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 2 && args[0] == "load") return Load(args[1]);

  bench::IdentityOptions options{.program =
                                     std::filesystem::read_symlink("/proc/self/exe").string()};
  std::vector<std::string> only;
  std::string output = "text";
  CLI::App cli{"Measures merges, shared devices and hot profiles.", "selfsame_identity_bench"};
  cli.footer(kFooter);
  cli.add_option("--only", only, "these parts, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember({"merge", "kiosk", "hot"}));
  cli.add_option("--output", output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  AddSizes(cli, options);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return cli.exit(failure) == 0 ? 0 : kUsage;
  }
  const auto wants = [&](const char* part) {
    return only.empty() || std::find(only.begin(), only.end(), part) != only.end();
  };
  options.has_merge = wants("merge");
  options.has_kiosk = wants("kiosk");
  options.has_hot = wants("hot");
  // Where selfsamed is: beside this program, unless the tests say otherwise.
  setenv("SELFSAME_BIN_DIR", std::filesystem::path(options.program).parent_path().c_str(), 0);
  const auto run = bench::RunIdentityBenchmark(options);
  if (!run.ok()) return Fail(run.error());
  fmt::print("{}", output == "json" ? bench::FormatJson(*run) : bench::FormatText(*run));
  return 0;
}
