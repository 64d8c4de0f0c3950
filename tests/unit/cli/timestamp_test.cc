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

}  // namespace
}  // namespace selfsame::cli
