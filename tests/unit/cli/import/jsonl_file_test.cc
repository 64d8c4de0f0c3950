#include "cli/import/jsonl_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace selfsame::cli {
namespace {

using testing::ElementsAre;

std::vector<CsvRow> RowsOf(const std::string& text, const std::vector<std::string>& columns) {
  const test::TempFolder folder;
  std::ofstream(folder.path() + "/f.jsonl") << text;
  const auto file = JsonlFile::Open(folder.path() + "/f.jsonl", "", columns);
  std::vector<CsvRow> rows;
  CsvRow row;
  while (*(*file)->Next(row)) rows.push_back(row);
  return rows;
}

TEST(JsonlFileTest, MembersAreFieldsAsTextAndAsJson) {
  const auto rows = RowsOf(
      "\xEF\xBB\xBF{\"id\":7,\"home\":{\"city\":\"Rome\"},\"tags\":[1]}\r\n\n"
      "{\"home.city\":\"Oslo\",\"id\":null}",
      {"id", "home.city", "tags"});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[0].fields, ElementsAre("7", "Rome", "[1]"));
  EXPECT_THAT(rows[0].json, ElementsAre("7", "\"Rome\"", "[1]"));
  EXPECT_THAT(rows[1].fields, ElementsAre("", "Oslo", ""));
}

TEST(JsonlFileTest, LinesThatAreNoObjectsAreMalformedRows) {
  const auto rows = RowsOf(
      "[1]\n{\"id\":1\n{\"id\":" + std::string(100'000, '[') + "\n{\"id\":\"[[{\"}\n", {"id"});
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_TRUE(rows[0].malformed);
  EXPECT_TRUE(rows[1].malformed);
  EXPECT_TRUE(rows[2].malformed);
  EXPECT_FALSE(rows[3].malformed);
  EXPECT_EQ(rows[3].fields[0], "[[{");
  EXPECT_TRUE(RowsOf("{\"id\":123456789012345678901}", {"id"})[0].malformed);
  EXPECT_EQ(RowsOf("{\"id\":18446744073709551615}", {"id"})[0].fields[0], "18446744073709551615");
}

TEST(JsonlFileTest, MembersOfAFileAreFoundInTheOrderOfTheirComing) {
  const test::TempFolder folder;
  std::ofstream(folder.path() + "/f.jsonl") << "{\"b\":1,\"h\":{\"c\":2}}\n{\"a\":1,\"b\":2}\n";
  const auto members = MembersOf(folder.path() + "/f.jsonl", "");
  ASSERT_TRUE(members.ok());
  EXPECT_THAT(*members, ElementsAre("b", "h.c", "a"));
}

}  // namespace
}  // namespace selfsame::cli
