#include "tests/e2e/tool.h"

#include <cstdio>
#include <sstream>
#include <utility>

namespace selfsame::test {
namespace {

constexpr std::chrono::minutes kPatience{2};

std::vector<std::string> OnlyThese(std::vector<std::string> settings) {
  for (const char* name : {"SELFSAME_SERVER", "SELFSAME_API_KEY", "SELFSAME_DATABASE_URL",
                           "SELFSAME_MASTER_KEY_FILE", "SELFSAME_HOME"}) {
    bool given = false;
    for (const std::string& setting : settings) {
      given = given || setting.starts_with(std::string(name) + "=");
    }
    if (!given) settings.push_back(std::string(name) + "=");
  }
  return settings;
}

}  // namespace

std::vector<nlohmann::json> ToolResult::JsonLines() const {
  std::istringstream in(output);
  std::vector<nlohmann::json> objects;
  for (std::string line; std::getline(in, line);) {
    objects.push_back(nlohmann::json::parse(line, nullptr, false));
  }
  return objects;
}

Tool::Tool(std::vector<std::string> environment)
    : environment_(OnlyThese(std::move(environment))) {}

ToolResult Tool::Run(const std::vector<std::string>& arguments) {
  Start(arguments);
  return Finish();
}

void Tool::Start(const std::vector<std::string>& arguments) {
  std::remove((folder_.path() + "/output").c_str());
  std::remove((folder_.path() + "/errors").c_str());
  ProgramOptions options{.arguments = {"selfsame"},
                         .output_path = folder_.path() + "/output",
                         .error_path = folder_.path() + "/errors",
                         .environment = environment_};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  running_ = Program::Start(options);
}

ToolResult Tool::Finish() {
  const auto exit_code = running_->AwaitExit(kPatience);
  running_.reset();
  return {.exit_code = exit_code,
          .output = ReadWholeFile(folder_.path() + "/output"),
          .errors = errors_so_far()};
}

}  // namespace selfsame::test
