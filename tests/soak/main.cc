// selfsame_soak: all attacks at once beside a well-behaved tenant. docs/FRONT.md says what is
// bounded where.
#include <fmt/format.h>
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/soak/soak.h"

namespace {

namespace soak = selfsame::soak;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

constexpr const char* kFooter =
    R"(It starts a private PostgreSQL, a server and, where haproxy is installed, the front; measures a well-behaved tenant
alone and then beside all attacks; and stops the server while they go on. It asks for: no failed call of that tenant,
its p99 at most three times its own, memory flat after the warm-up, a stop within its limit.

Examples:
  selfsame_soak                               ten minutes
  selfsame_soak --seconds 60 --output json    a minute, for a program to read

Exit codes: 0 all is well, 1 something is not, 2 usage.)";

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return kFailed;
  soak::SoakOptions options{
      .on_progress = [](const std::string& line) { fmt::print(stderr, "soak: {}\n", line); }};
  bool outcomes_only = false;
  std::string output = "text";
  CLI::App cli{"All attacks at once beside a well-behaved tenant.", "selfsame_soak"};
  cli.add_option("--seconds", options.seconds, "length of the soak")
      ->check(CLI::Range(5, 86'400))
      ->capture_default_str();
  cli.add_flag("--outcomes-only", outcomes_only, "check outcomes and memory, not times");
  cli.add_option("--output", output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  cli.footer(kFooter);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return cli.exit(failure) == 0 ? 0 : kUsage;
  }
  // Where selfsamed and deploy/ are, unless the environment says otherwise.
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
  setenv("SELFSAME_BIN_DIR", program.parent_path().c_str(), 0);
  setenv("SELFSAME_SOURCE_DIR", std::filesystem::current_path().c_str(), 0);
  const soak::Report report = soak::RunSoak(options);
  const auto failures = soak::FailuresOf(report, outcomes_only);
  fmt::print("{}",
             output == "json" ? soak::FormatJson(report, failures) : soak::FormatText(report));
  for (const std::string& failure : failures) fmt::print(stderr, "soak: FAILED: {}\n", failure);
  return failures.empty() ? 0 : kFailed;
}
