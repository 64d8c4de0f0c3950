#include "cli/import/row_mapper.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/time.h"

namespace selfsame::cli {
namespace {

using ingest::v1::StreamRecord;

constexpr TimeUs kNow{1'700'000'000'000'000};

RowMapper Mapper(RecordKind kind = RecordKind::kEvent) {
  ImportMap map = *ShippedMaps()->begin();
  map.kind = kind;
  return *RowMapper::Create(map, kNow);
}

CsvRow Row(std::vector<std::string> fields) {
  CsvRow row{.fields = std::move(fields)};
  for (const std::string& field : row.fields) row.raw += field + ",";
  return row;
}

CsvRow Order(const std::string& customer = "17850") {
  return Row({"536365", "85123A", "HEART \"T-LIGHT\"", "6", "2011-07-01T08:26:00", "2.55", customer,
              "United Kingdom"});
}

TEST(RowMapperTest, ARowBecomesARecord) {
  StreamRecord record;
  ASSERT_EQ(Mapper().Map(Order(), "k12", record), std::nullopt);
  const auto& event = record.event();
  EXPECT_EQ(event.key(), "k12");
  EXPECT_EQ(event.event_time().seconds(), 1'309'505'160);  // 07:26:00 UTC: summer time.
  ASSERT_EQ(event.identifiers_size(), 1);
  EXPECT_EQ(event.identifiers(0).kind(), "customer_id");
  EXPECT_EQ(event.identifiers(0).value(), "17850");
  EXPECT_EQ(event.schema().name(), "selfsame.schemas.commerce.v1.OrderLine");
  EXPECT_EQ(event.schema().version(), 0u);
  EXPECT_EQ(event.json(),
            R"({"country":"United Kingdom","description":"HEART \"T-LIGHT\"","order_id":"536365",)"
            R"("quantity":6,"sku":"85123A","unit_price":2.55})");
}

TEST(RowMapperTest, AProfileMapMakesProfileUpdates) {
  StreamRecord record;
  ASSERT_EQ(Mapper(RecordKind::kProfileUpdate).Map(Order(), "k", record), std::nullopt);
  EXPECT_TRUE(record.has_profile_update());
  EXPECT_EQ(record.profile_update().identifiers(0).value(), "17850");
}

TEST(RowMapperTest, TheSecondIdentifierStandsInForAMissingFirst) {
  for (const char* nobody : {"", "NA"}) {
    StreamRecord record;
    ASSERT_EQ(Mapper().Map(Order(nobody), "k", record), std::nullopt);
    ASSERT_EQ(record.event().identifiers_size(), 1);
    EXPECT_EQ(record.event().identifiers(0).kind(), "shop:invoice");
    EXPECT_EQ(record.event().identifiers(0).value(), "536365");
  }
}

TEST(RowMapperTest, CellsThatDoNotFitAreLeftToTheServerToRefuse) {
  StreamRecord record;
  const CsvRow row = Row({"1", "", "", "many", "", "cheap", "", "UK"});
  ASSERT_FALSE(Mapper().Map(row, "k", record));
  EXPECT_FALSE(record.event().has_event_time());
  EXPECT_EQ(record.event().json(),
            R"({"country":"UK","order_id":"1","quantity":"many","unit_price":"cheap"})");
}

TEST(RowMapperTest, RowsThatAreNoRecordsSayWhy) {
  const auto problem_of = [](const CsvRow& row, bool is_converted = false) {
    const auto problem = Mapper().ProblemOf(row, is_converted);
    return problem ? problem->reason : "none";
  };
  EXPECT_EQ(problem_of(Order()), "none");
  EXPECT_EQ(problem_of(Row({"a", "b"})), "COLUMN_COUNT");
  CsvRow quotes = Order();
  quotes.malformed = true;
  EXPECT_EQ(problem_of(quotes), "CSV_MALFORMED");
  EXPECT_EQ(problem_of(Order("\xC3\x28")), "NOT_UTF8");
  EXPECT_EQ(problem_of(Order("\xEF\xBF\xBD")), "none");
  EXPECT_EQ(problem_of(Order("\xEF\xBF\xBD"), true), "NOT_IN_ENCODING");
}

TEST(RowMapperTest, ATimeThatCannotBeReadIsSaidToBeThat) {
  StreamRecord record;
  CsvRow row = Order();
  row.fields[4] = "yesterday";
  const auto problem = Mapper().Map(row, "k", record);
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->reason, "TIME_UNREADABLE");
  EXPECT_EQ(problem->column, "InvoiceDate");
}

// A map for two columns, with the rest of it as given.
RowMapper MapperOf(const std::string& rest) {
  const auto map =
      ParseImportMap("name = \"m\"\nschema = \"s.v1.P\"\nkind = \"profile_update\"\n" + rest +
                         "\n[[identifier]]\nkind = \"customer_id\"\ncolumn = 1\n",
                     {"id", "value"});
  EXPECT_TRUE(map.ok()) << map.error().message;
  return *RowMapper::Create(*map, kNow);
}

std::string PayloadOf(const RowMapper& mapper, const std::string& value) {
  StreamRecord record;
  EXPECT_FALSE(mapper.Map(Row({"1", value}), "k", record));
  return record.profile_update().json();
}

TEST(RowMapperTest, FilesWithoutATimeColumnTakeAConstantOrThatOfTheImport) {
  StreamRecord record;
  EXPECT_FALSE(MapperOf("time.value = \"now\"\n[payload]").Map(Row({"1", ""}), "k", record));
  EXPECT_EQ(record.profile_update().event_time().seconds(), kNow.us / 1'000'000);
  EXPECT_FALSE(MapperOf("time.value = \"2024-01-01T02:00:00+02:00\"\n[payload]")
                   .Map(Row({"1", ""}), "k", record));
  EXPECT_EQ(record.profile_update().event_time().seconds(), 1'704'067'200);
}

TEST(RowMapperTest, ConstantsDatesAndDecimalCommasAreWrittenAsTheSchemaReadsThem) {
  EXPECT_EQ(PayloadOf(MapperOf("time.value = \"now\"\n[payload]\na = { value = \"x\" }\n"
                               "b = { value = 2.5 }\nc = { value = true }"),
                      ""),
            R"({"a":"x","b":2.5,"c":true})");
  const RowMapper days = MapperOf(
      "time.value = \"now\"\n[payload]\n"
      "d = { column = 2, type = \"date\", format = [\"%d.%m.%Y\", \"excel\"] }");
  EXPECT_EQ(PayloadOf(days, "01.05.1980"), R"({"d":"1980-05-01"})");
  EXPECT_EQ(PayloadOf(days, "29342"), R"({"d":"1980-05-01"})");
  EXPECT_EQ(PayloadOf(days, "May"), R"({"d":"May"})");
  const RowMapper numbers = MapperOf(
      "decimal_comma = true\ntime.value = \"now\"\n[payload]\n"
      "n = { column = \"value\", type = \"double\" }");
  EXPECT_EQ(PayloadOf(numbers, "1.234,5"), R"({"n":1234.5})");
  EXPECT_EQ(PayloadOf(numbers, "-7"), R"({"n":-7})");
  EXPECT_EQ(PayloadOf(numbers, "1.5"), R"({"n":"1.5"})");
}

TEST(RowMapperTest, TheSameRowGivesTheSameBytes) {
  StreamRecord first, second;
  ASSERT_EQ(Mapper().Map(Order(), "k", first), std::nullopt);
  ASSERT_EQ(Mapper().Map(Order(), "k", second), std::nullopt);
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

}  // namespace
}  // namespace selfsame::cli
