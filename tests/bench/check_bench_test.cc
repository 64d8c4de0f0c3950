// That what is measured is what it says: valid payloads, some of them not canonical; never how
// fast.
#include <gtest/gtest.h>

#include "tests/bench/check_cases.h"
#include "tests/support/program.h"
#include "tests/support/temp_folder.h"

namespace selfsame::bench {
namespace {

TEST(CheckBenchTest, EveryPayloadIsValid) {
  for (const CheckCase& one : CheckCases(1)) {
    EXPECT_GT(one.payloads.size(), 1u);
    for (const std::string& payload : one.payloads) {
      const auto checked =
          schema::CheckPayload(*one.schema, one.encoding, payload, {.phone_region = {}});
      ASSERT_TRUE(checked.violations.empty()) << one.title << ": " << checked.violations[0].field;
    }
  }
}

TEST(CheckBenchTest, ProfilesHaveTwelveFields) {
  int profiles = 0;
  for (const CheckCase& one : CheckCases(1)) {
    if (one.schema->use() != schema::Use::kProfile) continue;
    ++profiles;
    EXPECT_EQ(schema::CheckPayload(*one.schema, one.encoding, one.payloads[0], {}).filled.size(),
              12u);
  }
  EXPECT_EQ(profiles, 4);
}

TEST(CheckBenchTest, TheSameSeedMakesTheSamePayloads) {
  EXPECT_EQ(CheckCases(7)[2].payloads, CheckCases(7)[2].payloads);
  EXPECT_NE(CheckCases(7)[2].payloads, CheckCases(8)[2].payloads);
}

TEST(CheckBenchTest, ItRunsToItsEnd) {
  const test::TempFolder folder;
  const std::string output = folder.path() + "/output";
  const auto exit_code =
      test::RunProgram({.arguments = {"selfsame_check_bench", "--seconds", "0.01", "--slices", "1"},
                        .output_path = output,
                        .error_path = folder.path() + "/errors",
                        .environment = {}},
                       std::chrono::seconds(60));
  EXPECT_EQ(exit_code.value_or(-1), 0);
  EXPECT_NE(test::ReadWholeFile(output).find("profile of 12 fields with phone, JSON"),
            std::string::npos);
}

}  // namespace
}  // namespace selfsame::bench
