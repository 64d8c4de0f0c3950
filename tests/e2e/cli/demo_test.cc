// The demonstration: a smoke test of everything, so it has to go well, and has to leave no process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "base/time.h"
#include "tests/e2e/tool.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Waits until the running tool has said `what` to standard error.
bool AwaitErrors(Tool& tool, const std::string& what) {
  const Deadline deadline = Deadline::After(std::chrono::minutes(2));
  while (tool.errors_so_far().find(what) == std::string::npos) {
    if (deadline.Expired() || !tool.running().IsRunning()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

TEST(CliDemoTest, TheStoryGoesWellEveryTimeAboutAnotherPerson) {
  const TempFolder folder;
  Tool tool;
  std::string first_profile;
  for (int run = 1; run <= 2; ++run) {
    const ToolResult demo =
        tool.Run({"demo", "--once", "--data-dir", folder.path(), "--output", "json"});
    ASSERT_EQ(demo.exit_code, 0) << demo.errors;
    const auto story = demo.Json();
    EXPECT_THAT(story["surprises"], IsEmpty());
    EXPECT_EQ(story["steps"].size(), 11u);
    EXPECT_EQ(story["profile"]["attributes"]["city"]["value"], "Leeds");
    EXPECT_EQ(story["profile"]["attributes"]["phone"]["source"], "crm");
    EXPECT_NE(story["profile"]["profile_id"], first_profile);
    first_profile = story["profile"]["profile_id"];
    EXPECT_FALSE(std::filesystem::exists(folder.path() + "/endpoint.json"));
  }
  struct stat credentials {};
  ASSERT_EQ(::stat((folder.path() + "/credentials.json").c_str(), &credentials), 0);
  EXPECT_EQ(credentials.st_mode & 0777, 0600u);
}

TEST(CliDemoTest, ItServesUntilItIsStoppedAndOtherCommandsFindIt) {
  const TempFolder folder;
  Tool demo;
  demo.Start({"demo", "--data-dir", folder.path()});
  ASSERT_TRUE(AwaitErrors(demo, "serving; Ctrl-C")) << demo.errors_so_far();

  Tool tool({"SELFSAME_HOME=" + folder.path()});
  const ToolResult status = tool.Run({"status", "--output", "json"});
  EXPECT_EQ(status.exit_code, 0);
  EXPECT_EQ(status.Json()["state"], "SERVING");
  EXPECT_EQ(status.Json()["database"]["migrations_pending"], 0);
  const ToolResult profile = tool.Run({"profile", "get", "--identifier", "device_id=iphone-1"});
  EXPECT_EQ(profile.exit_code, 0);
  EXPECT_THAT(profile.output, HasSubstr("ada.1@example.com"));
  const auto events = tool.Run({"profile", "events", "--identifier", "email=ada.1@example.com",
                                "--limit", "3", "--output", "json"});
  EXPECT_EQ(events.JsonLines().size(), 3u);
  EXPECT_THAT(events.errors, HasSubstr("more"));
  const auto history =
      tool.Run({"profile", "history", "--identifier", "customer_id=C-1001", "--output", "json"});
  ASSERT_FALSE(history.JsonLines().empty());
  EXPECT_EQ(history.JsonLines()[0]["action"], "ACTION_MERGED");
  EXPECT_EQ(tool.Run({"profile", "get", "--identifier", "customer_id=nobody"}).exit_code, 3);
  // A second one in the same folder would fight over it.
  EXPECT_EQ(tool.Run({"demo", "--once", "--data-dir", folder.path()}).exit_code, 4);

  demo.running().Signal(SIGINT);
  const ToolResult stopped = demo.Finish();
  EXPECT_EQ(stopped.exit_code, 0) << stopped.errors;
  EXPECT_THAT(stopped.output, HasSubstr("KEY_REUSED"));
  EXPECT_EQ(tool.Run({"status"}).exit_code, 5);
}

TEST(CliDemoTest, AServerThatCannotStartIsToldWithItsLog) {
  const TempFolder folder;
  std::filesystem::create_directory(folder.path() + "/master.key");  // Where a file belongs.
  const ToolResult demo = Tool().Run({"demo", "--once", "--data-dir", folder.path()});
  EXPECT_EQ(demo.exit_code, 5);
  EXPECT_THAT(demo.errors, HasSubstr("selfsamed.log"));
}

}  // namespace
}  // namespace selfsame::test
