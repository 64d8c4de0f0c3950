#include "server/ingest/prepare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/ingest/limits.h"
#include "tests/support/built_in_catalog.h"

namespace selfsame::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kNodeKey(32, 'k');
constexpr TimeUs kNow{1'700'000'000'000'000};

PreparedRecord Prepared(const IncomingRecord& incoming) {
  static const schema::Catalog catalog(test::BuiltInVersions());
  return Prepare(incoming, {.node_key = kNodeKey,
                            .tenant = TenantId{1},
                            .source = SourceId{7},
                            .trust_priority = 50,
                            .catalog = catalog,
                            .customs = {},
                            .rules = identity::DefaultRuleset(),
                            .now = kNow});
}

IncomingRecord GoodEvent() {
  return {.kind = RecordKind::kEvent,
          .body = "the whole record",
          .key = "k1",
          .has_event_time = true,
          .event_seconds = kNow.us / 1'000'000 - 60,
          .identifiers = {{"email", "Jane@X.io"}, {"customer_id", "C1"}},
          .schema_name = "selfsame.schemas.web.v1.PageViewed",
          .format = PayloadFormat::kJson,
          .payload = R"({"url": "https://x.io/"})"};
}

std::vector<std::string> Reasons(const PreparedRecord& record) {
  std::vector<std::string> reasons;
  for (const Violation& violation : record.violations)
    reasons.push_back(violation.field + " " + violation.reason);
  return reasons;
}

TEST(Prepare, AGoodEventIsReadyAndAnchoredOnItsStrongestIdentifier) {
  const PreparedRecord record = Prepared(GoodEvent());
  EXPECT_FALSE(record.IsSettled());
  EXPECT_THAT(Reasons(record), IsEmpty());
  ASSERT_EQ(record.mentions.size(), 2U);
  EXPECT_EQ(record.mentions[0].kind, "customer_id");
  EXPECT_EQ(record.mentions[1].canonical, "jane@x.io");
}

TEST(Prepare, TheSameBodyHasTheSameFingerprintWhateverItsKey) {
  IncomingRecord other = GoodEvent();
  other.key = "k2";
  EXPECT_EQ(Prepared(GoodEvent()).fingerprint, Prepared(other).fingerprint);
  other.payload = R"({"url": "https://x.io/other"})";
  EXPECT_NE(Prepared(GoodEvent()).fingerprint, Prepared(other).fingerprint);
}

TEST(Prepare, WithoutAUsableKeyNothingCanBeKept) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "KEY_REQUIRED"},
      {std::string(kKeyBytesMax + 1, 'k'), "KEY_TOO_LONG"},
      {"\xff", "KEY_NOT_UTF8"},
      {std::string("a\0b", 3), "KEY_HAS_NUL"}};
  for (const auto& [key, reason] : cases) {
    IncomingRecord incoming = GoodEvent();
    incoming.key = key;
    const PreparedRecord record = Prepared(incoming);
    EXPECT_EQ(record.outcome.kind, OutcomeKind::kRejected);
    EXPECT_EQ(record.outcome.reason, reason);
    ASSERT_EQ(record.outcome.violations.size(), 1U);
    EXPECT_EQ(record.outcome.violations[0].field, "key");
  }
}

TEST(Prepare, ReportsEveryViolationNotOnlyTheFirst) {
  IncomingRecord incoming = GoodEvent();
  incoming.has_event_time = false;
  incoming.identifiers = {{"shoe size", "44"}, {"email", "nobody"}, {"phone", "020 7946 0958"}};
  incoming.schema_name = "no.such.Schema";
  EXPECT_THAT(
      Reasons(Prepared(incoming)),
      ElementsAre("event_time EVENT_TIME_REQUIRED", "identifiers[0].kind IDENTIFIER_KIND_UNKNOWN",
                  "identifiers[1].value EMAIL_INVALID", "identifiers[2].value PHONE_REGION_UNKNOWN",
                  "schema SCHEMA_UNKNOWN"));
}

TEST(Prepare, BlockedValuesAreIgnoredUntilNoneIsLeft) {
  IncomingRecord incoming = GoodEvent();
  incoming.identifiers = {{"customer_id", "null"}, {"anonymous_id", "a-1"}};
  const PreparedRecord record = Prepared(incoming);
  EXPECT_THAT(Reasons(record), IsEmpty());
  ASSERT_EQ(record.mentions.size(), 1U);
  EXPECT_EQ(record.mentions[0].kind, "anonymous_id");
  ASSERT_EQ(record.ignored.size(), 1U);
  EXPECT_EQ(record.ignored[0].field, "identifiers[0].value");
  EXPECT_EQ(record.ignored[0].reason, "BLOCKED_VALUE");
  incoming.identifiers.pop_back();
  EXPECT_THAT(Reasons(Prepared(incoming)), ElementsAre("identifiers NO_USABLE_IDENTIFIER"));
}

TEST(Prepare, TheSameIdentifierTwiceIsOneMention) {
  IncomingRecord incoming = GoodEvent();
  incoming.identifiers = {{"email", "jane@x.io"}, {"email", " JANE@X.IO "}};
  EXPECT_EQ(Prepared(incoming).mentions.size(), 1U);
}

TEST(Prepare, AbsurdEventTimesAreViolations) {
  const std::pair<std::int64_t, std::int32_t> cases[] = {
      {-1, 0},    {INT64_MAX, 0},       {INT64_MIN, 0}, {kNow.us / 1'000'000 + 86'402, 0},
      {1000, -1}, {1000, 1'000'000'000}};
  for (const auto& [seconds, nanos] : cases) {
    IncomingRecord incoming = GoodEvent();
    incoming.event_seconds = seconds;
    incoming.event_nanos = nanos;
    EXPECT_THAT(Reasons(Prepared(incoming)), ElementsAre("event_time EVENT_TIME_OUT_OF_RANGE"));
  }
}

TEST(Prepare, AClaimFromTheFutureCountsAsFiveMinutesAhead) {
  IncomingRecord incoming = GoodEvent();
  incoming.event_seconds = kNow.us / 1'000'000 + 3600;
  const PreparedRecord record = Prepared(incoming);
  EXPECT_EQ(record.event_time, kNow + std::chrono::hours(1));
  EXPECT_EQ(record.claim_time, kNow + std::chrono::minutes(5));
}

TEST(Prepare, ASchemaForTheOtherKindIsAViolation) {
  IncomingRecord incoming = GoodEvent();
  incoming.schema_name = "selfsame.schemas.account.v1.Traits";
  incoming.payload = "{}";
  EXPECT_THAT(Reasons(Prepared(incoming)), ElementsAre("schema SCHEMA_KIND_MISMATCH"));
}

TEST(Prepare, EachSetFieldOfAProfileUpdateIsAnAttribute) {
  IncomingRecord incoming = GoodEvent();
  incoming.kind = RecordKind::kProfileUpdate;
  incoming.schema_name = "selfsame.schemas.account.v1.Traits";
  incoming.payload = R"({"city": "Rome", "plan": "", "marketing_opt_in": false, "country": null})";
  EXPECT_THAT(Prepared(incoming).attributes,
              testing::UnorderedElementsAre(testing::Pair("city", "\"Rome\""),
                                            testing::Pair("plan", "\"\""),
                                            testing::Pair("marketing_opt_in", "false")));
}

TEST(Prepare, NoViolationRepeatsTheOffendingValue) {
  IncomingRecord incoming = GoodEvent();
  incoming.identifiers = {
      {"canary kind", "canary-1"}, {"email", "canary-2"}, {"phone", "canary-3"}};
  incoming.schema_name = "canary.Schema";
  incoming.payload = "canary-5";
  for (const Violation& violation : Prepared(incoming).violations) {
    EXPECT_EQ((violation.field + violation.reason + violation.message).find("canary"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace selfsame::ingest
