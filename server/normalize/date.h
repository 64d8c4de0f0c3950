// Calendar dates, times of day and points in time, as sources write them, to ISO 8601.
#ifndef SELFSAME_SERVER_NORMALIZE_DATE_H_
#define SELFSAME_SERVER_NORMALIZE_DATE_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace selfsame::normalize {

// In which order a source writes day and month. Only the source can say; nothing is guessed.
enum class DateOrder { kUnstated, kDayMonthYear, kMonthDayYear };

struct DateOptions {
  DateOrder order = DateOrder::kUnstated;
};

struct NormalizedDate {
  int year = 0;      // 1 to 9999, proleptic Gregorian.
  int month = 0;     // 1 to 12.
  int day = 0;       // 1 to 31.
  std::string text;  // 2020-04-03.
};

// Takes 2020-04-03 (also with / or . and unpadded: year first has one reading), 20200403, day and
// month before a year of four digits, and English month names (3 April 2020, Apr. 3, 2020). White
// space and invisible characters around it go.
// Errors: kInvalidArgument DATE_AMBIGUOUS (03/04/2020 without an order; a year of two digits),
// DATE_IMPOSSIBLE (2021-02-29; month 13 in the stated order), DATE_INVALID (no date at all).
// Pure, thread-safe.
Result<NormalizedDate> NormalizeDate(std::string_view value, const DateOptions& options = {});

// Holds a day of birth to what is possible: not after `now`, not more than 150 years before.
// Errors: kInvalidArgument DATE_IMPOSSIBLE.
Status CheckBirthDate(const NormalizedDate& date, TimeUs now);

struct NormalizedDateTime {
  TimeUs time;               // The point in time; a leap second counts as the second after it.
  int offset_minutes = 0;    // From UTC, as the source wrote it.
  bool offset_known = true;  // False for "-00:00": UTC is known, the place's zone is not.
  std::string text;          // RFC 3339 in the source's own zone; a fraction cut to microseconds.
};

struct DateTimeOptions {
  std::optional<int> default_offset_minutes;  // What a time without a zone is in.
};

// RFC 3339 date-time; "T" may be a space, either case. Leap seconds where they can be.
// Errors: kInvalidArgument DATE_ZONE_UNKNOWN (no offset and no default), DATE_IMPOSSIBLE,
// DATE_INVALID. Pure, thread-safe.
Result<NormalizedDateTime> NormalizeDateTime(std::string_view value,
                                             const DateTimeOptions& options = {});

// What a number of a field is: time since 1970-01-01T00:00:00Z. Only the field can say so.
enum class EpochUnit { kSeconds, kMilliseconds };

// A point in time given as digits alone, with a fraction or a sign if need be; in UTC.
// Errors: kInvalidArgument DATE_INVALID (no such number), DATE_IMPOSSIBLE (beyond the years 1 to
// 9999). Pure, thread-safe.
Result<NormalizedDateTime> NormalizeEpoch(std::string_view value, EpochUnit unit);

// The same as a calendar date, in UTC.
Result<NormalizedDate> NormalizeEpochDate(std::string_view value, EpochUnit unit);

// RFC 3339 full-time: 08:30:06.5-08:00, upper-cased. Errors: as NormalizeDateTime.
Result<std::string> NormalizeTimeOfDay(std::string_view value);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_DATE_H_
