#include "cli/import/local_time.h"

#include <gtest/gtest.h>

#include <string>

namespace selfsame::cli {
namespace {

// The time in UTC as RFC 3339; "none" when it is no time; the reason when the reader is no good.
std::string Read(const std::string& format, const std::string& zone, const std::string& text) {
  const auto reader = TimeReader::Create({.format = format, .zone = zone});
  if (!reader.ok()) return reader.error().reason;
  const auto time = reader->Read(text);
  return time ? FormatRfc3339(*time) : "none";
}

constexpr const char* kIso = "%Y-%m-%dT%H:%M:%S";

TEST(TimeReaderTest, LocalTimeIsReadInItsZone) {
  EXPECT_EQ(Read(kIso, "Europe/London", "2010-12-01T08:26:00"), "2010-12-01T08:26:00Z");
  EXPECT_EQ(Read(kIso, "Europe/London", "2011-07-01T08:26:00"), "2011-07-01T07:26:00Z");
  EXPECT_EQ(Read(kIso, "America/New_York", "2011-07-01T08:26:00"), "2011-07-01T12:26:00Z");
  EXPECT_EQ(Read(kIso, "Asia/Kathmandu", "2011-07-01T05:45:00"), "2011-07-01T00:00:00Z");
}

// London, 27 March 2011: 01:00 to 02:00 do not exist.
TEST(TimeReaderTest, ATimeThatNeverHappensCountsOnFromBeforeTheChange) {
  EXPECT_EQ(Read(kIso, "Europe/London", "2011-03-27T00:59:59"), "2011-03-27T00:59:59Z");
  EXPECT_EQ(Read(kIso, "Europe/London", "2011-03-27T01:30:00"), "2011-03-27T01:30:00Z");
  EXPECT_EQ(Read(kIso, "Europe/London", "2011-03-27T02:00:00"), "2011-03-27T01:00:00Z");
}

// London, 30 October 2011: 01:00 to 02:00 happen twice.
TEST(TimeReaderTest, ATimeThatHappensTwiceIsTheFirst) {
  EXPECT_EQ(Read(kIso, "Europe/London", "2011-10-30T00:59:59"), "2011-10-29T23:59:59Z");
  EXPECT_EQ(Read(kIso, "Europe/London", "2011-10-30T01:30:00"), "2011-10-30T00:30:00Z");
  EXPECT_EQ(Read(kIso, "Europe/London", "2011-10-30T02:00:00"), "2011-10-30T02:00:00Z");
}

TEST(TimeReaderTest, FormatsAreThoseOfStrptime) {
  EXPECT_EQ(Read("%d/%m/%Y %H:%M", "UTC", "01/12/2010 8:26"), "2010-12-01T08:26:00Z");
  EXPECT_EQ(Read("%d %b %Y", "UTC", "1 Dec 2010"), "2010-12-01T00:00:00Z");
  EXPECT_EQ(Read("%I:%M %p %Y-%m-%d", "UTC", "08:26 PM 2010-12-01"), "2010-12-01T20:26:00Z");
}

TEST(TimeReaderTest, AnOffsetInTheTextCounts) {
  EXPECT_EQ(Read("%Y-%m-%d %H:%M:%S %z", "", "2010-12-01 08:26:00 +0200"), "2010-12-01T06:26:00Z");
  EXPECT_EQ(Read("rfc3339", "", "2010-12-01T08:26:00.5+02:00"), "2010-12-01T06:26:00.500000Z");
}

TEST(TimeReaderTest, FractionsAreReadAndMayBeAbsentAfterAPoint) {
  constexpr const char* kFraction = "%Y-%m-%d %H:%M:%S.%f";
  EXPECT_EQ(Read(kFraction, "UTC", "2023-05-01 10:20:30.123"), "2023-05-01T10:20:30.123000Z");
  EXPECT_EQ(Read(kFraction, "UTC", "2023-05-01 10:20:30.123456789"), "2023-05-01T10:20:30.123456Z");
  EXPECT_EQ(Read(kFraction, "UTC", "2023-05-01 10:20:30"), "2023-05-01T10:20:30Z");
  EXPECT_EQ(Read(kFraction, "UTC", "2023-05-01 10:20:30."), "none");
  EXPECT_EQ(Read(kFraction, "UTC", "2023-05-01 10:20:30.1x"), "none");
  EXPECT_EQ(Read("%Y-%m-%d %I:%M:%S.%f %p", "UTC", "2023-05-01 10:20:30.5 PM"),
            "2023-05-01T22:20:30.500000Z");
  EXPECT_EQ(Read("%Y-%m-%d %H:%M:%S.%f%z", "", "2023-05-01 10:20:30.5+02"),
            "2023-05-01T08:20:30.500000Z");
}

TEST(TimeReaderTest, PostgresOwnTextIsRead) {
  EXPECT_EQ(Read("rfc3339", "", "2023-05-01 10:20:30.123456+00"), "2023-05-01T10:20:30.123456Z");
  EXPECT_EQ(Read("rfc3339", "", "2023-05-01 10:20:30+05:30"), "2023-05-01T04:50:30Z");
  EXPECT_EQ(Read("rfc3339", "", "2023-05-01 10:20:30-0330"), "2023-05-01T13:50:30Z");
}

TEST(TimeReaderTest, ATimeWithoutAZoneIsNeverTakenForUtc) {
  for (const char* text :
       {"2023-05-01 10:20:30", "2023-05-01T10:20:30", "2023-05-01 10:20:30.123"}) {
    EXPECT_EQ(Read("rfc3339", "", text), "none") << text;
  }
  EXPECT_EQ(Read("rfc3339", "Europe/London", "2023-05-01 10:20:30"), "2023-05-01T09:20:30Z");
  EXPECT_EQ(Read("rfc3339", "Europe/London", "2023-05-01 10:20:30Z"), "2023-05-01T10:20:30Z");
}

// 36526 is 2000-01-01; Excel has a 29 February 1900, as day 60.
TEST(TimeReaderTest, ExcelsNumbersOfDaysAreRead) {
  EXPECT_EQ(Read("excel", "UTC", "36526"), "2000-01-01T00:00:00Z");
  EXPECT_EQ(Read("excel", "UTC", "45047.4309"), "2023-05-01T10:20:29.760000Z");
  EXPECT_EQ(Read("excel", "UTC", "45047,5"), "2023-05-01T12:00:00Z");
  EXPECT_EQ(Read("excel", "Europe/London", "45047.5"), "2023-05-01T11:00:00Z");
  EXPECT_EQ(Read("excel", "UTC", "1"), "1900-01-01T00:00:00Z");
  EXPECT_EQ(Read("excel", "UTC", "61"), "1900-03-01T00:00:00Z");
  for (const char* text : {"60", "0", "-5", "2958466", "x", "1e5", "nan", ""}) {
    EXPECT_EQ(Read("excel", "UTC", text), "none") << text;
  }
}

TEST(TimeReaderTest, SpacesAroundATimeAreNoPartOfIt) {
  EXPECT_EQ(Read(kIso, "UTC", " 2010-12-01T08:26:00 "), "2010-12-01T08:26:00Z");
}

TEST(TimeReaderTest, UnixTimesAreRead) {
  EXPECT_EQ(Read("unix", "", "1291191960"), "2010-12-01T08:26:00Z");
  EXPECT_EQ(Read("unix_ms", "", "1291191960250"), "2010-12-01T08:26:00.250000Z");
  EXPECT_EQ(Read("unix", "", "-1"), "1969-12-31T23:59:59Z");
  EXPECT_EQ(Read("unix", "", "9223372036854775807"), "none");
  EXPECT_EQ(Read("unix_ms", "", "1.5"), "none");
}

TEST(TimeReaderTest, WhatIsNoTimeIsNone) {
  for (const char* text :
       {"", "2010-12-01", "2010-12-01T08:26:00Z", "2010-13-01T08:26:00", "2011-02-30T08:26:00",
        "2010-12-01T24:26:00", "2010-12-01T08:26:60", "NA"}) {
    EXPECT_EQ(Read(kIso, "UTC", text), "none") << text;
  }
}

TEST(TimeReaderTest, FormatsAndZonesThatMakeNoSenseAreRefused) {
  EXPECT_EQ(Read(kIso, "Europe/Londinium", ""), "TIME_ZONE");
  EXPECT_EQ(Read(kIso, "", ""), "TIME_FORMAT");
  EXPECT_EQ(Read("%Y-%m-%d %z", "UTC", ""), "TIME_FORMAT");
  EXPECT_EQ(Read("%Y-%m", "UTC", ""), "TIME_FORMAT");
  EXPECT_EQ(Read("%Y-%m-%d %H:%M:%S %Z", "UTC", ""), "TIME_FORMAT");
  EXPECT_EQ(Read("%Y-%m-%d %Q", "UTC", ""), "TIME_FORMAT");
  EXPECT_EQ(Read("%Y-%m-%d %I:%M", "UTC", ""), "TIME_FORMAT");
  EXPECT_EQ(Read("%c", "UTC", ""), "TIME_FORMAT");
  EXPECT_EQ(Read("excel", "", ""), "TIME_FORMAT");
  EXPECT_FALSE(TimeReader::CreateForDays("rfc3339").ok());
  EXPECT_EQ(Read("%s", "UTC", ""), "TIME_FORMAT");
  EXPECT_EQ(Read("iso", "UTC", ""), "TIME_FORMAT");
}

}  // namespace
}  // namespace selfsame::cli
