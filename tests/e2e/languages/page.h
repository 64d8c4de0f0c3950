// The commands of docs/CLIENTS.md, run as written.
#ifndef SELFSAME_TESTS_E2E_LANGUAGES_PAGE_H_
#define SELFSAME_TESTS_E2E_LANGUAGES_PAGE_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {

// The ```sh blocks of a section, such as "Python".
std::vector<std::string> CommandsOf(const std::string& section);

// A folder in which commands run one after the other, with what they print in one file.
class Shell {
 public:
  // "NAME=value" settings for every command. The tool is in PATH.
  explicit Shell(std::vector<std::string> environment = {});

  const std::string& path() const { return folder_.path(); }
  // Stops at the first command that fails.
  std::unique_ptr<Program> Start(const std::string& commands) const;
  // The exit code; nothing when it had to be killed after `wait`.
  std::optional<int> Run(const std::string& commands, std::chrono::milliseconds wait) const;
  // All that was printed so far, standard error too.
  std::string Printed() const { return ReadWholeFile(folder_.path() + "/printed"); }

 private:
  const TempFolder folder_;
  std::vector<std::string> environment_;
};

// A folder of the source tree, or a file.
std::string SourcePath(const std::string& path);

// Whether the text says that a package registry did not answer, or not with what was asked for.
bool IsOutOfReach(const std::string& printed);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_LANGUAGES_PAGE_H_
