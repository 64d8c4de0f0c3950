// Decisions about who is who, as administrators make them: merges and un-merges by hand, pins,
// cannot-links, and rules applied backwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/ruleset.h"
#include "storage/rulesets.h"
#include "tests/e2e/deciding.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;
using profile::v1::MergeHistoryEntry;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class DecisionsTest : public DecidingTest {
 protected:
  std::vector<std::string> PartitionOf(const std::vector<std::string>& customers) {
    std::vector<std::string> people;
    for (const std::string& customer : customers) {
      std::string members;
      for (const std::string& member : MembersOf("customer_id", customer)) members += member + " ";
      people.push_back(members);
    }
    return people;
  }
};

TEST_F(DecisionsTest, AMergeByHandIsOneProfileUntilItIsTakenBack) {
  const std::string one = Seen(1, {{"email", "a@shop.test"}});
  const std::string other = Seen(2, {{"email", "b@shop.test"}});
  auto request = MergeOf(ById(one), ById(other));

  request.set_dry_run(true);
  const auto dry = client_.MergeProfiles(request);
  ASSERT_TRUE(dry.ok()) << dry.status.message;
  ASSERT_EQ(dry.response.profiles_size(), 1);
  EXPECT_THAT(dry.response.profiles(0).from(), UnorderedElementsAre(one, other));
  EXPECT_EQ(dry.response.operation_id(), "");
  EXPECT_EQ(GetProfile(ById(other)).profile_id(), other);

  request.set_dry_run(false);
  const auto merged = client_.MergeProfiles(request);
  ASSERT_TRUE(merged.ok()) << merged.status.message;
  EXPECT_NE(merged.response.operation_id(), "");
  EXPECT_EQ(GetProfile(ById(other)).profile_id(), one);
  const auto history = HistoryOf(ById(one));
  ASSERT_EQ(history.size(), 1u);
  EXPECT_EQ(history[0].rule(), "MERGED_BY_HAND");

  // Again, either way round: nothing new.
  EXPECT_EQ(client_.MergeProfiles(request).response.operation_id(), "");
  EXPECT_EQ(client_.MergeProfiles(MergeOf(ById(other), ById(one))).response.operation_id(), "");
  EXPECT_EQ(HistoryOf(ById(one)).size(), 1u);

  auto unmerge = Decided<identity::v1::UnmergeProfilesRequest>();
  unmerge.set_history_id(history[0].history_id());
  ASSERT_TRUE(client_.UnmergeProfiles(unmerge).ok());
  EXPECT_EQ(GetProfile(ById(other)).profile_id(), other);
  EXPECT_EQ(GetProfile(ById(one)).profile_id(), one);
  // New evidence does not bring them together; only somebody who says so.
  Seen(3, {{"email", "a@shop.test"}, {"email", "b@shop.test"}});
  EXPECT_EQ(GetProfile(ById(other)).profile_id(), other);
  const auto refused = client_.MergeProfiles(request);
  EXPECT_EQ(refused.status.reason, "MERGE_REFUSED");
  request.set_override_cannot_links(true);
  ASSERT_TRUE(client_.MergeProfiles(request).ok());
  EXPECT_EQ(GetProfile(ById(other)).profile_id(), one);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(DecisionsTest, TwoCustomersMergeOnlyAgainstTheLimitsAndStayMerged) {
  Seen(1, {{"customer_id", "A"}});
  Seen(2, {{"customer_id", "B"}});
  auto request = MergeOf(ByIdentifier("customer_id", "B"), ByIdentifier("customer_id", "A"));
  EXPECT_EQ(client_.MergeProfiles(request).status.reason, "MERGE_REFUSED");
  request.set_dry_run(true);
  EXPECT_EQ(client_.MergeProfiles(request).response.refused(), "UNIQUE_CONFLICT");
  request.set_dry_run(false);
  request.set_override_limits(true);
  ASSERT_TRUE(client_.MergeProfiles(request).ok());
  Seen(3, {{"customer_id", "A"}, {"email", "a@shop.test"}});
  Seen(4, {{"customer_id", "B"}, {"email", "a@shop.test"}});
  EXPECT_THAT(MembersOf("customer_id", "A"),
              ElementsAre("customer_id=A", "customer_id=B", "email=a@shop.test"));
}

TEST_F(DecisionsTest, UnmergingIdentifiersPartsThemAndListsWhatIsInDoubt) {
  Seen(1, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  Seen(2, {{"customer_id", "c-1"}, {"device_id", "d-1"}});
  Seen(3, {{"email", "a@shop.test"}, {"device_id", "d-1"}});
  EXPECT_EQ(
      Update(UpdateBuilder("u1").At(At(4)).With("email", "a@shop.test").Json(R"({"city":"York"})"))
          .outcome(),
      OUTCOME_ACCEPTED);
  auto request = Decided<identity::v1::UnmergeProfilesRequest>();
  *request.mutable_identifiers()->add_identifiers() = Named("email", "a@shop.test");
  const auto done = client_.UnmergeProfiles(request);
  ASSERT_TRUE(done.ok()) << done.status.message;
  EXPECT_EQ(done.response.profiles_size(), 2);
  ASSERT_EQ(done.response.in_doubt_size(), 1);
  EXPECT_EQ(done.response.in_doubt(0).value(), "d-1");

  EXPECT_THAT(MembersOf("customer_id", "c-1"), ElementsAre("customer_id=c-1", "device_id=d-1"));
  EXPECT_THAT(MembersOf("email", "a@shop.test"), ElementsAre("email=a@shop.test"));
  // What was said of the e-mail goes with it, also what is said from now on.
  EXPECT_EQ(GetProfile(ByIdentifier("email", "a@shop.test")).attributes().count("city"), 1u);
  EXPECT_EQ(GetProfile(ByIdentifier("customer_id", "c-1")).attributes().count("city"), 0u);
  Seen(5, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  EXPECT_THAT(MembersOf("email", "a@shop.test"), ElementsAre("email=a@shop.test"));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(DecisionsTest, ASharedDeviceLinksNobodyUnlessItIsPinned) {
  for (int i = 0; i < 50; ++i) {
    const std::string n = std::to_string(i);
    Seen(i, {{"customer_id", "c-" + n}, {"email", n + "@shop.test"}, {"device_id", "KIOSK"}});
  }
  for (int i = 0; i < 50; ++i) {
    const std::string n = std::to_string(i);
    EXPECT_THAT(MembersOf("customer_id", "c-" + n),
                ElementsAre("customer_id=c-" + n, "email=" + n + "@shop.test"));
  }
  EXPECT_THAT(MembersOf("device_id", "KIOSK"), ElementsAre("device_id=KIOSK"));
  EXPECT_TRUE(GetProfile(ByIdentifier("device_id", "KIOSK")).identifiers(0).shared());
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());

  auto pin = Decided<identity::v1::PinRequest>();
  *pin.mutable_identifier() = Named("device_id", "KIOSK");
  *pin.mutable_profile() = ByIdentifier("customer_id", "c-7");
  ASSERT_TRUE(client_.Pin(pin).ok());
  EXPECT_EQ(MembersOf("customer_id", "c-7").size(), 3u);
  EXPECT_EQ(MembersOf("customer_id", "c-8").size(), 2u);
  EXPECT_EQ(client_.Pin(pin).response.operation_id(), "");
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(DecisionsTest, TakingEvidenceOfASharedDeviceBackMakesItLinkAgain) {
  Seen(1, {{"customer_id", "c-1"}, {"device_id", "TABLET"}});
  Seen(2, {{"customer_id", "c-2"}});
  const std::string before = Seen(3, {{"anonymous_id", "a-1"}});
  Seen(4, {{"device_id", "TABLET"}, {"anonymous_id", "a-1"}});
  const auto merge = HistoryOf(ById(before)).at(0);
  EXPECT_EQ(MembersOf("customer_id", "c-1").size(), 3u);
  Seen(5, {{"customer_id", "c-2"}, {"device_id", "TABLET"}});
  Seen(6, {{"customer_id", "c-3"}, {"device_id", "TABLET"}});
  EXPECT_EQ(MembersOf("customer_id", "c-1").size(), 1u);
  EXPECT_EQ(merge.action(), MergeHistoryEntry::ACTION_MERGED);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(DecisionsTest, CannotLinkHoldsUntilItIsCleared) {
  Seen(1, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  auto request = Decided<identity::v1::CannotLinkRequest>();
  *request.mutable_identifier() = Named("customer_id", "c-1");
  *request.mutable_other() = Named("email", "a@shop.test");
  ASSERT_TRUE(client_.CannotLink(request).ok());
  EXPECT_THAT(MembersOf("customer_id", "c-1"), ElementsAre("customer_id=c-1"));
  EXPECT_EQ(client_.CannotLink(request).response.operation_id(), "");
  Seen(2, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  EXPECT_THAT(MembersOf("customer_id", "c-1"), ElementsAre("customer_id=c-1"));
  request.set_clear(true);
  ASSERT_TRUE(client_.CannotLink(request).ok());
  EXPECT_EQ(MembersOf("customer_id", "c-1").size(), 2u);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(DecisionsTest, AnUpdateForAnotherRevisionLeavesNothing) {
  const auto send = [&](const char* key, const char* city, std::int64_t revision) {
    auto update = UpdateBuilder(key).With("customer_id", "c-1").Json(city).Build();
    update.set_if_revision(revision);
    return client_.Update(Updates({update}));
  };
  ASSERT_TRUE(send("u1", R"({"city":"Aachen"})", 0).ok());
  const auto refused = send("u2", R"({"city":"Hull"})", 0);
  EXPECT_EQ(refused.status.code, RpcCode::kAborted);
  EXPECT_EQ(refused.status.reason, "REVISION_MISMATCH");
  EXPECT_EQ(CountOf(*database_, "claims"), 1);
  // The same key again, for the revision there is; and again, which changes nothing.
  ASSERT_TRUE(send("u2", R"({"city":"Hull"})", 1).ok());
  EXPECT_EQ(send("u2", R"({"city":"Hull"})", 1).response.outcomes(0).outcome(),
            ingest::v1::OUTCOME_DUPLICATE);
  const auto profile = GetProfile(ByIdentifier("customer_id", "c-1"));
  EXPECT_EQ(profile.revision(), 2);
  EXPECT_EQ(profile.attributes().at("city").value().string_value(), "Hull");
  // What says nothing new leaves the row alone.
  Update(UpdateBuilder("u3").At(At(900)).With("customer_id", "c-1").Json(R"({"city":"Hull"})"));
  EXPECT_EQ(GetProfile(ByIdentifier("customer_id", "c-1")).revision(), 2);
  Update(UpdateBuilder("u4").At(At(800)).With("customer_id", "c-1").Json(R"({"city":"Leeds"})"));
  EXPECT_EQ(
      GetProfile(ByIdentifier("customer_id", "c-1")).attributes().at("city").value().string_value(),
      "Hull");
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(DecisionsTest, RulesAppliedBackwardsAreABatchThatCanBeTakenBack) {
  for (int i = 1; i <= 3; ++i) {
    Seen(i, {{"customer_id", "c-" + std::to_string(i)}, {"device_id", "TV"}});
  }
  Seen(4, {{"customer_id", "c-1"}, {"anonymous_id", "spam"}});
  const auto before = PartitionOf({"c-1", "c-2", "c-3"});
  std::string rules(identity::DefaultRulesetToml());
  rules.replace(rules.find("shared_above = 2"), 16, "shared_above = 9");
  rules.replace(rules.find("\"guest\""), 7, "\"guest\", \"spam\"");
  const storage::Decision decision{.actor = "ann", .reason = "a television is a home"};
  const int version = Must(storage::ActivateRuleset(database_->owner(), "acme", rules, decision));

  auto request = Decided<identity::v1::ReresolveRequest>();
  request.set_ruleset_version(version);
  request.set_dry_run(true);
  const auto dry = client_.Reresolve(request);
  ASSERT_TRUE(dry.ok()) << dry.status.message;
  EXPECT_FALSE(dry.response.profiles().empty());
  EXPECT_EQ(PartitionOf({"c-1", "c-2", "c-3"}), before);

  request.set_dry_run(false);
  const auto settled = [&](const auto& call) {
    const Deadline deadline = Deadline::After(kPatience);
    for (;;) {
      auto reply = call();
      if (reply.ok() || reply.status.reason != "RULESET_SETTLING" || deadline.Expired()) {
        return reply;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  };
  const auto done = settled([&] { return client_.Reresolve(request); });
  ASSERT_TRUE(done.ok()) << done.status.message;
  EXPECT_THAT(MembersOf("customer_id", "c-1"), ElementsAre("customer_id=c-1", "device_id=TV"));
  EXPECT_THAT(MembersOf("anonymous_id", "spam"), ElementsAre("anonymous_id=spam"));

  auto back = Decided<identity::v1::RollBackReresolveRequest>();
  back.set_batch_id(done.response.batch_id());
  const auto undone = settled([&] { return client_.RollBackReresolve(back); });
  ASSERT_TRUE(undone.ok()) << undone.status.message;
  EXPECT_EQ(PartitionOf({"c-1", "c-2", "c-3"}), before);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// However many events two people have: a merge and its un-merge never look at one.
TEST_F(DecisionsTest, AMergeTouchesNotOneRecord) {
  const std::string one = Seen(1, {{"email", "a@shop.test"}});
  const std::string other = Seen(2, {{"email", "b@shop.test"}});
  Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec("LOCK TABLE records IN ACCESS EXCLUSIVE MODE");
    const auto merged = client_.MergeProfiles(MergeOf(ById(one), ById(other)));
    EXPECT_TRUE(merged.ok()) << merged.status.message;
    auto unmerge = Decided<identity::v1::UnmergeProfilesRequest>();
    *unmerge.mutable_identifiers()->add_identifiers() = Named("email", "b@shop.test");
    EXPECT_TRUE(client_.UnmergeProfiles(unmerge).ok());
    return {};
  }));
  EXPECT_EQ(GetProfile(ById(other)).profile_id(), other);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(DecisionsTest, DecisionsNeedAnAdministratorAReasonAndSomebodyThatExists) {
  Seen(1, {{"email", "a@shop.test"}});
  auto request =
      MergeOf(ByIdentifier("email", "a@shop.test"), ByIdentifier("email", "x@shop.test"));
  EXPECT_EQ(client_.MergeProfiles(request).status.reason, "PROFILE_NOT_FOUND");
  request.clear_decision();
  const auto unsaid = client_.MergeProfiles(request);
  EXPECT_EQ(unsaid.status.reason, "FIELDS_INVALID");
  EXPECT_EQ(unsaid.status.violations.size(), 2u);
  auto unmerge = Decided<identity::v1::UnmergeProfilesRequest>();
  *unmerge.mutable_identifiers()->add_identifiers() = Named("email", "a@shop.test");
  EXPECT_EQ(client_.UnmergeProfiles(unmerge).status.reason, "UNMERGE_EMPTY");
  unmerge.set_history_id("01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(client_.UnmergeProfiles(unmerge).status.reason, "HISTORY_NOT_FOUND");
}

}  // namespace
}  // namespace selfsame::test
