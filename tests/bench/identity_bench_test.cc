// That the benchmark of identity runs to its end, measures what it says and misses nothing; never
// how fast.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/program.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {
namespace {

nlohmann::json RunBench(std::vector<std::string> arguments) {
  const TempFolder folder;
  arguments.insert(arguments.begin(), {"selfsame_identity_bench", "--output", "json"});
  const std::string output = folder.path() + "/output";
  const std::string errors = folder.path() + "/errors";
  const auto exit_code = RunProgram({.arguments = std::move(arguments),
                                     .output_path = output,
                                     .error_path = errors,
                                     .environment = {}},
                                    std::chrono::seconds(100));
  EXPECT_EQ(exit_code.value_or(-1), 0) << ReadWholeFile(errors);
  return nlohmann::json::parse(ReadWholeFile(output), nullptr, false);
}

TEST(IdentityBenchTest, MergesAreMeasuredAndTouchNoEvent) {
  const nlohmann::json report = RunBench({"--only", "merge", "--events", "300", "--merges", "2"});
  ASSERT_TRUE(report.is_object());
  const nlohmann::json& merge = report.at("merge");
  EXPECT_EQ(merge.at("merges"), 16);  // Two pairs, two ways, two rounds and two unmeasured ones.
  EXPECT_EQ(merge.at("events_before"), 2 * 300 + 2 * 10);
  EXPECT_EQ(merge.at("events_after"), merge.at("events_before"));
  EXPECT_EQ(merge.at("are_events_untouched"), true);
  for (const char* time : {"few_by_record_ms", "many_by_record_ms", "few_by_hand_ms",
                           "many_by_hand_ms", "ratio_by_record", "ratio_by_hand"}) {
    EXPECT_GT(merge.at(time).get<double>(), 0) << time;
  }
  EXPECT_FALSE(report.contains("kiosk"));
}

TEST(IdentityBenchTest, TheKioskIsSeenByAllAndMergesNobody) {
  const nlohmann::json report =
      RunBench({"--only", "kiosk", "--customers", "200", "--seconds", "0.2", "--slices", "2"});
  ASSERT_TRUE(report.is_object());
  const nlohmann::json& kiosk = report.at("kiosk");
  EXPECT_GE(kiosk.at("customers_at_kiosk").get<int>(), 200);
  EXPECT_EQ(kiosk.at("profiles_of_two"), 0);
  EXPECT_EQ(kiosk.at("members_of_kiosk"), 1);
  for (const char* speed :
       {"others_per_second", "others_beside_own_per_second", "others_beside_kiosk_per_second",
        "kiosk_per_second", "strangers_per_second", "ratio_kiosk", "ratio_own"}) {
    EXPECT_GT(kiosk.at(speed).get<double>(), 0) << speed;
  }
}

TEST(IdentityBenchTest, NoAdditionToAHotProfileIsLost) {
  const nlohmann::json report =
      RunBench({"--only", "hot", "--additions", "500", "--seconds", "0.4", "--slices", "2"});
  ASSERT_TRUE(report.is_object());
  const nlohmann::json& hot = report.at("hot");
  EXPECT_GT(hot.at("additions_laden").get<int>(), 500);
  EXPECT_GT(hot.at("acked").get<int>(), 500);
  EXPECT_EQ(hot.at("stored"), hot.at("acked"));
  EXPECT_EQ(hot.at("deadlocks"), 0);
  EXPECT_GT(hot.at("fresh_per_second").get<double>(), 0);
  EXPECT_GT(hot.at("laden_per_second").get<double>(), 0);
}

}  // namespace
}  // namespace selfsame::test
