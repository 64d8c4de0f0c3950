#include "cli/import/progress.h"

#include <gtest/gtest.h>

namespace selfsame::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ProgressSnapshot At(milliseconds elapsed, double fraction) {
  return {.fraction = fraction, .elapsed = elapsed};
}

TEST(ProgressTest, CountsAreGrouped) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1'000), "1,000");
  EXPECT_EQ(FormatCount(1'234'567), "1,234,567");
}

TEST(ProgressTest, DurationsAreHoursMinutesSeconds) {
  EXPECT_EQ(FormatDuration(seconds(5)), "0:00:05");
  EXPECT_EQ(FormatDuration(seconds(3'725)), "1:02:05");
}

TEST(ProgressTest, TheLineSaysItAll) {
  const ProgressSnapshot snapshot{.rows_settled = 20'000,
                                  .accepted = 19'000,
                                  .duplicate = 900,
                                  .quarantined = 90,
                                  .rejected = 10,
                                  .fraction = 0.25,
                                  .elapsed = seconds(2)};
  EXPECT_EQ(FormatProgress(snapshot),
            " 25%  20,000 rows  10,000 rows/s  ETA 0:00:06  accepted 19,000  duplicate 900  "
            "quarantined 90  rejected 10");
}

TEST(ProgressTest, NothingIsEstimatedBeforeThereIsAPace) {
  EXPECT_FALSE(EstimateLeft(At(seconds(10), 0)));
  EXPECT_FALSE(EstimateLeft(At(milliseconds(10), 0.5)));
  EXPECT_EQ(EstimateLeft(At(seconds(10), 0.5)), seconds(10));
  EXPECT_EQ(EstimateLeft(At(seconds(10), 1)), seconds(0));
}

TEST(ProgressTest, ATerminalIsWrittenTenTimesASecond) {
  ProgressPace pace(ProgressPace::Style::kTerminal);
  EXPECT_FALSE(pace.Due(At(milliseconds(50), 0.01)));
  EXPECT_TRUE(pace.Due(At(milliseconds(100), 0.01)));
  EXPECT_FALSE(pace.Due(At(milliseconds(150), 0.9)));
  EXPECT_TRUE(pace.Due(At(milliseconds(200), 0.9)));
}

TEST(ProgressTest, LinesComeEveryFiveSecondsOrTenPercent) {
  ProgressPace pace(ProgressPace::Style::kLines);
  EXPECT_FALSE(pace.Due(At(seconds(4), 0.05)));
  EXPECT_TRUE(pace.Due(At(seconds(5), 0.05)));
  EXPECT_FALSE(pace.Due(At(seconds(6), 0.14)));
  EXPECT_TRUE(pace.Due(At(seconds(7), 0.16)));
  // Ten percent, but within a second.
  EXPECT_FALSE(pace.Due(At(milliseconds(7'500), 0.9)));
}

}  // namespace
}  // namespace selfsame::cli
