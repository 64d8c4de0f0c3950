// Running `selfsame` and reading what it says.
#ifndef SELFSAME_TESTS_E2E_TOOL_H_
#define SELFSAME_TESTS_E2E_TOOL_H_

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {

// What a run came to.
struct ToolResult {
  std::optional<int> exit_code;  // Nothing when it had to be killed.
  std::string output;
  std::string errors;

  // Standard output as one JSON object; discarded where it is none.
  nlohmann::json Json() const { return nlohmann::json::parse(output, nullptr, false); }
  // As one object a line.
  std::vector<nlohmann::json> JsonLines() const;
};

// The tool with settings of its own: nothing of the test's environment reaches it.
class Tool {
 public:
  // "NAME=value" settings, such as SELFSAME_SERVER.
  explicit Tool(std::vector<std::string> environment = {});

  // Runs `selfsame` with these arguments to its end, killing it after two minutes.
  ToolResult Run(const std::vector<std::string>& arguments);

  // Starts it only; at most one at a time. Finish waits for its end.
  void Start(const std::vector<std::string>& arguments);
  Program& running() { return *running_; }
  std::string errors_so_far() const { return ReadWholeFile(folder_.path() + "/errors"); }
  ToolResult Finish();

 private:
  const TempFolder folder_;
  const std::vector<std::string> environment_;
  std::unique_ptr<Program> running_;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_TOOL_H_
