#include "cli/import/import_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace selfsame::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kMap = R"(
name = "people"
schema = "example.v1.Seen"
kind = "profile_update"
columns = ["id", "mail", "when", "age"]
empty_values = ["NA", "-"]
[time]
column = "when"
format = "%Y-%m-%d"
zone = "Europe/London"
[[identifier]]
kind = "email"
column = "mail"
[[identifier]]
kind = "crm:id"
column = "id"
unless_kind = ["email"]
[payload]
years = { column = "age", type = "int" }
address = { column = "mail" }
)";

std::string Replaced(std::string what, const std::string& with) {
  std::string map = kMap;
  const std::size_t at = map.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return map.replace(at, what.size(), with);
}

TEST(ImportMapTest, EveryPartIsRead) {
  const auto map = ParseImportMap(kMap);
  ASSERT_TRUE(map.ok()) << map.error().message;
  EXPECT_EQ(map->name, "people");
  EXPECT_EQ(map->schema, "example.v1.Seen");
  EXPECT_EQ(map->kind, RecordKind::kProfileUpdate);
  EXPECT_THAT(map->columns, ElementsAre("id", "mail", "when", "age"));
  EXPECT_THAT(map->empty_values, ElementsAre("NA", "-"));
  EXPECT_EQ(map->time.column, 2u);
  EXPECT_EQ(map->time.formats[0].format, "%Y-%m-%d");
  EXPECT_EQ(map->time.formats[0].zone, "Europe/London");
  ASSERT_EQ(map->identifiers.size(), 2u);
  EXPECT_EQ(map->identifiers[1].kind, "crm:id");
  EXPECT_EQ(map->identifiers[1].column, 0u);
  EXPECT_THAT(map->identifiers[1].unless_kind, ElementsAre("email"));
  ASSERT_EQ(map->payload.size(), 2u);
  EXPECT_EQ(map->payload[0].field, "address");
  EXPECT_EQ(map->payload[0].type, CellType::kAsIs);
  EXPECT_EQ(map->payload[1].type, CellType::kInt);
  EXPECT_EQ(map->payload[1].column, 3u);
}

TEST(ImportMapTest, WhatIsWrongIsRefusedByName) {
  const struct {
    std::string map;
    std::string says;
  } cases[] = {
      {"name = ", "line 1"},
      {Replaced("name = \"people\"", ""), "name"},
      {Replaced("\"profile_update\"", "\"fact\""), "kind must be"},
      {Replaced("schema", "shema"), "shema"},
      {Replaced("columns = [\"id\", \"mail\", \"when\", \"age\"]", ""), "columns"},
      {Replaced("\"age\"]", "7]"), "columns"},
      {Replaced("column = \"when\"", "column = \"then\""), "then"},
      {Replaced("column = \"when\"", "colum = \"when\""), "colum"},
      {Replaced("Europe/London", "Europe/Londinium"), "Londinium"},
      {std::string(kMap).substr(0, std::string(kMap).find("[[identifier]]")), "[[identifier]]"},
      {Replaced("unless_kind = [\"email\"]", "unless_kind = \"email\""), "unless_kind"},
      {Replaced("type = \"int\"", "type = \"money\""), "type must be"},
      {Replaced("{ column = \"mail\" }", "\"mail\""), "payload.address"},
      {Replaced("[payload]", "[payloads]"), "payloads"},
      {Replaced("%Y-%m-%d", "%Y-%m-%d %Z"), "%Z is not taken"},
      {Replaced("%Y-%m-%d", "%Y-%m-%d %Q"), "unknown conversion %Q"},
      {Replaced("zone = \"Europe/London\"", ""), "needs a zone"},
      {Replaced("zone = \"Europe/London\"", "value = \"now\""), "either a value or a column"},
      {Replaced("\"age\"]", "\"mail\"]"), "columns 2 and 4 both have this name"},
      {Replaced("column = \"mail\" }", "column = 5 }"), "the file has 4 columns"},
      {Replaced("{ column = \"mail\" }", "{ column = \"mail\", value = 1 }"), "either a value"},
      {Replaced("type = \"int\"", "type = \"date\""), "needs format"},
  };
  for (const auto& wrong : cases) {
    const auto map = ParseImportMap(wrong.map);
    ASSERT_FALSE(map.ok()) << wrong.says;
    EXPECT_EQ(map.error().reason, "MAP_INVALID");
    EXPECT_EQ(map.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(map.error().message, HasSubstr(wrong.says));
  }
}

TEST(ImportMapTest, ColumnsMayBeTheFilesOrNumbers) {
  const std::string map =
      Replaced("columns = [\"id\", \"mail\", \"when\", \"age\"]", "key = [\"id\"]");
  const auto of_file = ParseImportMap(map, {"x", "age", "mail", "id", "when"});
  ASSERT_TRUE(of_file.ok()) << of_file.error().message;
  EXPECT_EQ(of_file->time.column, 4u);
  EXPECT_THAT(of_file->key_columns, ElementsAre(3u));
  EXPECT_FALSE(ParseImportMap(map).ok());
  const auto collected = ParseHeaderlessMap(map);
  ASSERT_TRUE(collected.ok()) << collected.error().message;
  EXPECT_THAT(collected->columns, ElementsAre("id", "when", "mail", "age"));
}

TEST(ImportMapTest, EveryShippedMapIsAMap) {
  const auto maps = ShippedMaps();
  ASSERT_TRUE(maps.ok()) << maps.error().message;
  ASSERT_EQ(maps->size(), 1u);
  EXPECT_EQ(maps->front().name, "online_retail");
}

}  // namespace
}  // namespace selfsame::cli
