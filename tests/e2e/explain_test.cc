// Why somebody is one person, and why an attribute has its value.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/ruleset.h"
#include "storage/rulesets.h"
#include "tests/e2e/deciding.h"

namespace selfsame::test {
namespace {

class ExplainTest : public DecidingTest {
 protected:
  identity::v1::ExplainProfileResponse Explained(const profile::v1::ProfileRef& profile) {
    identity::v1::ExplainProfileRequest request;
    *request.mutable_profile() = profile;
    const auto reply = client_.ExplainProfile(request);
    EXPECT_TRUE(reply.ok()) << reply.status.reason << " " << reply.status.message;
    return reply.response;
  }

  identity::v1::ExplainAttributeResponse Explained(const profile::v1::ProfileRef& profile,
                                                   const std::string& attribute) {
    identity::v1::ExplainAttributeRequest request;
    *request.mutable_profile() = profile;
    request.set_attribute(attribute);
    const auto reply = client_.ExplainAttribute(request);
    EXPECT_TRUE(reply.ok()) << reply.status.reason << " " << reply.status.message;
    return reply.response;
  }
};

TEST_F(ExplainTest, ExplanationsNameTheEvidenceAndTheClaims) {
  Seen(1, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  Seen(2, {{"email", "a@shop.test"}, {"anonymous_id", "a-1"}});
  Seen(3, {{"customer_id", "c-2"}, {"email", "a@shop.test"}});
  identity::v1::ExplainProfileRequest why;
  *why.mutable_profile() = ByIdentifier("anonymous_id", "a-1");
  *why.mutable_from() = Named("customer_id", "c-1");
  *why.mutable_to() = Named("anonymous_id", "a-1");
  const auto path = client_.ExplainProfile(why);
  ASSERT_TRUE(path.ok()) << path.status.message;
  ASSERT_EQ(path.response.joined_by_size(), 2);
  EXPECT_EQ(path.response.joined_by(1).strength(), identity::v1::Evidence::STRENGTH_DETERMINISTIC);
  ASSERT_EQ(path.response.refused_size(), 1);
  EXPECT_EQ(path.response.refused(0).refusal(), "UNIQUE_CONFLICT");

  Update(UpdateBuilder("u1").At(At(4)).With("customer_id", "c-1").Json(R"({"city":"York"})"));
  Update(UpdateBuilder("u2").At(At(9)).With("email", "a@shop.test").Json(R"({"city":"Hull"})"));
  identity::v1::ExplainAttributeRequest attribute;
  *attribute.mutable_profile() = ByIdentifier("customer_id", "c-1");
  attribute.set_attribute("city");
  const auto said = client_.ExplainAttribute(attribute);
  ASSERT_TRUE(said.ok()) << said.status.message;
  EXPECT_EQ(said.response.value().string_value(), "Hull");
  EXPECT_EQ(said.response.rule(), "latest");
  ASSERT_EQ(said.response.claims_size(), 2);
  EXPECT_EQ(said.response.claims(0).verdict(), "WINS");
  EXPECT_EQ(said.response.claims(1).verdict(), "EARLIER");
}

TEST_F(ExplainTest, AllClaimsAreJudgedAndTheNewestAreShown) {
  constexpr int kClaims = 1'500;
  std::vector<ingest::v1::ProfileUpdate> updates;
  for (int i = 0; i < kClaims; ++i) {
    updates.push_back(UpdateBuilder(fmt::format("u{:04}", i))
                          .At(At(i))
                          .With("customer_id", "c-1")
                          .Json(fmt::format(R"({{"city":"city {}"}})", i))
                          .Build());
  }
  for (int i = 0; i < kClaims; i += 500) {
    const std::vector<ingest::v1::ProfileUpdate> some(updates.begin() + i,
                                                      updates.begin() + i + 500);
    SendUntilSettled(client_, Updates(some), Deadline::After(kPatience));
  }
  const auto said = Explained(ByIdentifier("customer_id", "c-1"), "city");
  EXPECT_EQ(said.value().string_value(), "city 1499");
  ASSERT_EQ(said.claims_size(), 1'000);
  EXPECT_EQ(said.claims(0).verdict(), "WINS");
  EXPECT_EQ(said.claims(0).value().string_value(), "city 1499");
  EXPECT_EQ(said.claims(1).value().string_value(), "city 1498");
  EXPECT_EQ(said.claims(999).value().string_value(), "city 500");
  EXPECT_EQ(said.claims_not_shown(), 500u);
}

TEST_F(ExplainTest, MoreClaimsThanAreJudgedAreSaidToBeTooMany) {
  Update(UpdateBuilder("u").With("customer_id", "c-1").Json(R"({"city":"York"})"));
  Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec(R"(INSERT INTO claims (event_time, shard, tenant_id, source_id, anchor, record_id,
                                   attribute, key, value, operation, schema_id)
               SELECT event_time, shard, tenant_id, source_id, anchor, record_id, attribute,
                      'more ' || i, value, operation, schema_id
               FROM claims, generate_series(1, 100000) AS i)");
    return {};
  }));
  identity::v1::ExplainAttributeRequest request;
  *request.mutable_profile() = ByIdentifier("customer_id", "c-1");
  request.set_attribute("city");
  const auto reply = client_.ExplainAttribute(request);
  EXPECT_EQ(reply.status.code, RpcCode::kFailedPrecondition);
  EXPECT_EQ(reply.status.reason, "PROFILE_TOO_LARGE");
  request.set_attribute("plan");
  EXPECT_TRUE(client_.ExplainAttribute(request).ok());
}

TEST_F(ExplainTest, WhoeverHasAKioskPinnedIsExplainedLikeOthers) {
  const std::string kiosk = Seen(1, {{"device_id", "KIOSK"}});
  for (int i = 0; i < 3; ++i) {
    Seen(2 + i, {{"customer_id", "c-" + std::to_string(i)}, {"device_id", "KIOSK"}});
  }
  Seen(9, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  Seen(10, {{"customer_id", "c-2"}, {"email", "a@shop.test"}});
  Flood(kiosk, 25'000, 0);
  ASSERT_TRUE(
      client_.Pin(PinOf(Named("device_id", "KIOSK"), ByIdentifier("customer_id", "c-1"))).ok());
  const auto why = Explained(ByIdentifier("customer_id", "c-1"));
  ASSERT_EQ(why.joined_by_size(), 2);
  EXPECT_EQ(why.joined_by(0).strength(), identity::v1::Evidence::STRENGTH_MANUAL);
  EXPECT_EQ(why.joined_by(1).strength(), identity::v1::Evidence::STRENGTH_DETERMINISTIC);
  // What a limit refused is not lost among all who shared the kiosk.
  ASSERT_EQ(why.refused_size(), 1'000);
  EXPECT_EQ(why.refused(0).refusal(), "UNIQUE_CONFLICT");
  EXPECT_EQ(why.refused(1).refusal(), "SHARED_IDENTIFIER");
}

// A person that was joined by other rules is explained as it is.
TEST_F(ExplainTest, WhatIsStoredIsExplainedWhateverRulesToday) {
  Seen(1, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  Seen(2, {{"email", "a@shop.test"}, {"anonymous_id", "a-1"}});
  Seen(3, {{"anonymous_id", "a-1"}, {"device_id", "d-1"}});
  std::string rules(identity::DefaultRulesetToml());
  const std::string most = "component_max = 5000";
  rules.replace(rules.find(most), most.size(), "component_max = 2");
  Must(storage::ActivateRuleset(database_->owner(), "acme", rules,
                                {.actor = "ann", .reason = "small"}));
  const Deadline deadline = Deadline::After(kPatience);
  for (int i = 0;; ++i) {  // Until the server goes by it.
    const std::string n = std::to_string(i);
    Seen(4, {{"customer_id", "new-" + n}, {"email", n + "@x.test"}, {"device_id", "x-" + n}});
    if (MembersOf("customer_id", "new-" + n).size() == 2) break;
    ASSERT_FALSE(deadline.Expired());
  }
  const auto why = Explained(ByIdentifier("customer_id", "c-1"));
  EXPECT_EQ(MembersOf("customer_id", "c-1").size(), 4u);
  EXPECT_EQ(why.joined_by_size(), 3);
  EXPECT_EQ(why.refused_size(), 0);
}

}  // namespace
}  // namespace selfsame::test
