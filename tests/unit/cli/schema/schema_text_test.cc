#include "cli/schema/schema_text.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>

#include <nlohmann/json.hpp>

#include "cli/schema/aspects.h"
#include "tests/unit/cli/schema/shop_schema.h"

namespace selfsame::cli {
namespace {

using testing::HasSubstr;

TEST(SchemaTextTest, EveryFieldIsALineWithItsRules) {
  EXPECT_EQ(FieldTable(Build(ShopSet())->descriptor()),
            "FIELD      TYPE                   CLASS     RULES                   KEPT     OWNER  "
            "PURPOSE\n"
            "order_id   string                 INTERNAL  required, 1 to 20 long  30 days  shop   "
            "Fulfilment\n"
            "items      repeated shop.v1.Item            -                                       \n"
            "items.sku  string                 PUBLIC    required                30 days  shop   "
            "Fulfilment\n"
            "total      float                  INTERNAL  > 0                     30 days  shop   "
            "Fulfilment\n"
            "channel    shop.v1.Channel        INTERNAL  -                       30 days  shop   "
            "Fulfilment\n");
}

TEST(SchemaTextTest, FieldsAsJsonHaveTheirOptions) {
  const auto fields = FieldsJson(Build(ShopSet())->descriptor());
  ASSERT_EQ(fields.size(), 5u);
  EXPECT_EQ(fields[0]["options"]["length.max"], "20");
  EXPECT_EQ(fields[2]["path"], "items.sku");
  EXPECT_EQ(fields[2]["retention_days"], 30);
}

TEST(SchemaTextTest, RulesAreAFewWords) {
  const auto* field = options::v1::FieldRules::descriptor()->FindFieldByName("owner");
  EXPECT_EQ(RulesText(*field), "-");
  auto set = ShopSet();
  auto* rules = set.mutable_file(0)
                    ->mutable_message_type(1)
                    ->mutable_field(2)
                    ->mutable_options()
                    ->MutableExtension(options::v1::field);
  rules->mutable_range()->set_max(10);
  rules->add_one_of("a");
  rules->add_one_of("b");
  rules->set_vocabulary("skus");
  rules->set_format(options::v1::FORMAT_EMAIL);
  EXPECT_EQ(RulesText(*Build(set)->descriptor().FindFieldByName("total")),
            "EMAIL, of vocabulary skus, > 0 and <= 10, one of a | b");
}

TEST(SchemaTextTest, FindingsOfToolAndRegistryAreOneList) {
  schema::v1::RegisterSchemaResponse response;
  auto* broken = response.add_findings();
  broken->set_rule("FIELD_TYPE_CHANGED");
  broken->set_path("shop.v1.Order.total");
  broken->set_old("float");
  broken->set_new_("string");
  broken->set_against_version(2);
  broken->set_message("the type changed");
  broken = response.add_findings();
  broken->set_rule("OPTION_INVALID");
  broken->set_path("shop.v1.Order");
  std::vector<schema::Finding> findings = {
      {.rule = "OPTION_INVALID", .path = "shop.v1.Order", .message = "needs a kind"}};
  AddFindings(FindingsOf(response), findings);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(FindingText(findings),
            "OPTION_INVALID  shop.v1.Order\n"
            "    needs a kind\n"
            "FIELD_TYPE_CHANGED  shop.v1.Order.total  (against version 2)\n"
            "    the type changed: float -> string\n");
  EXPECT_EQ(FindingsJson(findings)[1]["against_version"], 2);
}

TEST(SchemaTextTest, ExportedTextHasTheOptionsAndLeavesOutWhatTheServerSupplies) {
  const auto texts = ProtoTexts(Build(ShopSet())->descriptor());
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_EQ(texts[0].first, "shop/v1/order.proto");
  EXPECT_THAT(texts[0].second, HasSubstr("import \"selfsame/options/v1/options.proto\";"));
  EXPECT_THAT(texts[0].second, HasSubstr("string order_id = 1"));
  EXPECT_THAT(texts[0].second, HasSubstr("(.selfsame.options.v1.field)"));
}

TEST(SchemaTextTest, VersionsAreOneLineEach) {
  schema::v1::ListSchemasResponse response;
  auto* schema = response.add_schemas();
  schema->set_name("shop.v1.Order");
  schema->set_version(2);
  schema->set_kind(options::v1::KIND_EVENT);
  schema->set_state(schema::v1::SCHEMA_STATE_DEPRECATED);
  schema->set_registered_by("ci");
  schema->mutable_registered_at()->set_seconds(60);
  EXPECT_EQ(SchemaTable(response),
            "NAME           VERSION  KIND   STATE       LAST RECORD  REGISTERED            BY\n"
            "shop.v1.Order  2        EVENT  DEPRECATED  -            1970-01-01T00:01:00Z  ci\n");
  schema->mutable_sunset_at()->set_seconds(120);
  EXPECT_THAT(SchemaCard(*schema), HasSubstr("sunset       1970-01-01T00:02:00Z\n"));
}

TEST(SchemaTextTest, DifferencesAreATable) {
  EXPECT_EQ(DifferenceTable({}), "no difference\n");
  EXPECT_EQ(DifferenceTable({{Change::kChanged, "a.B.c", "type", "float", "double"},
                             {Change::kAdded, "a.B.d", "field", "", "string d = 2"}}),
            "CHANGE   ELEMENT  ASPECT  OLD    NEW\n"
            "changed  a.B.c    type    float  double\n"
            "added    a.B.d    field   -      string d = 2\n");
}

}  // namespace
}  // namespace selfsame::cli
