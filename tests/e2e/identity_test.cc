// Who is who, as clients see it: profiles join, part and refuse to join, and every id handed out
// keeps leading to the person.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/installation.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;
using profile::v1::MergeHistoryEntry;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TimeUs At(int second) { return kSomeTime + std::chrono::seconds(second); }

class IdentityTest : public InstallationTest {
 protected:
  // An event with these identifiers at a second; returns the profile it was given.
  std::string Seen(std::string_view key, int second,
                   const std::vector<std::pair<std::string, std::string>>& identifiers) {
    EventBuilder event(key);
    event.At(At(second));
    for (const auto& [kind, value] : identifiers) event.With(kind, value);
    const auto outcome = Track(event);
    EXPECT_EQ(outcome.outcome(), OUTCOME_ACCEPTED) << outcome.DebugString();
    record_ids_[std::string(key)] = outcome.record_id();
    return outcome.profile_id();
  }

  double Refused(std::string_view reason) const {
    return server_->Metric("selfsame_edges_refused_total{tenant=\"acme\",reason=\"" +
                           std::string(reason) + "\"}");
  }

  std::map<std::string, std::string> record_ids_;  // By key.
};

TEST_F(IdentityTest, AnAnonymousVisitorKeepsTheProfileWhenIdentified) {
  const std::string visitor = Seen("k1", 1, {{"anonymous_id", "a-1"}});
  EXPECT_EQ(Seen("k2", 2, {{"anonymous_id", "a-1"}, {"customer_id", "c-1"}}), visitor);
  EXPECT_EQ(Seen("k3", 3, {{"customer_id", "c-1"}, {"email", "Ann@Shop.Test"}}), visitor);

  EXPECT_THAT(MembersOf("email", " ann@shop.test"),
              ElementsAre("customer_id=c-1", "email=ann@shop.test", "anonymous_id=a-1"));
  for (const auto& ref : {ByIdentifier("anonymous_id", "a-1"), ByIdentifier("customer_id", "c-1"),
                          ByIdentifier("email", "ann@shop.test"), ById(visitor)}) {
    EXPECT_EQ(GetProfile(ref).profile_id(), visitor);
  }
  EXPECT_EQ(CountOf(*database_, "profiles"), 1);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(IdentityTest, TwoProfilesBecomeOneAndBothIdsLeadToIt) {
  const std::string by_email = Seen("k1", 1, {{"email", "ann@shop.test"}});
  const std::string by_customer = Seen("k2", 2, {{"customer_id", "c-1"}});
  ASSERT_NE(by_email, by_customer);
  const std::string merged = Seen("k3", 3, {{"customer_id", "c-1"}, {"email", "ann@shop.test"}});

  EXPECT_EQ(merged, std::min(by_email, by_customer));
  EXPECT_EQ(GetProfile(ById(by_email)).profile_id(), merged);
  EXPECT_EQ(GetProfile(ById(by_customer)).profile_id(), merged);
  for (const auto& ref :
       {ById(by_email), ById(by_customer), ByIdentifier("email", "ann@shop.test")}) {
    const auto history = HistoryOf(ref);
    ASSERT_EQ(history.size(), 1u);
    EXPECT_EQ(history[0].action(), MergeHistoryEntry::ACTION_MERGED);
    EXPECT_THAT(history[0].before(), UnorderedElementsAre(by_email, by_customer));
    EXPECT_THAT(history[0].after(), ElementsAre(merged));
    EXPECT_EQ(history[0].rule(), "SEEN_TOGETHER");
    EXPECT_EQ(history[0].record_id(), record_ids_["k3"]);
    EXPECT_THAT((std::vector{history[0].kind_a(), history[0].kind_b()}),
                UnorderedElementsAre("customer_id", "email"));
  }
  EXPECT_EQ(server_->Metric(R"(selfsame_profiles_merged_total{tenant="acme"})"), 1);
  EXPECT_EQ(CountOf(*database_, "profiles"), 1);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(IdentityTest, ManyMergesOfOnePersonAreAllInItsHistoryPageByPage) {
  constexpr int kDevices = 10;
  std::vector<std::string> ids = {Seen("k", 0, {{"customer_id", "c-1"}})};
  for (int i = 0; i < kDevices; ++i) {
    ids.push_back(Seen("alone-" + std::to_string(i), i, {{"device_id", std::to_string(i) + "-d"}}));
  }
  for (int i = 0; i < kDevices; ++i) {
    Seen("joined-" + std::to_string(i), 100 + i,
         {{"customer_id", "c-1"}, {"device_id", std::to_string(i) + "-d"}});
  }
  const std::string smallest = *std::min_element(ids.begin(), ids.end());
  for (const std::string& id : ids) EXPECT_EQ(GetProfile(ById(id)).profile_id(), smallest);

  const auto history = HistoryOf(ById(ids.back()), 3);
  ASSERT_EQ(history.size(), static_cast<std::size_t>(kDevices));
  for (int i = 0; i < kDevices; ++i) {
    EXPECT_EQ(history[i].record_id(), record_ids_["joined-" + std::to_string(i)]);
  }
}

TEST_F(IdentityTest, TwoCustomersOfOneEmailStayTwo) {
  const std::string first = Seen("k1", 1, {{"customer_id", "c-1"}, {"email", "us@shop.test"}});
  const std::string second = Seen("k2", 2, {{"customer_id", "c-2"}, {"email", "us@shop.test"}});
  ASSERT_NE(first, second);
  EXPECT_THAT(MembersOf("email", "us@shop.test"),
              ElementsAre("customer_id=c-1", "email=us@shop.test"));
  EXPECT_THAT(MembersOf("customer_id", "c-2"), ElementsAre("customer_id=c-2"));

  const auto history = HistoryOf(ById(second));
  ASSERT_EQ(history.size(), 1u);
  EXPECT_EQ(history[0].action(), MergeHistoryEntry::ACTION_REFUSED);
  EXPECT_EQ(history[0].rule(), "UNIQUE_CONFLICT");
  EXPECT_EQ(history[0].record_id(), record_ids_["k2"]);
  EXPECT_THAT(history[0].after(), UnorderedElementsAre(first, second));
  EXPECT_EQ(Refused("UNIQUE_CONFLICT"), 1);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(IdentityTest, EarlierEvidenceThatComesLateTakesTheSharedEmail) {
  Seen("k1", 10, {{"customer_id", "c-1"}, {"email", "us@shop.test"}});
  EXPECT_EQ(
      Update(
          UpdateBuilder("u1").At(At(11)).With("email", "us@shop.test").Json(R"({"city":"York"})"))
          .outcome(),
      OUTCOME_ACCEPTED);
  Seen("k2", 5, {{"customer_id", "c-2"}, {"email", "us@shop.test"}});

  EXPECT_THAT(MembersOf("email", "us@shop.test"),
              ElementsAre("customer_id=c-2", "email=us@shop.test"));
  EXPECT_THAT(MembersOf("customer_id", "c-1"), ElementsAre("customer_id=c-1"));
  // What hangs on the e-mail goes with it.
  EXPECT_EQ(GetProfile(ByIdentifier("customer_id", "c-2")).attributes().count("city"), 1u);
  EXPECT_EQ(GetProfile(ByIdentifier("customer_id", "c-1")).attributes().count("city"), 0u);
  EXPECT_GE(server_->Metric(R"(selfsame_profiles_unmerged_total{tenant="acme"})"), 1);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(IdentityTest, APersonHasAtMostFiveEmails) {
  for (int i = 0; i < 6; ++i) {
    Seen("k" + std::to_string(i), i,
         {{"customer_id", "c-1"}, {"email", std::to_string(i) + "@shop.test"}});
  }
  EXPECT_EQ(MembersOf("customer_id", "c-1").size(), 6u);
  EXPECT_THAT(MembersOf("email", "5@shop.test"), ElementsAre("email=5@shop.test"));
  EXPECT_EQ(Refused("LIMIT_EXCEEDED"), 1);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(IdentityTest, ValuesThatStandForNobodyJoinNobody) {
  const std::string ann = Seen("k1", 1, {{"customer_id", "null"}, {"email", "ann@shop.test"}});
  const std::string bob = Seen("k2", 2, {{"customer_id", " NULL "}, {"email", "bob@shop.test"}});
  EXPECT_NE(ann, bob);
  const auto outcome =
      Track(EventBuilder("k3").With("customer_id", "null").With("email", "a@x.io"));
  ASSERT_EQ(outcome.ignored_size(), 1);
  EXPECT_EQ(outcome.ignored(0).field() + " " + outcome.ignored(0).reason(),
            "identifiers[0].value BLOCKED_VALUE");
  EXPECT_THAT(MembersOf("email", "ann@shop.test"), ElementsAre("email=ann@shop.test"));
  EXPECT_EQ(CountOf(*database_, "identifiers"), 3);
}

TEST_F(IdentityTest, TheSameThingWrittenInTwoWaysIsOneIdentifier) {
  const std::string first =
      Seen("k1", 1, {{"email", "ann@shop.test"}, {"phone", "+44 20 7946 0958"}});
  EXPECT_EQ(Seen("k2", 2, {{"email", "Ann <ANN@shop.test>"}}), first);
  EXPECT_EQ(Seen("k3", 3, {{"phone", "+442079460958"}}), first);
  EXPECT_THAT(MembersOf("phone", "+44 (0)20 7946-0958"),
              ElementsAre("email=ann@shop.test", "phone=+442079460958"));
}

TEST_F(IdentityTest, NothingCrossesTenants) {
  const SeededTenant other = database_->SeedTenant("other");
  const std::string ours = Seen("k1", 1, {{"email", "ann@shop.test"}});
  IngestClient theirs(server_->grpc_address(), other.api_key);
  const Deadline deadline = Deadline::After(kPatience);
  while (!theirs.GetLimits().ok()) ASSERT_FALSE(deadline.Expired());

  profile::v1::GetProfileRequest request;
  *request.mutable_profile() = ById(ours);
  EXPECT_EQ(theirs.GetProfile(request).status.code, RpcCode::kNotFound);
  *request.mutable_profile() = ByIdentifier("email", "ann@shop.test");
  EXPECT_EQ(theirs.GetProfile(request).status.reason, "PROFILE_NOT_FOUND");
  const auto reply =
      theirs.Track(Events({EventBuilder("k1").With("email", "ann@shop.test").Build()}));
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply.response.outcomes(0).outcome(), OUTCOME_ACCEPTED);
  EXPECT_NE(reply.response.outcomes(0).profile_id(), ours);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(IdentityTest, WhatCannotBeAProfileIsSaidByField) {
  const auto expect = [this](const profile::v1::ProfileRef& ref, RpcCode code,
                             std::string_view reason) {
    const auto reply = TryGetProfile(ref);
    EXPECT_EQ(reply.status.code, code) << reason;
    EXPECT_EQ(reply.status.reason, reason);
    EXPECT_EQ(reply.status.violations.empty(), code == RpcCode::kNotFound);
  };
  expect({}, RpcCode::kInvalidArgument, "PROFILE_REQUIRED");
  expect(ById("x"), RpcCode::kInvalidArgument, "PROFILE_ID_MALFORMED");
  expect(ByIdentifier("what", "x"), RpcCode::kInvalidArgument, "IDENTIFIER_KIND_UNKNOWN");
  expect(ByIdentifier("email", "x"), RpcCode::kInvalidArgument, "EMAIL_INVALID");
  expect(ById("01890000-0000-7000-8000-000000000000"), RpcCode::kNotFound, "PROFILE_NOT_FOUND");
  expect(ByIdentifier("email", "nobody@shop.test"), RpcCode::kNotFound, "PROFILE_NOT_FOUND");
}

// Two identifiers of one mailbox stay two: by whom they are one is for people or matching to say.
TEST_F(IdentityTest, AddressesOfOneMailboxCanBeFoundAndAreNotJoined) {
  Track(EventBuilder("k1").With("email", "J.Doe+shop@gmail.com"));
  Track(EventBuilder("k2").With("email", "jdoe@googlemail.com"));
  Track(EventBuilder("k3").With("email", "j.doe@shop.test"));
  Track(EventBuilder("k4").With("device_id", "d1"));
  EXPECT_EQ(CountOf(*database_, "profiles"), 4);
  EXPECT_EQ(Rows(*database_,
                 "SELECT count(*), count(DISTINCT match_id) FROM identifiers WHERE kind = 'email'"),
            (std::vector<Row>{{"3", "2"}}));
  EXPECT_EQ(CountOf(*database_, "identifiers WHERE match_id IS NULL"), 1);
}

}  // namespace
}  // namespace selfsame::test
