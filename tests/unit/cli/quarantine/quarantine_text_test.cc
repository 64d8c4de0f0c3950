#include "cli/quarantine/quarantine_text.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cli/quarantine/selector.h"

namespace selfsame::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

quarantine::v1::GetResponse Quarantined() {
  quarantine::v1::GetResponse response;
  auto& record = *response.mutable_record();
  record.set_quarantine_id("0190");
  record.set_source("web");
  record.set_key("k-1");
  record.set_schema("shop.v1.Order");
  record.set_schema_version(2);
  record.mutable_received_at()->set_seconds(60);
  record.mutable_expires_at()->set_seconds(120);
  record.set_reason("FIELD_REQUIRED");
  for (const char* field : {"payload.total", "payload.currency"}) {
    auto* violation = record.add_violations();
    violation->set_field(field);
    violation->set_reason("FIELD_REQUIRED");
    violation->set_message("is required");
  }
  return response;
}

TEST(QuarantineTextTest, RecordsAreOneLineEach) {
  quarantine::v1::ListResponse list;
  *list.add_records() = Quarantined().record();
  EXPECT_EQ(
      QuarantineTable(list),
      "ID    RECEIVED              SOURCE  SCHEMA            REASON             COPIES  EXPIRES\n"
      "0190  1970-01-01T00:01:00Z  web     shop.v1.Order v2  FIELD_REQUIRED +1  0       "
      "1970-01-01T00:02:00Z\n");
}

TEST(QuarantineTextTest, TheCardHasEveryViolationAndTheCopies) {
  auto response = Quarantined();
  EXPECT_THAT(QuarantineCard(response),
              HasSubstr("payload.currency  FIELD_REQUIRED  is required\n"));
  EXPECT_THAT(QuarantineCard(response), Not(HasSubstr("COPY")));
  auto* patch = response.add_patches();
  patch->set_number(1);
  patch->set_actor("ops");
  patch->set_comment("typo");
  EXPECT_THAT(QuarantineCard(response), HasSubstr("1     -     ops  typo\n"));
}

TEST(QuarantineTextTest, CountsEndWithHowManyInAll) {
  quarantine::v1::CountResponse counts;
  auto* group = counts.add_groups();
  group->set_source("web");
  group->set_schema("shop.v1.Order");
  group->set_reason("FIELD_REQUIRED");
  group->set_records(1'234);
  counts.set_records(1'234);
  EXPECT_EQ(CountTable(counts),
            "RECORDS  SOURCE  SCHEMA         REASON          OLDEST  NEWEST\n"
            "1,234    web     shop.v1.Order  FIELD_REQUIRED  -       -\n"
            "1,234 in all\n");
}

TEST(QuarantineTextTest, AReplayIsTheSumOfItsPages) {
  quarantine::v1::ReplayResponse page;
  page.set_accepted(3);
  page.set_quarantined(1);
  (*page.mutable_reasons())["FIELD_REQUIRED"] = 1;
  ReplaySummary summary;
  summary.Add(page);
  summary.Add(page);
  summary.finished = true;
  EXPECT_EQ(ReplayText(summary),
            "replayed 8\n"
            "  accepted     6\n"
            "  quarantined  2\n"
            "  duplicate    0\n"
            "  rejected     0\n"
            "\n"
            "REASON          RECORDS\n"
            "FIELD_REQUIRED  2\n");
  const auto json = ReplayJson(summary);
  EXPECT_EQ(json["records"], 8);
  EXPECT_EQ(json["reasons"]["FIELD_REQUIRED"], 2);
  summary.finished = false;
  summary.dry_run = true;
  EXPECT_THAT(ReplayText(summary), HasSubstr("would replay 8, not finished\n"));
}

TEST(SelectorTest, EveryConditionIsPassedOn) {
  const auto all = ToSelector({});
  ASSERT_TRUE(all.ok());
  EXPECT_TRUE(IsEmpty(*all));
  const auto some = ToSelector({.source = "web",
                                .schema = "shop.v1.Order",
                                .reason = "FIELD_REQUIRED",
                                .from = "1970-01-02",
                                .to = "1970-01-02T00:00:01Z",
                                .ids = {"a", "b"}});
  ASSERT_TRUE(some.ok());
  EXPECT_EQ(some->source(), "web");
  EXPECT_EQ(some->schema(), "shop.v1.Order");
  EXPECT_EQ(some->reason(), "FIELD_REQUIRED");
  EXPECT_EQ(some->from().seconds(), 86'400);
  EXPECT_EQ(some->to().seconds(), 86'401);
  EXPECT_EQ(some->quarantine_ids_size(), 2);
  EXPECT_FALSE(IsEmpty(*some));
}

TEST(SelectorTest, ATimeThatIsNoneIsRefusedWithItsOption) {
  const auto selector = ToSelector({.to = "yesterday"});
  ASSERT_FALSE(selector.ok());
  EXPECT_EQ(selector.error().reason, "TIME_MALFORMED");
  EXPECT_THAT(selector.error().message, HasSubstr("--to"));
}

}  // namespace
}  // namespace selfsame::cli
