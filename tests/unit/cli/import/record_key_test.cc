#include "cli/import/record_key.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace selfsame::cli {
namespace {

ImportIdentity Orders() {
  return {.map_name = "m", .schema = "s.v1.Order", .file_name = "orders.csv", .file_head = "a,b\n"};
}

// Fixed for ever: another value would import every file a second time.
TEST(RecordKeyTest, ThePrefixOfAnImportNeverChanges) {
  EXPECT_EQ(KeyPrefix(Orders()), "eb2b9819a15cb60ac0f23516");
}

TEST(RecordKeyTest, EachPartOfTheIdentityCounts) {
  ImportIdentity map = Orders(), schema = Orders(), name = Orders(), head = Orders();
  map.map_name = "n";
  schema.schema = "s.v2.Order";
  name.file_name = "orders2.csv";
  head.file_head = "a,c\n";
  const std::set<std::string> prefixes = {KeyPrefix(Orders()), KeyPrefix(map), KeyPrefix(schema),
                                          KeyPrefix(name), KeyPrefix(head)};
  EXPECT_EQ(prefixes.size(), 5u);
}

TEST(RecordKeyTest, KeysAreShortAndSortByRow) {
  const std::string prefix = KeyPrefix(Orders());
  EXPECT_EQ(prefix.size(), 24u);
  EXPECT_EQ(RowKey("p", 1), "p:000000001");
  EXPECT_LT(RowKey(prefix, 9), RowKey(prefix, 10));
  EXPECT_EQ(RowKey("p", 12'345'678'901), "p:12345678901");
  EXPECT_LE(RowKey(prefix, 12'345'678'901).size(), 128u);
}

}  // namespace
}  // namespace selfsame::cli
