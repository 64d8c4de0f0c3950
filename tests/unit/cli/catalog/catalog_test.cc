#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/catalog/catalog_page.h"
#include "cli/catalog/catalog_text.h"

namespace selfsame::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr TimeUs kThen{60'000'000};

catalog::v1::Field Email() {
  catalog::v1::Field field;
  field.set_schema("shop.v1.Customer");
  field.set_schema_version(2);
  field.set_path("email");
  field.set_type("string");
  field.set_owner("<sales>");
  field.set_purpose("Reaching | the customer");
  field.set_class_(options::v1::DATA_CLASS_PII);
  field.set_legal_basis(options::v1::LEGAL_BASIS_CONTRACT);
  field.set_retention_days(30);
  field.set_format(options::v1::FORMAT_EMAIL);
  field.set_is_required(true);
  field.set_attribute("email");
  field.set_records(1'000);
  field.set_filled(982);
  field.mutable_last_seen_at()->set_seconds(60);
  auto* sender = field.add_senders();
  sender->set_source("web");
  sender->set_records(1'000);
  sender->set_filled(982);
  sender->mutable_last_seen_at()->set_seconds(60);
  auto* consumer = field.add_consumers();
  consumer->set_name("newsletter");
  consumer->set_is_declared(true);
  return field;
}

catalog::v1::ListFieldsResponse Fields() {
  catalog::v1::ListFieldsResponse fields;
  *fields.add_fields() = Email();
  auto* other = fields.add_fields();
  other->set_schema("shop.v1.Order");
  other->set_path("total");
  other->set_type("double");
  other->set_unused(catalog::v1::Field::UNUSED_NEVER_SENT);
  return fields;
}

TEST(CatalogTextTest, AFieldIsALine) {
  EXPECT_THAT(CatalogTable(Fields()),
              AllOf(HasSubstr("shop.v1.Customer v2  email  string  PII    30 days  98.2 %  web  "
                              "    newsletter  <sales>\n"),
                    HasSubstr("shop.v1.Order v0     total  double  -      0 days   -       -   "
                              "     -           \n")));
}

TEST(CatalogTextTest, AnUnusedFieldSaysWhy) {
  EXPECT_THAT(UnusedTable(Fields()), HasSubstr("total  never sent  -"));
}

TEST(CatalogTextTest, LineageGoesFromSourceToReader) {
  catalog::v1::GetLineageResponse lineage;
  *lineage.mutable_field() = Email();
  lineage.add_also_from("account.v1.Traits.email");
  EXPECT_EQ(LineageText(lineage),
            "shop.v1.Customer.email  (string, version 2)\n"
            "  owner    <sales>\n"
            "  purpose  Reaching | the customer\n"
            "  class    PII\n"
            "  basis    CONTRACT\n"
            "  kept     30 days\n"
            "  filled   98.2 %\n"
            "\n"
            "from  source web: 982 of 1,000 records, last 1970-01-01T00:01:00Z\n"
            "into  attribute email of the profile\n"
            "      where account.v1.Traits.email goes too\n"
            "to    newsletter: not seen to read, declared by the schema\n");
}

TEST(CatalogTextTest, WhatNobodySendsOrReadsSaysSo) {
  catalog::v1::GetLineageResponse lineage;
  *lineage.mutable_field() = Fields().fields(1);
  EXPECT_THAT(LineageText(lineage),
              AllOf(HasSubstr("from  nobody yet\n"), HasSubstr("into  events\n"),
                    HasSubstr("to    nobody yet\n")));
}

TEST(CatalogPageTest, TheHtmlPageNeedsNothingElse) {
  const std::string page = CatalogHtml(Fields(), kThen);
  EXPECT_THAT(page,
              AllOf(Not(HasSubstr("http:")), Not(HasSubstr("https:")), Not(HasSubstr("src=")),
                    Not(HasSubstr("<link")), Not(HasSubstr("@import")), Not(HasSubstr("{{"))));
  EXPECT_THAT(page, AllOf(HasSubstr("name=\"viewport\""), HasSubstr("default-src 'none'"),
                          HasSubstr("2 fields, as of 1970-01-01T00:01:00Z")));
}

TEST(CatalogPageTest, EveryFieldIsInThePageAndNothingInItIsMarkup) {
  const std::string page = CatalogHtml(Fields(), kThen);
  EXPECT_THAT(page,
              AllOf(HasSubstr("<h2>shop.v1.Customer <small>version 2</small></h2>"),
                    HasSubstr("<td data-label=\"Owner\">&lt;sales&gt;</td>"),
                    HasSubstr("<td data-label=\"Rules\">required, EMAIL</td>"),
                    HasSubstr("<td data-label=\"Field\">total</td>"), Not(HasSubstr("<sales>"))));
  EXPECT_EQ(EscapeHtml("<a href='x' title=\"y\">&"),
            "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;");
}

TEST(CatalogPageTest, TextOfASchemaCannotFillThePagesOwnPlaces) {
  auto fields = Fields();
  fields.mutable_fields(0)->set_purpose("{{sections}} {{as_of}}");
  EXPECT_THAT(CatalogHtml(fields, kThen),
              HasSubstr("<td data-label=\"Purpose\">{{sections}} {{as_of}}</td>"));
}

TEST(CatalogPageTest, AnEmptyCatalogSaysSo) {
  EXPECT_THAT(CatalogHtml({}, kThen), HasSubstr("There are no fields yet."));
}

TEST(CatalogPageTest, MarkdownHasATableForEachSchema) {
  const std::string page = CatalogMarkdown(Fields(), kThen);
  EXPECT_THAT(page, AllOf(HasSubstr("# Data catalog\n\n2 fields, as of 1970-01-01T00:01:00Z.\n"),
                          HasSubstr("## shop.v1.Customer version 2\n\n| Field | Type |"),
                          HasSubstr("|---|---|"), HasSubstr("| Reaching \\| the customer |"),
                          HasSubstr("| \\<sales\\> |")));
  EXPECT_EQ(EscapeMarkdownCell("a|b\nc"), "a\\|b c");
}

}  // namespace
}  // namespace selfsame::cli
