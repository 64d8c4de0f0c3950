// Schemas and vocabularies, from files into the registry and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/cli/shop_site.h"

namespace selfsame::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

const std::string kCountryField = "  string country = 3";

// The second version: one field more.
std::string WithNote() {
  return Replaced(kOrderProto, kCountryField,
                  "  string note = 4 [(selfsame.options.v1.field) = {class: DATA_CLASS_PII}];\n" +
                      kCountryField);
}

TEST(CliSchemaTest, CheckNeedsNoServerToFindWhatFilesSay) {
  const TempFolder folder;
  Tool tool({"PATH=/usr/bin:/bin"});
  const std::string path = folder.path() + "/order.proto";
  const auto check = [&](const std::string& proto) {
    FILE* file = std::fopen(path.c_str(), "w");
    std::fputs(proto.c_str(), file);
    std::fclose(file);
    return tool.Run({"schema", "check", path, "-I", folder.path(), "--output", "json"});
  };
  const ToolResult good = check(kOrderProto);
  EXPECT_EQ(good.exit_code, 0) << good.errors;
  EXPECT_EQ(good.Json()["message"], "shop.v1.Order");
  EXPECT_EQ(good.Json()["registry_asked"], false);

  const ToolResult bad = check(
      Replaced(kOrderProto, "class: DATA_CLASS_INTERNAL, required: true}", "required: true}"));
  EXPECT_EQ(bad.exit_code, 4);
  ASSERT_EQ(bad.Json()["findings"].size(), 1u) << bad.output;
  EXPECT_EQ(bad.Json()["findings"][0]["rule"], "CATALOG_ENTRY_REQUIRED");
  EXPECT_EQ(bad.Json()["findings"][0]["path"], "shop.v1.Order.order_id");

  EXPECT_EQ(check("syntax = \"proto3\"; message X {").exit_code, 2);
  EXPECT_EQ(Tool({"PATH=/nowhere"}).Run({"schema", "check", path}).exit_code, 4);  // No protoc.
}

TEST(CliSchemaTest, ASchemaGoesIntoTheRegistryAndComesBackTheSame) {
  ShopSite site;
  const std::string file = site.Write("order.proto", kOrderProto);
  const ToolResult checked = site.RunJson({"schema", "check", file, "-I", site.folder()});
  EXPECT_EQ(checked.exit_code, 0) << checked.output << checked.errors;
  EXPECT_EQ(checked.Json()["registry_asked"], true);
  EXPECT_EQ(checked.Json()["version"], 1);
  site.RegisterOrder();
  const ToolResult again = site.RunJson({"schema", "register", file, "-I", site.folder()});
  EXPECT_EQ(again.Json()["is_new"], false);
  EXPECT_EQ(again.Json()["schema"]["version"], 1);

  const ToolResult shown = site.Run({"schema", "show", "shop.v1.Order"});
  EXPECT_THAT(shown.output, HasSubstr("required, at least 0"));
  EXPECT_THAT(shown.output, HasSubstr("shop-team"));
  const auto listed = site.RunJson({"schema", "list", "shop.v1.Order"}).JsonLines();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0]["state"], "SCHEMA_STATE_ACTIVE");

  // Exported in either form it is the same schema.
  const std::string protos = site.folder() + "/out";
  ASSERT_EQ(site.Run({"schema", "export", "shop.v1.Order", "-o", protos}).exit_code, 0);
  const ToolResult same = site.Run(
      {"schema", "diff", "shop.v1.Order", protos + "/order.proto", "-I", protos, "--exit-code"});
  EXPECT_EQ(same.exit_code, 0) << same.output << same.errors;
  const std::string set = site.folder() + "/order.pb";
  ASSERT_EQ(site.Run({"schema", "export", "shop.v1.Order", "--format", "descriptor-set", "-o", set})
                .exit_code,
            0);
  EXPECT_EQ(site.RunJson({"schema", "register", "--descriptor-set", set}).Json()["is_new"], false);
}

TEST(CliSchemaTest, VersionsAreComparedDeprecatedAndRetired) {
  ShopSite site;
  site.RegisterOrder();
  const std::string file = site.Write("next.proto", WithNote());
  const ToolResult ahead =
      site.RunJson({"schema", "diff", "shop.v1.Order", file, "-I", site.folder(), "--exit-code"});
  EXPECT_EQ(ahead.exit_code, 1) << ahead.errors;
  ASSERT_EQ(ahead.JsonLines().size(), 1u) << ahead.output;
  EXPECT_EQ(ahead.JsonLines()[0]["path"], "shop.v1.Order.note");
  EXPECT_EQ(site.Run({"schema", "diff", "shop.v1.Order"}).exit_code, 3);  // Nothing before 1.

  site.RegisterOrder(WithNote());
  EXPECT_EQ(site.RunJson({"schema", "diff", "shop.v1.Order"}).output, ahead.output);
  const ToolResult deprecated = site.RunJson(
      {"schema", "deprecate", "shop.v1.Order", "--version", "1", "--sunset", "2030-01-01"});
  ASSERT_EQ(deprecated.exit_code, 0) << deprecated.errors;
  EXPECT_EQ(deprecated.Json()["state"], "SCHEMA_STATE_DEPRECATED");
  EXPECT_EQ(deprecated.Json()["sunset_at"], "2030-01-01T00:00:00Z");

  // Use is noted some seconds late.
  const Deadline deadline = Deadline::After(std::chrono::seconds(30));
  const auto last_record = [&site] {
    const auto listed = site.RunJson({"schema", "list", "shop.v1.Order"}).JsonLines();
    return listed.empty() ? nlohmann::json() : listed[0].value("last_record_at", nlohmann::json());
  };
  while (last_record().is_null() && !deadline.Expired()) {
  }
  const ToolResult in_use = site.Run({"schema", "retire", "shop.v1.Order", "--version", "1"});
  EXPECT_EQ(in_use.exit_code, 4);
  EXPECT_THAT(in_use.errors, HasSubstr("SCHEMA_IN_USE"));
  ASSERT_EQ(site.Run({"schema", "retire", "shop.v1.Order", "--version", "1", "--force"}).exit_code,
            0);
  EXPECT_EQ(site.RunJson({"schema", "list", "shop.v1.Order"}).JsonLines().size(), 1u);
  EXPECT_EQ(site.RunJson({"schema", "list", "shop.v1.Order", "--all"}).JsonLines().size(), 2u);
  EXPECT_EQ(site.Run({"schema", "show", "shop.v1.Nothing"}).exit_code, 3);
  EXPECT_EQ(site.Run({"schema", "retire", "selfsame.schemas.web.v1.PageViewed", "--version", "1"})
                .exit_code,
            4);
}

TEST(CliSchemaTest, WhatWouldBreakRecordsIsRefusedWithAllItBreaks) {
  ShopSite site;
  site.RegisterOrder();
  const std::string file =
      site.Write("order.proto", Replaced(kOrderProto, "optional double total", "string total"));
  const ToolResult checked = site.RunJson({"schema", "check", file, "-I", site.folder()});
  EXPECT_EQ(checked.exit_code, 4);
  bool names_the_field = false;
  const nlohmann::json report = checked.Json();
  for (const auto& finding : report["findings"]) {
    names_the_field |= finding["path"] == "shop.v1.Order.total" && finding["against_version"] == 1;
  }
  EXPECT_TRUE(names_the_field) << checked.output;
  const ToolResult refused = site.Run({"schema", "register", file, "-I", site.folder()});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_THAT(refused.errors, HasSubstr("SCHEMA_REFUSED"));
  EXPECT_THAT(refused.errors, HasSubstr("shop.v1.Order.total"));
}

TEST(CliSchemaTest, DriftNamesWhatNoSchemaKnows) {
  ShopSite site;
  site.RegisterOrder();
  EXPECT_EQ(site.Send("k-1", R"({"order_id":"1","total":1,"colour":"red"})").outcome(),
            ingest::v1::OUTCOME_ACCEPTED);
  const Deadline deadline = Deadline::After(std::chrono::seconds(30));
  nlohmann::json unknown;
  while (unknown.empty() && !deadline.Expired()) {
    unknown = site.RunJson({"schema", "drift", "--schema", "shop.v1.Order"}).Json()["unknown"];
  }
  ASSERT_EQ(unknown.size(), 1u) << site.Run({"schema", "drift"}).output;
  EXPECT_THAT(unknown[0]["path"].get<std::string>(), testing::EndsWith("colour"));
  EXPECT_EQ(unknown[0]["source"], "web");
  const ToolResult text = site.Run({"schema", "drift"});
  EXPECT_THAT(text.output, HasSubstr("colour"));
  EXPECT_THAT(text.output, Not(HasSubstr("red")));
}

TEST(CliVocabularyTest, TermsAreLoadedFromEitherKindOfFile) {
  ShopSite site;
  const std::string toml = site.Write(
      "plans.toml",
      "[[term]]\nvalue = \"pro\"\nsynonyms = [\"professional\"]\n[[term]]\nvalue = \"free\"\n");
  const ToolResult loaded = site.RunJson({"vocabulary", "load", toml});
  ASSERT_EQ(loaded.exit_code, 0) << loaded.errors;
  EXPECT_EQ(loaded.Json()["name"], "plans");
  EXPECT_EQ(loaded.Json()["terms"], 2);
  EXPECT_EQ(site.RunJson({"vocabulary", "load", toml}).Json()["is_new"], false);
  const std::string csv = site.Write("plans.csv", "value,synonym\npro,professional,prof\n");
  EXPECT_EQ(site.RunJson({"vocabulary", "load", csv}).Json()["version"], 2);

  EXPECT_THAT(site.Run({"vocabulary", "list"}).output, HasSubstr("plans  2        1"));
  EXPECT_EQ(site.Run({"vocabulary", "show", "plans"}).output,
            "TERM  SYNONYMS\npro   professional, prof\n");
  EXPECT_EQ(site.Run({"vocabulary", "show", "colours"}).exit_code, 3);
  const std::string twice = site.Write("twice.csv", "pro,free\nfree,\n");
  EXPECT_EQ(site.Run({"vocabulary", "load", twice}).exit_code, 2);
}

}  // namespace
}  // namespace selfsame::test
