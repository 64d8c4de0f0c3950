#include "cli/timestamp.h"

#include <gtest/gtest.h>

namespace selfsame::cli {
namespace {

TEST(TimestampTest, NothingIsLostAndNanosAreNeverNegative) {
  for (const std::int64_t us : {0LL, 1LL, -1LL, -1'000'001LL, 1'291'191'960'123'456LL}) {
    const auto timestamp = ToTimestamp({us});
    EXPECT_EQ(timestamp.seconds() * 1'000'000 + timestamp.nanos() / 1'000, us);
    EXPECT_GE(timestamp.nanos(), 0);
    EXPECT_LT(timestamp.nanos(), 1'000'000'000);
  }
}

TEST(TimestampTest, TimesAreShownInUtcAndWholeSeconds) {
  EXPECT_EQ(FormatTimestamp(ToTimestamp({-1})), "1969-12-31T23:59:59Z");
  EXPECT_EQ(FormatTimestamp(ToTimestamp({1'999'999})), "1970-01-01T00:00:01Z");
}

TEST(TimestampTest, DatesAndTimesAreTakenAsMoments) {
  EXPECT_EQ(ParseMoment("--from", "1970-01-02")->seconds(), 86'400);
  EXPECT_EQ(ParseMoment("--from", "1970-01-01T01:00:00+01:00")->seconds(), 0);
  for (const char* text : {"", "tomorrow", "1970-13-01", "02/01/1970"}) {
    const auto moment = ParseMoment("--from", text);
    ASSERT_FALSE(moment.ok()) << text;
    EXPECT_EQ(moment.error().reason, "TIME_MALFORMED");
  }
}

TEST(TimestampTest, AMomentThatNeverWasIsADash) {
  EXPECT_EQ(FormatMoment({}), "-");
  EXPECT_EQ(FormatMoment(ToTimestamp({1})), "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace selfsame::cli
