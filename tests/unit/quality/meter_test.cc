// What the meter counts of settled records, and how many series there can ever be.
#include "server/quality/quality_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "server/observe/metrics.h"
#include "server/observe/metrics_server.h"
#include "tests/support/built_in_catalog.h"
#include "tests/support/http_get.h"

namespace selfsame::quality {
namespace {

using ingest::OutcomeKind;
using ingest::PreparedRecord;
using testing::HasSubstr;
using testing::Not;

constexpr TimeUs kNow{1'700'000'000'000'000};
constexpr const char* kSignedUp = "selfsame.schemas.account.v1.SignedUp";

storage::Source SourceNamed(const std::string& name, int id) {
  return {.id = SourceId{id}, .tenant = TenantId{1}, .name = name};
}

class QualityMeterTest : public testing::Test {
 protected:
  SchemaId IdOf(const std::string& name) const { return catalog_.Find(tenant_.id, name, 0)->id; }

  // The index of an entry of a schema.
  std::uint16_t EntryOf(const std::string& schema, const std::string& path) const {
    const auto& all = catalog_.Find(tenant_.id, schema, 0)->compiled->entries().all;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const schema::Entry& entry) { return entry.path == path; });
    SELFSAME_CHECK(found != all.end());
    return static_cast<std::uint16_t>(found - all.begin());
  }

  PreparedRecord Accepted(std::uint8_t content) const {
    PreparedRecord record;
    record.schema = IdOf(kSignedUp);
    record.event_time = TimeUs{kNow.us - 30'000'000};
    record.fingerprint.bytes[15] = content;
    record.filled = {EntryOf(kSignedUp, "plan")};
    record.outcome.kind = OutcomeKind::kAccepted;
    return record;
  }

  void Receive(const std::vector<PreparedRecord>& records) {
    meter_.AddReceived({tenant_, web_, catalog_, kNow}, records);
  }

  std::string Scrape() {
    auto server = observe::MetricsServer::Start(metrics_, {});
    SELFSAME_CHECK(server.ok());
    return test::HttpGet("127.0.0.1:" + std::to_string((*server)->port()), "/metrics");
  }

  const schema::Catalog catalog_{test::BuiltInVersions()};
  const storage::Tenant tenant_{.id = TenantId{1},
                                .name = "acme",
                                .node_key = storage::Secret(""),
                                .seal_key = storage::Secret("")};
  const storage::Source web_ = SourceNamed("web", 1);
  observe::Metrics metrics_{{.version = "1", .commit = "c", .started_at = kNow}};
  QualityMeter meter_{metrics_.quality};
};

TEST_F(QualityMeterTest, AcceptedRecordsSayHowCompleteFreshAndTimelyTheyAre) {
  Receive({Accepted(1), Accepted(2), Accepted(1)});
  const std::string shown = Scrape();
  const std::string of_web = R"({tenant="acme",source="web")";
  const std::string of_schema = of_web + R"(,schema="selfsame.schemas.account.v1.SignedUp")";
  for (const std::string& line :
       {"selfsame_field_records_total" + of_schema + ",field=\"plan\"} 3\n",
        "selfsame_field_records_total" + of_schema + ",field=\"origin\"} 0\n",
        "selfsame_field_checked_total" + of_schema + ",field=\"plan\"} 3\n",
        "selfsame_field_checked_total" + of_schema + ",field=\"origin\"} 3\n",
        "selfsame_quality_records_total" + of_schema + "} 3\n",
        "selfsame_schema_checked_total" + of_schema + "} 3\n",
        "selfsame_records_alike_total" + of_web + "} 1\n",
        "selfsame_event_lag_seconds_bucket" + of_web + ",le=\"10\"} 0\n",
        "selfsame_event_lag_seconds_bucket" + of_web + ",le=\"60\"} 3\n",
        "selfsame_event_lag_seconds_sum" + of_web + "} 90\n",
        "selfsame_source_last_record_timestamp_seconds" + of_web + "} 1700000000\n",
        "selfsame_source_last_event_timestamp_seconds" + of_web + "} 1699999970\n"}) {
    EXPECT_THAT(shown, HasSubstr(line));
  }
}

TEST_F(QualityMeterTest, IdentifiersAreToldByKindAndCustomKindsTogether) {
  const identity::Ruleset& rules = identity::DefaultRuleset();
  PreparedRecord record = Accepted(1);
  // The kinds of one's own come first and last: whether the ruleset puts them so or not.
  for (const char* kind : {"canary:first", "customer_id", "email", "email", "canary:id"}) {
    record.mentions.push_back({.rule = rules.Find(kind), .kind = kind});
  }
  Receive({record, record, Accepted(2)});
  const std::string shown = Scrape();
  const std::string of_web =
      R"(selfsame_records_identified_total{tenant="acme",source="web",kind=)";
  EXPECT_THAT(shown, HasSubstr(of_web + "\"customer_id\"} 2\n"));
  EXPECT_THAT(shown, HasSubstr(of_web + "\"email\"} 2\n"));
  EXPECT_THAT(shown, HasSubstr(of_web + "\"CUSTOM\"} 2\n"));
  EXPECT_THAT(shown, Not(HasSubstr("canary")));
}

TEST_F(QualityMeterTest, ViolationsAreToldByFieldAndRuleAndNeverByWhatAClientWrote) {
  PreparedRecord bad = Accepted(1);
  bad.outcome = {.kind = OutcomeKind::kQuarantined,
                 .reason = "TOO_LONG",
                 .violations = {{"plan", "TOO_LONG", ""},
                                {"identifiers[0].value", "EMAIL_INVALID", ""},
                                {"canary@example.com", "UNKNOWN_FIELD", ""},
                                {"plan[\"canary\"]", "TOO_LONG", ""}}};
  Receive({bad});
  const std::string shown = Scrape();
  const std::string of_schema = R"(selfsame_field_violations_total{tenant="acme",source="web",)"
                                R"(schema="selfsame.schemas.account.v1.SignedUp")";
  EXPECT_THAT(shown, HasSubstr(of_schema + R"(,field="plan",reason="TOO_LONG"} 1)"))
      << "once a record";
  EXPECT_THAT(shown,
              HasSubstr(of_schema + R"(,field="identifiers.value",reason="EMAIL_INVALID"} 1)"));
  EXPECT_THAT(shown, HasSubstr(of_schema + R"(,field="",reason="UNKNOWN_FIELD"} 1)"));
  EXPECT_THAT(shown, Not(HasSubstr("canary")));
}

TEST_F(QualityMeterTest, ARecordIsInvalidOnceAFieldHoweverManyRulesItBreaks) {
  PreparedRecord bad = Accepted(1);
  bad.outcome = {.kind = OutcomeKind::kQuarantined,
                 .reason = "TOO_LONG",
                 .violations = {{"plan", "TOO_LONG", ""}, {"plan", "PATTERN_MISMATCH", ""}}};
  PreparedRecord unknown = bad;
  unknown.schema = SchemaId{};
  unknown.outcome.violations = {{"schema", "SCHEMA_UNKNOWN", ""}};
  PreparedRecord duplicate = Accepted(1);
  duplicate.outcome.kind = OutcomeKind::kDuplicate;
  Receive({bad, bad, Accepted(1), unknown, duplicate});
  const std::string shown = Scrape();
  const std::string of_web = R"({tenant="acme",source="web",schema=)";
  const std::string name = R"("selfsame.schemas.account.v1.SignedUp")";
  for (const std::string& line :
       {"selfsame_field_invalid_records_total" + of_web + name + ",field=\"plan\"} 2\n",
        "selfsame_field_invalid_records_total" + of_web + "\"\",field=\"schema\"} 1\n",
        "selfsame_schema_checked_total" + of_web + name + "} 3\n",
        "selfsame_schema_checked_total" + of_web + "\"\"} 1\n"}) {
    EXPECT_THAT(shown, HasSubstr(line));
  }
}

TEST_F(QualityMeterTest, ASourceIsSilentWhenNothingOfItComesIn) {
  const std::string last =
      R"(selfsame_source_last_record_timestamp_seconds{tenant="acme",source="web"} )";
  meter_.Remember(tenant_, web_, TimeUs{kNow.us - 7'000'000});
  EXPECT_THAT(Scrape(), HasSubstr(last + "1699999993\n"));
  meter_.AddReplayed({tenant_, web_, catalog_, kNow}, std::vector{Accepted(1)});
  PreparedRecord pending = Accepted(1);
  pending.outcome.kind = OutcomeKind::kPending;
  Receive({pending});
  EXPECT_THAT(Scrape(), HasSubstr(last + "1699999993\n")) << "an operator sent it, or nobody did";
  PreparedRecord duplicate = Accepted(1);
  duplicate.outcome.kind = OutcomeKind::kDuplicate;
  Receive({duplicate});
  EXPECT_THAT(Scrape(), HasSubstr(last + "1700000000\n"));
}

TEST_F(QualityMeterTest, HoursAddUpAndComeBackWhenTheyCannotBeStored) {
  PreparedRecord duplicate = Accepted(1);
  duplicate.outcome.kind = OutcomeKind::kDuplicate;
  Receive({Accepted(1), Accepted(1), duplicate});
  auto taken = meter_.Take();
  ASSERT_EQ(taken[tenant_.id].size(), 1u);
  EXPECT_EQ(taken[tenant_.id][0].received, 3);
  EXPECT_EQ(taken[tenant_.id][0].alike, 1);
  meter_.PutBack(tenant_.id, taken[tenant_.id]);
  Receive({duplicate});
  taken = meter_.Take();
  ASSERT_EQ(taken[tenant_.id].size(), 1u);
  EXPECT_EQ(taken[tenant_.id][0].received, 4);
  EXPECT_EQ(taken[tenant_.id][0].outcome[0], 2);
  EXPECT_EQ(taken[tenant_.id][0].outcome[1], 2);
  EXPECT_EQ(taken[tenant_.id][0].hour_at.us % 3'600'000'000, 0);
  EXPECT_TRUE(meter_.Take().empty());
}

TEST_F(QualityMeterTest, AReplayIsAcceptedButNotReceived) {
  meter_.AddReplayed({tenant_, web_, catalog_, kNow}, std::vector{Accepted(1)});
  EXPECT_TRUE(meter_.Take().empty());
  const std::string shown = Scrape();
  const std::string of_web = R"({tenant="acme",source="web")";
  const std::string of_schema = of_web + R"(,schema="selfsame.schemas.account.v1.SignedUp")";
  for (const std::string& line :
       {"selfsame_quality_records_total" + of_schema + "} 1\n",
        "selfsame_field_checked_total" + of_schema + ",field=\"plan\"} 1\n",
        "selfsame_schema_checked_total" + of_schema + "} 0\n",
        "selfsame_event_lag_seconds_count" + of_web + "} 0\n",
        "selfsame_source_last_event_timestamp_seconds" + of_web + "} 0\n"}) {
    EXPECT_THAT(shown, HasSubstr(line));
  }
}

// Lines of samples, as Prometheus counts series.
std::size_t SeriesIn(const std::string& shown) {
  std::size_t series = 0;
  std::size_t at = 0;
  while (at < shown.size()) {
    if (shown[at] != '#') ++series;
    at = shown.find('\n', at) + 1;
    if (at == 0) break;
  }
  return series;
}

// Every source sends fifty schemas, and breaks every field of each in its own way.
void Flood(QualityMeter& meter, observe::Metrics& metrics, const storage::Tenant& tenant,
           const schema::Catalog& catalog, int sources) {
  std::vector<PreparedRecord> records;
  for (const schema::Schema& schema : catalog.schemas()) {
    PreparedRecord good;
    good.schema = schema.id;
    good.outcome.kind = OutcomeKind::kAccepted;
    records.push_back(good);
    PreparedRecord bad = good;
    bad.outcome.kind = OutcomeKind::kQuarantined;
    for (const schema::Entry& entry : schema.compiled->entries().all) {
      bad.outcome.violations.push_back({entry.path, "TOO_LONG", ""});
      bad.outcome.violations.push_back({entry.path, "FIELD_REQUIRED", ""});
    }
    records.push_back(bad);
  }
  for (int i = 1; i <= sources; ++i) {
    const storage::Source source = SourceNamed("s" + std::to_string(i), i);
    metrics.ForSource(tenant.name, source.name);
    for (const schema::Schema& schema : catalog.schemas()) {
      metrics.schema_records.Of(tenant.name, source.name, schema.name, 1).Add();
    }
    meter.AddReceived({tenant, source, catalog, kNow}, records);
  }
}

schema::Catalog FiftySchemas() {
  std::vector<schema::Schema> schemas = test::BuiltInVersions();
  const std::size_t built_in = schemas.size();
  for (std::size_t i = built_in; i < 50; ++i) {
    schemas.push_back({.id = SchemaId{static_cast<int>(i) + 1},
                       .tenant = schema::kEveryTenant,
                       .name = "copy" + std::to_string(i),
                       .compiled = schemas[i % built_in].compiled});
  }
  return schema::Catalog(std::move(schemas));
}

TEST_F(QualityMeterTest, AHundredSourcesAndFiftySchemasShareNothingButViolations) {
  const schema::Catalog fifty = FiftySchemas();
  ASSERT_EQ(fifty.schemas().size(), 50u);
  Flood(meter_, metrics_, tenant_, fifty, 100);
  const std::string shown = Scrape();
  const std::size_t series = SeriesIn(shown);
  EXPECT_LT(series, 150'000u);
  EXPECT_GT(series, 20'000u) << "this flood should come near what is stated";
  EXPECT_EQ(metrics_.quality.field_records.over().Value(), 0u);
  EXPECT_EQ(metrics_.quality.field_checked.over().Value(), 0u);
  EXPECT_EQ(metrics_.quality.field_values.over().Value(), 0u);
  EXPECT_EQ(metrics_.schema_records.over().Value(), 0u);
  RecordProperty("series", static_cast<int>(series));
}

TEST_F(QualityMeterTest, NoFloodMakesMoreSeriesThanTheBound) {
  Flood(meter_, metrics_, tenant_, FiftySchemas(), 1'500);
  const std::string shown = Scrape();
  EXPECT_LT(SeriesIn(shown), observe::kSeriesMax);
  EXPECT_THAT(shown, HasSubstr(R"(source="OTHER")"));
  EXPECT_THAT(shown, HasSubstr("selfsame_series_over_total{table=\"selfsame_records_total\"} 500"));
}

}  // namespace
}  // namespace selfsame::quality
