#include "server/normalize/date.h"

#include <gtest/gtest.h>

#include "tests/support/data_dir.h"
#include "tests/unit/normalize/vectors.h"

namespace selfsame::normalize {
namespace {

using selfsame::test::DataFile;
using test::NormalizerVectors;

std::string DateOf(std::string_view value, DateOrder order = DateOrder::kUnstated) {
  const auto date = NormalizeDate(value, {.order = order});
  return date.ok() ? date->text : date.error().reason;
}

std::string TimeOf(std::string_view value, std::optional<int> offset = {}) {
  const auto time = NormalizeDateTime(value, {.default_offset_minutes = offset});
  return time.ok() ? time->text : time.error().reason;
}

TEST(NormalizeDate, YearFirstHasOneReading) {
  for (const char* value : {"2020-04-03", "20200403", "2020/04/03", "2020.4.3", " 2020-04-03\n"}) {
    EXPECT_EQ(DateOf(value), "2020-04-03") << value;
  }
}

TEST(NormalizeDate, MonthNamesHaveOneReading) {
  for (const char* value :
       {"3 April 2020", "April 3, 2020", "03-Apr-2020", "Apr 3rd, 2020", "3rd APRIL 2020"}) {
    EXPECT_EQ(DateOf(value), "2020-04-03") << value;
  }
}

TEST(NormalizeDate, DayAndMonthNeedAnOrder) {
  EXPECT_EQ(DateOf("03/04/2020"), "DATE_AMBIGUOUS");
  EXPECT_EQ(DateOf("3.4.2020"), "DATE_AMBIGUOUS");
  EXPECT_EQ(DateOf("03/04/2020", DateOrder::kDayMonthYear), "2020-04-03");
  EXPECT_EQ(DateOf("03/04/2020", DateOrder::kMonthDayYear), "2020-03-04");
}

TEST(NormalizeDate, WhatCanOnlyBeADayIsOne) {
  EXPECT_EQ(DateOf("13/04/2020"), "2020-04-13");
  EXPECT_EQ(DateOf("04/13/2020"), "2020-04-13");
  EXPECT_EQ(DateOf("04/04/2020"), "2020-04-04");
}

TEST(NormalizeDate, AStatedOrderIsKept) {
  EXPECT_EQ(DateOf("04/13/2020", DateOrder::kDayMonthYear), "DATE_IMPOSSIBLE");
  EXPECT_EQ(DateOf("13/04/2020", DateOrder::kMonthDayYear), "DATE_IMPOSSIBLE");
}

TEST(NormalizeDate, AYearOfTwoDigitsIsAmbiguous) {
  EXPECT_EQ(DateOf("13/04/20", DateOrder::kDayMonthYear), "DATE_AMBIGUOUS");
  EXPECT_EQ(DateOf("3-Apr-20"), "DATE_AMBIGUOUS");
}

TEST(NormalizeDate, TheCalendarDecides) {
  for (const char* value : {"2021-02-29", "1900-02-29", "2020-13-01", "2020-00-10", "2020-01-00",
                            "20210229", "31/04/2020", "13/13/2020", "30 Feb 2020", "0000-01-01"}) {
    EXPECT_EQ(DateOf(value), "DATE_IMPOSSIBLE") << value;
  }
  EXPECT_EQ(DateOf("2000-02-29"), "2000-02-29");
}

TEST(NormalizeDate, RefusesWhatIsNoDate) {
  for (const char* value :
       {"", "yesterday", "2020", "2020-04", "2020-W14-5", "2020-094", "43924", "2020-04/03",
        "2020-04-03T00:00:00Z", "April 2020", "1 2 2020", "99999999999-01-01"}) {
    EXPECT_EQ(DateOf(value), "DATE_INVALID") << value;
  }
}

TEST(NormalizeDate, LosesInvisibleSpaces) {
  for (const char* value :
       {"1980-05-01\u00a0", "1980-05-01\u200b", "\ufeff1980-05-01", "\u202a1980-05-01\u202c",
        "\u20031980-05-01\t", "1\u00a0May\u00a01980"}) {
    EXPECT_EQ(DateOf(value), "1980-05-01") << value;
  }
  EXPECT_EQ(TimeOf("2025-01-27T11:42:15Z\u00a0"), "2025-01-27T11:42:15Z");
  EXPECT_EQ(TimeOf("\u200e2025-01-27\u00a011:42:15Z"), "2025-01-27T11:42:15Z");
}

TEST(NormalizeDate, MonthsMayBeAbbreviatedWithAFullStop) {
  for (const char* value : {"3 Apr. 2020", "3. Apr. 2020", "Apr. 3, 2020", "Apr. 3rd, 2020",
                            "3-Apr.-2020", "3. April 2020", "03/Apr/2020", "Apr 3,2020"}) {
    EXPECT_EQ(DateOf(value), "2020-04-03") << value;
  }
  EXPECT_EQ(DateOf("3 Sept. 2020"), "2020-09-03");
  EXPECT_EQ(DateOf("3 Xyz. 2020"), "DATE_INVALID");
}

TEST(NormalizeDate, NobodyLivesForeverOrWasBornTomorrow) {
  const TimeUs now = *ParseRfc3339("2024-02-29T12:00:00Z");
  const auto is_possible = [&](std::string_view value) {
    return CheckBirthDate(*NormalizeDate(value), now).ok();
  };
  EXPECT_TRUE(is_possible("2024-02-29"));
  EXPECT_TRUE(is_possible("2024-03-01"));  // East of UTC it is tomorrow already.
  EXPECT_TRUE(is_possible("1900-01-01"));
  EXPECT_FALSE(is_possible("2024-03-02"));
  EXPECT_FALSE(is_possible("2999-01-01"));
  EXPECT_FALSE(is_possible("1870-01-01"));
  EXPECT_FALSE(is_possible("0001-01-01"));
}

TEST(NormalizeEpoch, ReadsSecondsAndMilliseconds) {
  const auto shown = [](std::string_view value, EpochUnit unit) {
    const auto time = NormalizeEpoch(value, unit);
    return time.ok() ? time->text : time.error().reason;
  };
  EXPECT_EQ(shown("1585872000", EpochUnit::kSeconds), "2020-04-03T00:00:00Z");
  EXPECT_EQ(shown("1585872000123", EpochUnit::kMilliseconds), "2020-04-03T00:00:00.123Z");
  EXPECT_EQ(shown("1585872000.5", EpochUnit::kSeconds), "2020-04-03T00:00:00.5Z");
  EXPECT_EQ(shown("-1", EpochUnit::kSeconds), "1969-12-31T23:59:59Z");
  EXPECT_EQ(shown("-86400000", EpochUnit::kMilliseconds), "1969-12-31T00:00:00Z");
  EXPECT_EQ(shown("0", EpochUnit::kSeconds), "1970-01-01T00:00:00Z");
  EXPECT_EQ(shown("1585872000123", EpochUnit::kSeconds), "DATE_IMPOSSIBLE");
  for (const char* value : {"", "-", "1e9", "0x10", "1585872000 ago", "9999999999999999", "1..5"}) {
    EXPECT_EQ(shown(value, EpochUnit::kSeconds), "DATE_INVALID") << value;
  }
  EXPECT_EQ(NormalizeEpochDate("1585958399", EpochUnit::kSeconds)->text, "2020-04-03");
}

TEST(NormalizeDateTime, KeepsItsZone) {
  EXPECT_EQ(TimeOf("1990-12-31t15:59:50.1230-08:00"), "1990-12-31T15:59:50.123-08:00");
  EXPECT_EQ(TimeOf("2020-01-01 10:00:00z"), "2020-01-01T10:00:00Z");
  EXPECT_EQ(TimeOf("2020-01-01T10:00:00-00:00"), "2020-01-01T10:00:00-00:00");
  const auto time = NormalizeDateTime("2020-01-01T01:30:00+05:30");
  EXPECT_EQ(FormatRfc3339(time->time), "2019-12-31T20:00:00Z");
  EXPECT_EQ(time->offset_minutes, 330);
}

TEST(NormalizeDateTime, DoesNotGuessAZone) {
  EXPECT_EQ(TimeOf("2020-01-01T10:00:00"), "DATE_ZONE_UNKNOWN");
  EXPECT_EQ(TimeOf("2020-01-01T10:00:00", -60), "2020-01-01T10:00:00-01:00");
  EXPECT_EQ(TimeOf("2020-01-01T10:00:00Z", -60), "2020-01-01T10:00:00Z");
}

TEST(NormalizeDateTime, LeapSecondsOnlyWhereTheyCanBe) {
  EXPECT_EQ(TimeOf("2016-12-31T23:59:60Z"), "2016-12-31T23:59:60Z");
  EXPECT_EQ(NormalizeDateTime("2016-12-31T23:59:60Z")->time,
            NormalizeDateTime("2017-01-01T00:00:00Z")->time);
  EXPECT_EQ(TimeOf("2016-12-30T23:59:60Z"), "DATE_IMPOSSIBLE");
  EXPECT_EQ(TimeOf("2016-12-31T22:59:60Z"), "DATE_IMPOSSIBLE");
}

TEST(NormalizeDateTime, CutsFractionsAndNeverRoundsUp) {
  EXPECT_EQ(TimeOf("1985-04-12T00:59:59.999999999Z"), "1985-04-12T00:59:59.999999Z");
}

TEST(NormalizeDateTime, AgreesWithTheClockOfTheRest) {
  for (const char* value :
       {"2020-02-29T12:34:56.789Z", "1969-12-31T23:59:59.5Z", "2020-01-01T00:00:00+14:00"}) {
    EXPECT_EQ(NormalizeDateTime(value)->time, *ParseRfc3339(value)) << value;
  }
}

template <typename Normalize>
void ExpectFormat(const std::string& format, Normalize normalize,
                  const std::vector<test::ExpectedExceptions>& exceptions) {
  const auto path = DataFile("vectors/date/jsts_" + format + ".json");
  test::Tally tally("format " + format);
  for (const auto& test : test::ReadFormatCases(*path)) {
    tally.Count(normalize(test.data).ok() == test.valid, test.data);
  }
  tally.ExpectExceptions(exceptions);
}

// RFC 3339 has one way to write a date; sources have several with one reading.
TEST_F(NormalizerVectors, JsonSchemaDateAgreesButForTheStatedPolicy) {
  if (!DataFile("vectors/date/jsts_date.json")) GTEST_SKIP() << "no vectors/date";
  ExpectFormat("date", [](const auto& value) { return NormalizeDate(value); },
               {{"other writings with one reading",
                 {"06/19/1963", "1998-1-20", "1998-01-1", "20230328", "2020.01.01"}},
                {"with white space, which is cut off", {" 2024-01-15", "2024-01-15 "}}});
}

TEST_F(NormalizerVectors, JsonSchemaDateTimeAgreesButForTheStatedPolicy) {
  if (!DataFile("vectors/date/jsts_date-time.json")) GTEST_SKIP() << "no vectors/date";
  ExpectFormat("date-time", [](const auto& value) { return NormalizeDateTime(value); },
               {{"with white space, which is cut off", {"1985-04-12T23:20:50Z\n"}}});
}

TEST_F(NormalizerVectors, JsonSchemaTimeAgrees) {
  if (!DataFile("vectors/date/jsts_time.json")) GTEST_SKIP() << "no vectors/date";
  ExpectFormat("time", [](const auto& value) { return NormalizeTimeOfDay(value); }, {});
}

}  // namespace
}  // namespace selfsame::normalize
