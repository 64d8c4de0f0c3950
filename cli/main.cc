// `selfsame`, the operator's tool: the parts list.
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>
#include <string>

#include "base/arguments.h"
#include "cli/command.h"
#include "cli/version.h"

namespace selfsame::cli {
namespace {

// The innermost command that was given.
const CLI::App& Innermost(const CLI::App& app) {
  const auto given = app.get_subcommands();
  return given.empty() ? app : Innermost(*given.front());
}

// Fills `line`; a code to exit with when there is nothing to run. CLI11's exceptions stop here.
std::optional<int> Parse(CLI::App& app, const CommandLine& line, int argc, char** argv) {
  const std::string empty = OptionWithoutValue(argc, argv);
  if (!empty.empty()) {
    std::fprintf(stderr, "%s: expected a value, got an empty one\n", empty.c_str());
    return static_cast<int>(ExitCode::kUsage);
  }
  try {
    app.parse(argc, argv);
    if (line.chosen) return std::nullopt;
    std::fputs(Innermost(app).help().c_str(), stderr);
    return static_cast<int>(ExitCode::kUsage);
  } catch (const CLI::ParseError& error) {
    const bool is_answer = app.exit(error) == 0;  // --help and --version.
    return static_cast<int>(is_answer ? ExitCode::kDone : ExitCode::kUsage);
  }
}

int Main(int argc, char** argv) {
  if (sodium_init() < 0) return static_cast<int>(ExitCode::kFailed);
  CommandLine line;
  CLI::App app("Operates a Selfsame installation: who may send, what has arrived, who is who.",
               "selfsame");
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(0, 1);
  AddGlobalOptions(app, line);
  AddStatus(app, line);
  AddMigrate(app, line);
  AddTenant(app, line);
  AddSource(app, line);
  AddKey(app, line);
  AddImport(app, line);
  AddProfile(app, line);
  AddSchema(app, line);
  AddVocabulary(app, line);
  AddQuarantine(app, line);
  AddCatalog(app, line);
  AddIdentity(app, line);
  AddRuleset(app, line);
  AddQuality(app, line);
  AddContract(app, line);
  AddDemo(app, line);
  if (const auto code = Parse(app, line, argc, argv)) return *code;

  const Invocation invocation{
      .settings = Settings(line.connection, ProcessEnvironment),
      .output = Output(line.output == "json" ? OutputFormat::kJson : OutputFormat::kText)};
  const ExitCode code = line.chosen(invocation);
  // A full disk behind standard output must not look like success.
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  return static_cast<int>(code == ExitCode::kDone && !written ? ExitCode::kFailed : code);
}

}  // namespace
}  // namespace selfsame::cli

int main(int argc, char** argv) { return selfsame::cli::Main(argc, argv); }
