#include "cli/import/choose_map.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace selfsame::cli {
namespace {

const std::vector<std::string> kRetailHeader = {"InvoiceNo",  "StockCode",   "Description",
                                                "Quantity",   "InvoiceDate", "UnitPrice",
                                                "CustomerID", "Country"};

TEST(ChooseMapTest, AKnownHeaderFindsItsShippedMap) {
  const auto map = ChooseMap("", kRetailHeader);
  ASSERT_TRUE(map.ok());
  EXPECT_EQ(map->name, "online_retail");
}

TEST(ChooseMapTest, AnotherHeaderFindsNone) {
  auto header = kRetailHeader;
  header.pop_back();
  EXPECT_EQ(ChooseMap("", header).error().reason, "MAP_UNKNOWN");
}

TEST(ChooseMapTest, AMapForAnotherHeaderIsRefused) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/map.toml";
  std::ofstream(path) << "name = \"m\"\nschema = \"s\"\nkind = \"event\"\ncolumns = [\"a\"]\n"
                         "time = { column = \"a\", format = \"unix\" }\n"
                         "identifier = [{ kind = \"k\", column = \"a\" }]\npayload = {}\n";
  EXPECT_TRUE(ChooseMap(path, {"a"}).ok());
  EXPECT_EQ(ChooseMap(path, {"a", "b"}).error().reason, "MAP_COLUMNS_DIFFER");
  EXPECT_EQ(ChooseMap(path + ".not", {"a"}).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace selfsame::cli
