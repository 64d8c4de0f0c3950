// The data catalog as it is read and passed on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/cli/shop_site.h"

namespace selfsame::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kTraits = "selfsame.schemas.account.v1.Traits";

nlohmann::json FieldOf(ShopSite& site, const std::string& path) {
  for (const auto& field :
       site.RunJson({"catalog", "list", "--schema", "shop.v1.Order"}).JsonLines()) {
    if (field["path"] == path) return field;
  }
  return {};
}

TEST(CliCatalogTest, EveryFieldSaysWhoseItIsAndWhoSendsIt) {
  ShopSite site;
  site.RegisterOrder();
  const Deadline deadline = Deadline::After(std::chrono::seconds(30));
  while (FieldOf(site, "order_id")["senders"].empty() && !deadline.Expired()) {
  }
  const auto field = FieldOf(site, "order_id");
  EXPECT_EQ(field["owner"], "shop-team");
  EXPECT_EQ(field["class"], "DATA_CLASS_INTERNAL");
  ASSERT_EQ(field["senders"].size(), 1u);
  EXPECT_EQ(field["senders"][0]["source"], "web");
  EXPECT_THAT(site.Run({"catalog", "list", "--schema", "shop.v1.Order"}).output,
              HasSubstr("shop.v1.Order v1  order_id  string  INTERNAL  365 days  100.0 %  web"));
  const ToolResult unused = site.Run({"catalog", "unused", "--schema", "shop.v1.Order"});
  EXPECT_THAT(unused.output, HasSubstr("country   never sent"));
  EXPECT_EQ(site.Run({"catalog", "list", "--schema", "no.Such"}).exit_code, 3);
}

TEST(CliCatalogTest, FieldsAreNarrowedByClassAndOwner) {
  ShopSite site;
  for (const auto& field : site.RunJson({"catalog", "list", "--class", "PII"}).JsonLines()) {
    EXPECT_EQ(field["class"], "DATA_CLASS_PII");
  }
  EXPECT_THAT(site.RunJson({"catalog", "list", "--owner", "nobody"}).JsonLines(), IsEmpty());
  EXPECT_FALSE(site.RunJson({"catalog", "list", "--owner", "data-governance"}).JsonLines().empty());
}

TEST(CliCatalogTest, LineageGoesIntoTheProfile) {
  ShopSite site;
  const ToolResult lineage = site.Run({"catalog", "lineage", kTraits, "email"});
  EXPECT_EQ(lineage.exit_code, 0) << lineage.errors;
  EXPECT_THAT(lineage.output, AllOf(HasSubstr("class    PII"), HasSubstr("from  nobody yet"),
                                    HasSubstr("into  attribute email of the profile")));
  EXPECT_EQ(site.Run({"catalog", "lineage", kTraits, "nothing"}).exit_code, 3);
}

TEST(CliCatalogTest, ThePageHasEveryFieldAndNeedsNothingElse) {
  ShopSite site;
  site.RegisterOrder();
  const std::string path = site.folder() + "/catalog.html";
  ASSERT_EQ(site.Run({"catalog", "export", "--format", "html", "-o", path}).exit_code, 0);
  const std::string page = ReadWholeFile(path);
  EXPECT_THAT(page, AllOf(HasSubstr("shop.v1.Order <small>version 1</small>"), HasSubstr(kTraits),
                          Not(HasSubstr("https:"))));
  const auto json = site.Run({"catalog", "export", "--format", "json"}).Json();
  ASSERT_FALSE(json["fields"].empty());
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = page.find("<td data-label=\"Field\">", at)) != std::string::npos;
       ++at) {
    ++rows;
  }
  EXPECT_EQ(rows, json["fields"].size());
  EXPECT_THAT(site.Run({"catalog", "export", "--format", "md"}).output,
              HasSubstr("## shop.v1.Order version 1"));
}

}  // namespace
}  // namespace selfsame::test
