// A lack of descriptors when a table is first needed is not for life.
#include "server/normalize/tables.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "base/time.h"

namespace selfsame::normalize {
namespace {

// Takes every descriptor there is for as long as it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &limit_);
    const rlimit few{.rlim_cur = 64, .rlim_max = limit_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    for (int fd = open("/dev/null", O_RDONLY); fd >= 0; fd = open("/dev/null", O_RDONLY)) {
      taken_.push_back(fd);
    }
  }
  ~NoDescriptors() {
    for (const int fd : taken_) close(fd);
    setrlimit(RLIMIT_NOFILE, &limit_);
  }

 private:
  rlimit limit_{};
  std::vector<int> taken_;
};

// In a process of its own, whose tables nobody has needed yet.
[[noreturn]] void BuildWithoutThenWithDescriptors() {
  {
    const NoDescriptors none;
    const Status built = BuildTables();
    if (built.ok() || built.error().reason != "ISO_CODES_MISSING") std::_Exit(1);
  }
  const Deadline deadline = Deadline::After(std::chrono::seconds(30));
  while (!BuildTables().ok()) {
    if (deadline.Expired()) std::_Exit(2);
    std::this_thread::yield();
  }
  std::_Exit(0);
}

TEST(TablesTest, ATableThatCouldNotBeReadIsReadLater) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(BuildWithoutThenWithDescriptors(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace selfsame::normalize
