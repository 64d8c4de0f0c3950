// A server whose directory has nobody in it yet: it runs, shows what there is to show, and stops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "base/time.h"
#include "tests/support/server_process.h"
#include "tests/support/test_database.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;

constexpr std::chrono::minutes kPatience{1};
constexpr std::chrono::seconds kStopWait{10};

TEST(EmptyDirectoryTest, AServerWithoutTenantsShowsItsSurroundingsAndStops) {
  const auto database = TestDatabase::Create();
  const auto server = ServerProcess::Start(*database);
  const Deadline deadline = Deadline::After(kPatience);
  std::string metrics;
  while (metrics.find("\nselfsame_database_bytes ") == std::string::npos) {
    ASSERT_FALSE(deadline.Expired()) << "no pass over the measures ended";
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    metrics = server->Metrics();
  }
  EXPECT_THAT(metrics, HasSubstr("\nselfsame_database_up 1"));
  EXPECT_EQ(server->Terminate(kStopWait), 0);
  EXPECT_THAT(server->Log(), HasSubstr("stopped"));
}

// Its last pass comes before its first in a server that is stopped at once.
TEST(EmptyDirectoryTest, AServerThatIsStoppedAtOnceStops) {
  const auto database = TestDatabase::Create();
  const auto server = ServerProcess::Start(*database);
  EXPECT_EQ(server->Terminate(kStopWait), 0);
}

}  // namespace
}  // namespace selfsame::test
