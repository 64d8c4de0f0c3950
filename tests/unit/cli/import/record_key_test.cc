#include "cli/import/record_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace selfsame::cli {
namespace {

ImportMap Orders(std::vector<std::string> columns = {"id", "sku", "note"}) {
  ImportMap map{.name = "m", .schema = "s.v1.Order", .columns = std::move(columns)};
  const auto index_of = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(map.columns.begin(), map.columns.end(), name) -
                                    map.columns.begin());
  };
  map.identifiers = {{.kind = "customer_id", .column = index_of("id")}};
  map.payload = {{.field = "sku", .column = index_of("sku")}};
  return map;
}

std::string KeyOf(const ImportMap& map, std::vector<std::string> fields) {
  return *RowKeys(map).Next(CsvRow{.fields = std::move(fields)});
}

// Fixed for ever: another value would import every file a second time.
TEST(RecordKeyTest, TheKeyOfARowNeverChanges) {
  EXPECT_EQ(KeyOf(Orders(), {"1", "tea", ""}), "0753701ce9df782981afa16f4b87c516:1");
}

TEST(RecordKeyTest, MapSchemaAndUsedCellsCount) {
  ImportMap map = Orders(), schema = Orders();
  map.name = "n";
  schema.schema = "s.v2.Order";
  const std::set<std::string> keys = {KeyOf(Orders(), {"1", "tea", ""}),
                                      KeyOf(map, {"1", "tea", ""}), KeyOf(schema, {"1", "tea", ""}),
                                      KeyOf(Orders(), {"2", "tea", ""}),
                                      KeyOf(Orders(), {"1", "", "tea"})};
  EXPECT_EQ(keys.size(), 5u);
}

TEST(RecordKeyTest, OtherColumnsAndTheOrderOfColumnsDoNotCount) {
  const std::string key = KeyOf(Orders(), {"1", "tea", ""});
  EXPECT_EQ(KeyOf(Orders(), {"1", "tea", "seen"}), key);
  EXPECT_EQ(KeyOf(Orders({"new", "sku", "id"}), {"x", "tea", "1"}), key);
}

TEST(RecordKeyTest, EqualRowsAreNumberedWhereverTheyStand) {
  RowKeys keys(Orders());
  const CsvRow tea{.fields = {"1", "tea", ""}}, milk{.fields = {"1", "milk", ""}};
  const std::string first = *keys.Next(tea), other = *keys.Next(milk), second = *keys.Next(tea);
  EXPECT_NE(first, second);
  RowKeys sorted_otherwise(Orders());
  EXPECT_EQ(*sorted_otherwise.Next(milk), other);
  EXPECT_EQ(*sorted_otherwise.Next(tea), first);
  EXPECT_EQ(*sorted_otherwise.Next(tea), second);
}

TEST(RecordKeyTest, EqualRowsWithAKeyAreOneAndWithoutTheirKeyAreNumbered) {
  ImportMap map = Orders();
  map.key_columns = {0};
  RowKeys keys(map);
  const CsvRow tea{.fields = {"1", "tea", ""}}, keyless{.fields = {"", "tea", ""}};
  EXPECT_EQ(*keys.Next(tea), *keys.Next(tea));
  EXPECT_NE(*keys.Next(keyless), *keys.Next(keyless));
  EXPECT_NE(KeyOf(map, {"1", "tea", ""}), KeyOf(map, {"1", "milk", ""}));
}

TEST(RecordKeyTest, ColumnsOfOneNameAreDifferentColumns) {
  ImportMap map = Orders({"id", "sku", "sku"});
  map.payload.push_back({.field = "second", .column = 2});
  EXPECT_NE(KeyOf(map, {"1", "tea", ""}), KeyOf(map, {"1", "", "tea"}));
}

TEST(RecordKeyTest, MoreRowsThanMayBeCountedAreRefused) {
  RowKeys keys(Orders(), 1);
  const CsvRow tea{.fields = {"1", "tea", ""}}, milk{.fields = {"1", "milk", ""}};
  EXPECT_TRUE(keys.Next(tea).ok());
  EXPECT_TRUE(keys.Next(tea).ok());
  EXPECT_EQ(keys.Next(milk).error().reason, "TOO_MANY_ROWS");
}

}  // namespace
}  // namespace selfsame::cli
