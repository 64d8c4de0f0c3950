#include "tests/support/temp_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "base/check.h"

namespace selfsame::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "selfsame-test-";

// Names are selfsame-test-PID-RANDOM.
bool IsOfDeadProcess(std::string_view name) {
  if (!name.starts_with(kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  pid_t pid = 0;
  std::from_chars(name.data(), name.data() + name.size(), pid);
  return pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

void RemoveLeftovers() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/tmp", ignored)) {
    if (IsOfDeadProcess(entry.path().filename().string())) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

TempFolder::TempFolder() : path_(fmt::format("/tmp/{}{}-XXXXXX", kPrefix, getpid())) {
  RemoveLeftovers();
  SELFSAME_CHECK(mkdtemp(path_.data()) != nullptr);
  SELFSAME_CHECK(chmod(path_.c_str(), 0711) == 0);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace selfsame::test
