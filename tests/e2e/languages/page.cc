#include "tests/e2e/languages/page.h"

#include <cstdlib>

#include "base/check.h"

namespace selfsame::test {
namespace {

constexpr std::string_view kFence = "```sh\n";

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string SourcePath(const std::string& path) {
  return Environment("SELFSAME_SOURCE_DIR") + "/" + path;
}

std::vector<std::string> CommandsOf(const std::string& section) {
  const std::string page = ReadWholeFile(SourcePath("docs/CLIENTS.md"));
  const std::size_t begin = page.find("\n## " + section + "\n");
  SELFSAME_CHECK(begin != std::string::npos);
  const std::string text = page.substr(begin, page.find("\n## ", begin + 1) - begin);
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(kFence); at != std::string::npos; at = text.find(kFence, at)) {
    at += kFence.size();
    blocks.push_back(text.substr(at, text.find("```\n", at) - at));
  }
  return blocks;
}

Shell::Shell(std::vector<std::string> environment) : environment_(std::move(environment)) {
  environment_.push_back("PATH=" + Environment("SELFSAME_BIN_DIR") + ":" + Environment("PATH"));
  // A registry that does not answer is found out within seconds, not within minutes.
  environment_.push_back("npm_config_fetch_retries=1");
}

std::unique_ptr<Program> Shell::Start(const std::string& commands) const {
  return Program::Start(
      {.arguments = {"/bin/bash", "-euc", "cd \"$0\"\n" + commands, folder_.path()},
       .output_path = folder_.path() + "/printed",
       .error_path = {},
       .environment = environment_});
}

std::optional<int> Shell::Run(const std::string& commands, std::chrono::milliseconds wait) const {
  return Start(commands)->AwaitExit(wait);
}

bool IsOutOfReach(const std::string& printed) {
  for (const char* sign : {"Unable to resolve artifact", "Could not transfer artifact",
                           "could not be resolved", "Temporary failure in name resolution"}) {
    if (printed.find(sign) != std::string::npos) return true;
  }
  return false;
}

}  // namespace selfsame::test
