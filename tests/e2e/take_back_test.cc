// Taking back what was joined: by a record that joined several, by rules that hold no more, and of
// identifiers that had left the graph meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "identity/ruleset.h"
#include "storage/rulesets.h"
#include "tests/e2e/deciding.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

using profile::v1::MergeHistoryEntry;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class TakeBackTest : public DecidingTest {
 protected:
  std::vector<MergeHistoryEntry> MergesOf(const std::string& profile) {
    std::vector<MergeHistoryEntry> merges = HistoryOf(ById(profile));
    std::erase_if(merges, [](const auto& entry) {
      return entry.action() != MergeHistoryEntry::ACTION_MERGED;
    });
    return merges;
  }

  identity::v1::DecisionResult TakeBack(const MergeHistoryEntry& merge) {
    auto request = Decided<identity::v1::UnmergeProfilesRequest>();
    request.set_history_id(merge.history_id());
    const auto reply = client_.UnmergeProfiles(request);
    EXPECT_TRUE(reply.ok()) << reply.status.message;
    return reply.response;
  }

  // Until the ruleset has settled.
  template <typename Call>
  identity::v1::ReresolvePage Settled(const Call& call) {
    const Deadline deadline = Deadline::After(kPatience);
    for (;;) {
      const auto reply = call();
      if (reply.status.reason != "RULESET_SETTLING" || deadline.Expired()) {
        EXPECT_TRUE(reply.ok()) << reply.status.reason << " " << reply.status.message;
        return reply.response;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }

  identity::v1::ReresolvePage ReresolveBy(int version) {
    auto request = Decided<identity::v1::ReresolveRequest>();
    request.set_ruleset_version(version);
    return Settled([&] { return client_.Reresolve(request); });
  }

  void RollBack(const std::string& batch) {
    auto request = Decided<identity::v1::RollBackReresolveRequest>();
    request.set_batch_id(batch);
    Settled([&] { return client_.RollBackReresolve(request); });
  }

  int Activate(const std::vector<std::pair<std::string, std::string>>& changes) {
    std::string rules(identity::DefaultRulesetToml());
    for (const auto& [from, to] : changes) {
      const std::size_t at = rules.find(from);
      EXPECT_NE(at, std::string::npos) << from;
      rules.replace(at, from.size(), to);
    }
    return Must(storage::ActivateRuleset(database_->owner(), "acme", rules,
                                         {.actor = "ann", .reason = "a test"}));
  }

  std::string CityOf(const std::string& customer) {
    return GetProfile(ByIdentifier("customer_id", customer))
        .attributes()
        .at("city")
        .value()
        .string_value();
  }
};

TEST_F(TakeBackTest, ARecordThatJoinedThreeIsTakenBackLinkByLink) {
  const std::string customer = Seen(1, {{"customer_id", "c-1"}});
  const std::string browser = Seen(2, {{"anonymous_id", "a-1"}});
  const std::string phone = Seen(3, {{"device_id", "d-1"}});
  Seen(4, {{"customer_id", "c-1"}, {"anonymous_id", "a-1"}, {"device_id", "d-1"}});
  const auto merges = MergesOf(customer);
  ASSERT_THAT(merges, SizeIs(2));
  TakeBack(merges[0]);
  TakeBack(merges[1]);
  EXPECT_EQ(GetProfile(ById(customer)).profile_id(), customer);
  EXPECT_EQ(GetProfile(ById(browser)).profile_id(), browser);
  EXPECT_EQ(GetProfile(ById(phone)).profile_id(), phone);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(TakeBackTest, WhatWasSeenTogetherIsTakenBackTogether) {
  const std::string customer = Seen(1, {{"customer_id", "c-1"}});
  Seen(100, {{"email", "a@shop.test"}, {"device_id", "d-1"}});
  Seen(50, {{"customer_id", "c-1"}, {"email", "a@shop.test"}, {"device_id", "d-1"}});
  const auto merges = MergesOf(customer);
  ASSERT_THAT(merges, SizeIs(1));
  EXPECT_THAT(TakeBack(merges[0]).in_doubt(), IsEmpty());
  EXPECT_THAT(MembersOf("customer_id", "c-1"), ElementsAre("customer_id=c-1"));
  EXPECT_THAT(MembersOf("email", "a@shop.test"), ElementsAre("email=a@shop.test", "device_id=d-1"));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(TakeBackTest, InDoubtIsWhoeverOfTheProfileIsTiedToBoth) {
  Seen(1, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  const std::string browser = Seen(2, {{"anonymous_id", "a-1"}});
  Seen(3, {{"customer_id", "c-1"}, {"anonymous_id", "a-1"}});
  Seen(4, {{"email", "a@shop.test"}, {"anonymous_id", "a-1"}});
  Seen(5, {{"customer_id", "c-2"}, {"email", "a@shop.test"}});  // Refused: not of the profile.
  const auto merges = MergesOf(browser);
  ASSERT_THAT(merges, SizeIs(1));
  const auto done = TakeBack(merges[0]);
  ASSERT_EQ(done.in_doubt_size(), 1);
  EXPECT_EQ(done.in_doubt(0).value(), "a@shop.test");
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// A device of three customers links nobody; of two it links again, also backwards in time.
TEST_F(TakeBackTest, AnIdentifierComesBackWhenItIsSharedNoMore) {
  const std::string device = Seen(1, {{"device_id", "TABLET"}, {"anonymous_id", "a-1"}});
  Seen(2, {{"customer_id", "c-1"}});
  Seen(3, {{"customer_id", "c-1"}, {"device_id", "TABLET"}});
  const auto merges = MergesOf(device);
  ASSERT_THAT(merges, SizeIs(1));
  for (int i = 2; i <= 3; ++i) {
    Seen(2 + i, {{"customer_id", "c-" + std::to_string(i)}, {"device_id", "TABLET"}});
  }
  EXPECT_THAT(MembersOf("customer_id", "c-2"), ElementsAre("customer_id=c-2"));
  const auto refusals = [&] {
    return Number(*database_,
                  "SELECT count(*) FROM merge_history WHERE rule = 'SHARED_IDENTIFIER'");
  };
  TakeBack(merges[0]);
  EXPECT_THAT(MembersOf("customer_id", "c-1"), ElementsAre("customer_id=c-1"));
  EXPECT_THAT(MembersOf("customer_id", "c-2"),
              ElementsAre("customer_id=c-2", "device_id=TABLET", "anonymous_id=a-1"));
  // Another customer: it leaves again. Looking at it once more, to no avail, is not told again.
  Seen(9, {{"customer_id", "c-4"}, {"device_id", "TABLET"}});
  EXPECT_THAT(MembersOf("device_id", "TABLET"), ElementsAre("device_id=TABLET"));
  const auto before = refusals();
  auto part = Decided<identity::v1::UnmergeProfilesRequest>();
  part.set_history_id(merges[0].history_id());
  EXPECT_TRUE(client_.UnmergeProfiles(part).ok());
  EXPECT_EQ(refusals(), before);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// Also what only folding changed, and who came while the rules were others.
TEST_F(TakeBackTest, RolledBackRulesLeaveNothingOfThemselves) {
  Update(UpdateBuilder("u1").At(At(1)).With("customer_id", "c-1").Json(R"({"city":"York"})"));
  Update(UpdateBuilder("u2").At(At(2)).With("customer_id", "c-1").Json(R"({"city":"Hull"})"));
  const auto email = [&](int number) {
    Seen(number, {{"customer_id", "c-2"}, {"email", std::to_string(number) + "@shop.test"}});
  };
  for (int i = 1; i <= 5; ++i) email(i);
  const int version =
      Activate({{"[survivorship.fields]", "[survivorship.fields]\ncity = \"earliest\""},
                {"limit = 5", "limit = 9"}});
  const auto batch = ReresolveBy(version);
  EXPECT_EQ(CityOf("c-1"), "York");
  email(6);
  EXPECT_THAT(MembersOf("customer_id", "c-2"), SizeIs(7));
  RollBack(batch.batch_id());
  EXPECT_EQ(CityOf("c-1"), "Hull");
  EXPECT_THAT(MembersOf("customer_id", "c-2"), SizeIs(6));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// Three e-mail addresses of one, when a limit of one comes into force.
TEST_F(TakeBackTest, TighterRulesPartNobodyUntilTheyAreAppliedBackwards) {
  for (int i = 1; i <= 3; ++i) {
    Seen(i, {{"customer_id", "c-1"}, {"email", std::to_string(i) + "@shop.test"}});
  }
  const int version =
      Activate({{"limit = 5\nshared_above = 5\nnames_above = 10\ncanonical = \"email\"",
                 "limit = 1\ncanonical = \"email\""}});
  // Until the server goes by it.
  const Deadline deadline = Deadline::After(kPatience);
  for (int i = 0; !deadline.Expired(); ++i) {
    const std::string probe = "probe-" + std::to_string(i);
    Seen(1, {{"customer_id", probe}, {"email", probe + "@one.test"}});
    Seen(2, {{"customer_id", probe}, {"email", probe + "@two.test"}});
    if (MembersOf("customer_id", probe).size() == 2) break;
  }
  Seen(0, {{"customer_id", "c-1"}, {"device_id", "d-1"}});
  EXPECT_THAT(MembersOf("customer_id", "c-1"), SizeIs(5));
  Seen(0, {{"customer_id", "c-1"}, {"email", "4@shop.test"}});
  EXPECT_THAT(MembersOf("customer_id", "c-1"), SizeIs(5));
  EXPECT_THAT(MembersOf("email", "4@shop.test"), SizeIs(1));
  // The past of now, and a second reading of what holds it together, are the same.
  profile::v1::GetProfileRequest past;
  *past.mutable_profile() = ByIdentifier("customer_id", "c-1");
  past.mutable_known_at()->set_seconds(Now().us / 1'000'000 + 1);
  EXPECT_EQ(client_.GetProfile(past).response.profile().identifiers_size(), 5);
  identity::v1::ExplainProfileRequest why;
  *why.mutable_profile() = ByIdentifier("customer_id", "c-1");
  EXPECT_EQ(client_.ExplainProfile(why).response.joined_by_size(), 4);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());

  auto dry = Decided<identity::v1::ReresolveRequest>();
  dry.set_ruleset_version(version);
  dry.set_dry_run(true);
  EXPECT_GE(client_.Reresolve(dry).response.profiles_size(), 3);
  EXPECT_THAT(MembersOf("customer_id", "c-1"), SizeIs(5));
  ReresolveBy(version);
  EXPECT_THAT(MembersOf("customer_id", "c-1"), SizeIs(3));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// "guest" is a customer until a ruleset says that it is nobody; the device is one of two then.
TEST_F(TakeBackTest, BlockingACustomerBringsWhatWasSharedWithItBack) {
  int second = 0;
  for (const char* customer : {"c-1", "c-2", "walk-in"}) {
    Seen(++second, {{"customer_id", customer}, {"device_id", "TILL"}});
  }
  EXPECT_THAT(MembersOf("device_id", "TILL"), ElementsAre("device_id=TILL"));
  const int version = Activate({{"\"guest\"", "\"guest\", \"walk-in\""}});
  const auto batch = ReresolveBy(version);
  EXPECT_THAT(MembersOf("customer_id", "c-1"), ElementsAre("customer_id=c-1", "device_id=TILL"));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
  RollBack(batch.batch_id());
  EXPECT_THAT(MembersOf("device_id", "TILL"), ElementsAre("device_id=TILL"));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

}  // namespace
}  // namespace selfsame::test
