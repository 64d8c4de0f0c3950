#include "cli/import/row_mapper.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/import/record_key.h"

namespace selfsame::cli {
namespace {

using ingest::v1::StreamRecord;

RowMapper Mapper(RecordKind kind = RecordKind::kEvent) {
  ImportMap map = *ShippedMaps()->begin();
  map.kind = kind;
  return *RowMapper::Create(map, "p");
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
  ASSERT_EQ(Mapper().Map(Order(), 12, record), std::nullopt);
  const auto& event = record.event();
  EXPECT_EQ(event.key(), "p:000000012");
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
  ASSERT_EQ(Mapper(RecordKind::kProfileUpdate).Map(Order(), 1, record), std::nullopt);
  EXPECT_TRUE(record.has_profile_update());
  EXPECT_EQ(record.profile_update().identifiers(0).value(), "17850");
}

TEST(RowMapperTest, TheSecondIdentifierStandsInForAMissingFirst) {
  for (const char* nobody : {"", "NA"}) {
    StreamRecord record;
    ASSERT_EQ(Mapper().Map(Order(nobody), 1, record), std::nullopt);
    ASSERT_EQ(record.event().identifiers_size(), 1);
    EXPECT_EQ(record.event().identifiers(0).kind(), "shop:invoice");
    EXPECT_EQ(record.event().identifiers(0).value(), "536365");
  }
}

TEST(RowMapperTest, CellsThatDoNotFitAreLeftToTheServerToRefuse) {
  StreamRecord record;
  const CsvRow row = Row({"1", "", "", "many", "yesterday", "cheap", "", "UK"});
  ASSERT_EQ(Mapper().Map(row, 1, record), std::nullopt);
  EXPECT_FALSE(record.event().has_event_time());
  EXPECT_EQ(record.event().json(),
            R"({"country":"UK","order_id":"1","quantity":"many","unit_price":"cheap"})");
}

TEST(RowMapperTest, RowsThatAreNoRecordsSayWhy) {
  StreamRecord record;
  EXPECT_EQ(Mapper().Map(Row({"a", "b"}), 1, record), "COLUMN_COUNT");
  CsvRow quotes = Order();
  quotes.malformed = true;
  EXPECT_EQ(Mapper().Map(quotes, 1, record), "CSV_MALFORMED");
  EXPECT_EQ(Mapper().Map(Order("\xC3\x28"), 1, record), "NOT_UTF8");
}

TEST(RowMapperTest, TheSameRowGivesTheSameBytes) {
  StreamRecord first, second;
  ASSERT_EQ(Mapper().Map(Order(), 5, first), std::nullopt);
  ASSERT_EQ(Mapper().Map(Order(), 5, second), std::nullopt);
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

}  // namespace
}  // namespace selfsame::cli
