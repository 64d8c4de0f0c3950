#include "cli/import/map_skeleton.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/import/import_map.h"

namespace selfsame::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

ImportMap Parsed(const std::vector<std::string>& columns, const Rows& sample) {
  std::string skeleton =
      MapSkeleton({.name = "people.csv", .columns = columns, .sample = sample, .encoding = ""});
  const std::string asked = "zone = \"\"";
  const std::size_t at = skeleton.find(asked);
  if (at != std::string::npos) {
    EXPECT_EQ(ParseImportMap(skeleton).error().reason, "MAP_INVALID") << "a zone was guessed";
    skeleton.replace(at, asked.size(), "zone = \"UTC\"");
  }
  const auto map = ParseImportMap(skeleton);
  EXPECT_TRUE(map.ok()) << map.error().message << "\n" << skeleton;
  return map.ok() ? *map : ImportMap{};
}

TEST(MapSkeletonTest, TypesTimeAndIdentifiersAreGuessed) {
  const ImportMap map = Parsed({"User ID", "E-Mail", "CreatedAt", "visits", "score", "note"},
                               {{"17", "a@b.c", "2024-02-01 10:00:00", "3", "1.5", "x"},
                                {"18", "", "2024-02-01 10:00:01", "NA", "2", "4"}});
  EXPECT_EQ(map.columns[*map.time.column], "CreatedAt");
  EXPECT_EQ(map.time.formats[0].format, "%Y-%m-%d %H:%M:%S");
  ASSERT_EQ(map.identifiers.size(), 2u);
  EXPECT_EQ(map.identifiers[0].kind, "customer_id");
  EXPECT_EQ(map.identifiers[1].kind, "email");
  const auto type_of = [&](const std::string& field) {
    for (const PayloadRule& rule : map.payload) {
      if (rule.field == field) return rule.type;
    }
    ADD_FAILURE() << "no field " << field;
    return CellType::kBool;
  };
  EXPECT_EQ(type_of("visits"), CellType::kInt);
  EXPECT_EQ(type_of("score"), CellType::kDouble);
  EXPECT_EQ(type_of("note"), CellType::kString);
  EXPECT_EQ(type_of("created_at"), CellType::kString);
}

TEST(MapSkeletonTest, LocalTimesWithFractionsAskForTheirZone) {
  const ImportMap map = Parsed({"id", "at"}, {{"1", "2024-02-01 10:00:00.123"}});
  EXPECT_EQ(map.time.formats[0].format, "%Y-%m-%d %H:%M:%S.%f");
}

TEST(MapSkeletonTest, ColumnsOfOneNameAreToldApartByNumber) {
  const ImportMap map = Parsed({"id", "city", "city"}, {{"1", "Rome", "Oslo"}});
  ASSERT_EQ(map.payload.size(), 3u);
  EXPECT_EQ(map.payload[0].column, 1u);
  EXPECT_EQ(map.payload[1].column, 2u);
}

TEST(MapSkeletonTest, CodesWithALeadingZeroOrPlusAreTexts) {
  const ImportMap map = Parsed({"zip", "phone"}, {{"01234", "+441234"}, {"22222", "+1"}});
  for (const PayloadRule& rule : map.payload) EXPECT_EQ(rule.type, CellType::kString) << rule.field;
}

TEST(MapSkeletonTest, ItIsAMapWhateverTheHeaderHolds) {
  for (const std::vector<std::string>& columns : {std::vector<std::string>{"x"},
                                                  {"a", "a"},
                                                  {"", " ", "\"quoted\""},
                                                  {"1st", "naïve", "a\nb"}}) {
    const ImportMap map = Parsed(columns, {});
    EXPECT_EQ(map.columns, columns);
    EXPECT_EQ(map.payload.size(), columns.size());
  }
}

}  // namespace
}  // namespace selfsame::cli
