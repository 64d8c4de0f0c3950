#include "base/time.h"

#include <gtest/gtest.h>

#include <string>

namespace selfsame {
namespace {

struct Case {
  std::string text;
  std::int64_t us;
};

TEST(TimeTest, PrintsUtcWithMicrosecondsOnlyWhenThereAreAny) {
  for (const Case& c :
       {Case{"1970-01-01T00:00:00Z", 0}, Case{"2010-12-01T08:26:00Z", 1291191960'000000},
        Case{"2010-12-01T08:26:00.000001Z", 1291191960'000001},
        Case{"1969-12-31T23:59:59.500000Z", -500'000},
        Case{"2024-02-29T12:00:00Z", 1709208000'000000}}) {
    EXPECT_EQ(FormatRfc3339(TimeUs{c.us}), c.text);
    EXPECT_EQ(ParseRfc3339(c.text), TimeUs{c.us}) << c.text;
  }
}

TEST(TimeTest, ReadsZonesSeparatorsAndFractions) {
  for (const Case& c : {Case{"2010-12-01T08:26:00", 1291191960'000000},
                        Case{"2010-12-01 08:26:00z", 1291191960'000000},
                        Case{"2010-12-01T10:26:00+02:00", 1291191960'000000},
                        Case{"2010-12-01T02:56:00-05:30", 1291191960'000000},
                        Case{"2010-12-01T08:26:00.5Z", 1291191960'500000},
                        Case{"2010-12-01T08:26:00.123456789Z", 1291191960'123456}}) {
    EXPECT_EQ(ParseRfc3339(c.text), TimeUs{c.us}) << c.text;
  }
}

TEST(TimeTest, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2010-12-01", "2010-12-01T08:26", "2010-13-01T08:26:00Z", "2010-02-29T08:26:00Z",
        "2010-12-00T08:26:00Z", "2010-12-01T24:00:00Z", "2010-12-01T08:60:00Z",
        "2010-12-01T08:26:60Z", "2010-12-01T08:26:00.Z", "2010-12-01T08:26:00+2:00",
        "2010-12-01T08:26:00+24:00", "2010-12-01T08:26:00Zjunk", "2010/12/01T08:26:00Z",
        "+010-12-01T08:26:00Z", "yesterday"}) {
    EXPECT_EQ(ParseRfc3339(text), std::nullopt) << text;
  }
}

TEST(TimeTest, DayStampsFollowUtcDaysAlsoBefore1970) {
  EXPECT_EQ(DayStamp(TimeUs{0}), "19700101");
  EXPECT_EQ(DayStamp(TimeUs{-1}), "19691231");
  EXPECT_EQ(DayStamp(*ParseRfc3339("2024-02-29T23:59:59.999999Z")), "20240229");
  EXPECT_EQ(DayStamp(*ParseRfc3339("2024-03-01T00:30:00+01:00")), "20240229");
}

TEST(TimeTest, AddsAndSubtractsDurations) {
  const TimeUs noon{1709208000'000000};
  EXPECT_EQ((noon + std::chrono::hours(1)) - noon, std::chrono::hours(1));
  EXPECT_LT(noon - std::chrono::microseconds(1), noon);
}

TEST(DeadlineTest, ExpiresAndThenHasNothingLeft) {
  EXPECT_FALSE(Deadline::After(std::chrono::hours(1)).Expired());
  EXPECT_GT(Deadline::After(std::chrono::hours(1)).Left(), std::chrono::minutes(59));
  const Deadline past = Deadline::After(std::chrono::milliseconds(-5));
  EXPECT_TRUE(past.Expired());
  EXPECT_EQ(past.Left(), std::chrono::milliseconds(0));
}

}  // namespace
}  // namespace selfsame
