// The quality report: what its reader must be able to see.
#include "cli/quality/report_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kMicrosADay = std::int64_t{86'400} * 1'000'000;
// 2026-02-10T15:20:00Z.
constexpr TimeUs kNow{1'770'736'800'000'000};

QualityFacts FactsOf(std::uint32_t days) {
  QualityFacts facts;
  facts.since = ReportSince(kNow, days);
  return facts;
}

void AddHour(QualityFacts& facts, const std::string& source, std::int64_t hours_ago,
             std::uint64_t accepted) {
  auto* hour = facts.hours.add_hours();
  hour->set_source(source);
  const std::int64_t at = kNow.us / 1'000'000 - hours_ago * 3'600;
  hour->mutable_hour_at()->set_seconds(at - at % 3'600);
  hour->set_received(accepted);
  hour->set_accepted(accepted);
}

void AddProfileField(QualityFacts& facts, const std::string& name, std::uint64_t profiles) {
  auto* field = facts.quality.add_fields();
  field->set_field(name);
  field->set_profiles(profiles);
  field->set_age_p90(86'400 * 10);
  auto* source = field->add_sources();
  source->set_source("crm");
  source->set_profiles(profiles);
}

int CountOf(const std::string& text, std::string_view part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(ReportPageTest, DaysWithoutRecordsAreColumnsToo) {
  QualityFacts facts = FactsOf(14);
  AddHour(facts, "web", 1, 10);
  AddHour(facts, "web", 72, 10);
  const std::string page = QualityHtml(facts, kNow);
  EXPECT_EQ(facts.since.us, (kNow.us / kMicrosADay - 14) * kMicrosADay);
  EXPECT_EQ(CountOf(page, "<rect class=\"none\""), 13);  // Of fifteen days.
  EXPECT_THAT(page,
              AllOf(HasSubstr("2026-02-08\nnothing arrived"), HasSubstr("2026-02-10\naccepted: 10"),
                    HasSubstr("<span>2026-01-27 to 2026-02-10</span>"),
                    HasSubstr("last heard from in the hour of 2026-02-10 14:00")));
}

TEST(ReportPageTest, AFewDaysAreShownByTheHour) {
  QualityFacts facts = FactsOf(2);
  AddHour(facts, "web", 1, 10);
  const std::string page = QualityHtml(facts, kNow);
  EXPECT_EQ(CountOf(page, "<rect class=\"none\""), 2 * 24 + 16 - 1);
  EXPECT_THAT(page, HasSubstr("2026-02-10 15:00\nnothing arrived"));
}

TEST(ReportPageTest, ASourceThatFellSilentIsThereAllTheSame) {
  QualityFacts facts = FactsOf(14);
  AddHour(facts, "web", 1, 10);
  AddProfileField(facts, "city", 3);
  EXPECT_THAT(QualityHtml(facts, kNow), HasSubstr("<h3>crm <small class=\"missed\">silent"));
  QualityFacts senders = FactsOf(14);
  senders.fields.add_fields()->add_senders()->set_source("pos");
  EXPECT_THAT(QualityHtml(senders, kNow), HasSubstr("<h3>pos <small class=\"missed\">silent"));
}

TEST(ReportPageTest, TargetsAreShownWhereThereAreObjectives) {
  QualityFacts facts = FactsOf(14);
  facts.quality.set_profiles(10);
  AddProfileField(facts, "email", 5);
  AddProfileField(facts, "city", 9);
  const std::string plain = QualityHtml(facts, kNow);
  EXPECT_THAT(plain, AllOf(Not(HasSubstr("class=\"target\"")), Not(HasSubstr("wanted"))));

  facts.objectives = {
      {.name = "a", .measure = Measure::kProfileCompleteness, .field = "email", .target = 0.6},
      {.name = "b", .measure = Measure::kProfileCompleteness, .field = "city", .target = 0.8},
      {.name = "c",
       .measure = Measure::kProfileCompleteness,
       .tenant = "other",
       .field = "city",
       .target = 0.99},
      {.name = "d",
       .measure = Measure::kFreshness,
       .field = "city",
       .target = 1,
       .within_seconds = 86'400 * 5}};
  const std::string page = QualityHtml(facts, kNow);
  EXPECT_EQ(CountOf(page, "class=\"target\""), 2);
  EXPECT_THAT(page, AllOf(HasSubstr("(too low, wanted: 60.0 %)"), HasSubstr("(wanted: 80.0 %)"),
                          HasSubstr("10 days <small class=\"missed\">(too old, wanted: 5 days)"),
                          Not(HasSubstr("99.0 %"))));
}

// As the alerts do: nobody is told that a target is reached which a few more verdicts could miss.
TEST(ReportPageTest, AnAuditReachesItsTargetByItsLowerBound) {
  QualityFacts facts = FactsOf(14);
  auto* audit = facts.quality.add_audits();
  audit->set_field("email");
  audit->set_right(19);
  audit->set_wrong(1);
  audit->set_accuracy(0.95);
  audit->set_accuracy_low(0.76);
  audit->set_accuracy_high(0.99);
  facts.objectives = {
      {.name = "a", .measure = Measure::kAccuracy, .field = "email", .target = 0.9}};
  EXPECT_THAT(QualityHtml(facts, kNow), HasSubstr("(too low, wanted: 90.0 %)"));
}

TEST(ReportPageTest, ValidityIsToldBySourceAndBrokenRulesByField) {
  QualityFacts facts = FactsOf(14);
  AddHour(facts, "web", 1, 6);
  auto* hour = facts.hours.mutable_hours(0);
  hour->set_received(10);
  hour->set_quarantined(2);
  hour->set_duplicate(1);
  hour->set_alike(1);
  facts.objectives = {{.name = "a", .measure = Measure::kUniqueness, .target = 0.9}};
  for (int i = 0; i < 2; ++i) {
    auto* record = facts.broken.add_records();
    record->set_source("web");
    for (const char* field : {"payload.items[0].sku", "payload.items[7].sku", "payload.<b>"}) {
      auto* violation = record->add_violations();
      violation->set_field(field);
      violation->set_reason("FIELD_REQUIRED");
    }
  }
  const std::string page = QualityHtml(facts, kNow);
  EXPECT_THAT(page, AllOf(HasSubstr("aria-label=\"80.0 %\""),
                          HasSubstr("aria-label=\"80.0 %, wanted: 90.0 %\""),
                          HasSubstr("payload.items.sku"), HasSubstr("field required"),
                          HasSubstr("payload.&lt;b&gt;"), Not(HasSubstr("payload.<b>"))));
  EXPECT_EQ(CountOf(page, "payload.items.sku"), 1);
  EXPECT_THAT(page, HasSubstr("<td data-label=\"Records\"><span>2</span>"));
  facts.broken.set_next_page_token("more");
  EXPECT_THAT(QualityHtml(facts, kNow), HasSubstr("Of the 2 records that came"));
}

TEST(ReportPageTest, NothingAtAllIsSaidInWords) {
  const std::string page = QualityHtml(FactsOf(14), kNow);
  EXPECT_THAT(page, AllOf(HasSubstr("No source has sent anything yet."),
                          HasSubstr("Nothing is known of anybody yet."), Not(HasSubstr("<svg"))));
}

}  // namespace
}  // namespace selfsame::cli
