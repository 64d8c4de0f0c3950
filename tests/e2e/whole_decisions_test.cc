// A decision is about persons as they are named, and stands or falls whole: what it would tear
// apart it is refused for, what it takes back is what it said, and what it parts stays apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/deciding.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class WholeDecisionsTest : public DecidingTest {
 protected:
  void Part(const std::vector<ingest::v1::Identifier>& identifiers) {
    auto request = Decided<identity::v1::UnmergeProfilesRequest>();
    for (const auto& one : identifiers) *request.mutable_identifiers()->add_identifiers() = one;
    const auto reply = client_.UnmergeProfiles(request);
    EXPECT_TRUE(reply.ok()) << reply.status.message;
  }

  // The dry run and the decision itself say the same, and neither changes anything.
  void ExpectRefused(identity::v1::MergeProfilesRequest request, const std::string& reason) {
    const auto rows = [&] {
      return Number(*database_,
                    "SELECT (SELECT count(*) FROM edges) + (SELECT count(*) FROM "
                    "merge_history) + (SELECT count(*) FROM outbox)");
    };
    const auto before = rows();
    request.set_dry_run(true);
    const auto dry = client_.MergeProfiles(request);
    ASSERT_TRUE(dry.ok()) << dry.status.message;
    EXPECT_EQ(dry.response.refused(), reason);
    EXPECT_EQ(dry.response.profiles_size(), 0);
    request.set_dry_run(false);
    const auto refused = client_.MergeProfiles(request);
    EXPECT_EQ(refused.status.reason, "MERGE_REFUSED");
    EXPECT_THAT(refused.status.message, testing::HasSubstr(reason));
    EXPECT_EQ(rows(), before);
  }

  void Merge(const profile::v1::ProfileRef& one, const profile::v1::ProfileRef& other) {
    const auto reply = client_.MergeProfiles(MergeOf(one, other));
    EXPECT_TRUE(reply.ok()) << reply.status.message;
  }

  // p1 with four e-mail addresses, p2 with three.
  void SeeSevenEmails() {
    for (int i = 1; i <= 7; ++i) {
      Seen(i, {{"customer_id", i <= 4 ? "p-1" : "p-2"},
               {"email", "e" + std::to_string(i) + "@shop.test"}});
    }
  }
};

TEST_F(WholeDecisionsTest, AMergeAgainstACannotLinkIsRefusedWhole) {
  Seen(1, {{"email", "u1@shop.test"}, {"anonymous_id", "a-1"}});
  Seen(2, {{"email", "e2@shop.test"}, {"anonymous_id", "a-2"}});
  Seen(3, {{"email", "u1@shop.test"}, {"anonymous_id", "a-2"}});
  Part({Named("email", "e2@shop.test"), Named("anonymous_id", "a-2")});
  auto merge = MergeOf(ByIdentifier("email", "u1@shop.test"), ByIdentifier("anonymous_id", "a-2"));
  ExpectRefused(merge, "CANNOT_LINK");
  EXPECT_THAT(MembersOf("email", "u1@shop.test"), SizeIs(2));
  EXPECT_THAT(MembersOf("anonymous_id", "a-2"), SizeIs(2));
  merge.set_override_cannot_links(true);
  ASSERT_TRUE(client_.MergeProfiles(merge).ok());
  EXPECT_THAT(MembersOf("anonymous_id", "a-2"), SizeIs(4));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// Taking the link between two back parts the persons, not the two.
TEST_F(WholeDecisionsTest, AMergeTakenBackByItsHistoryIsRefusedWholeAsWell) {
  const std::string one = Seen(1, {{"customer_id", "u-1"}, {"anonymous_id", "a-1"}});
  Seen(2, {{"email", "e2@shop.test"}, {"anonymous_id", "a-2"}});
  Seen(3, {{"customer_id", "u-1"}, {"anonymous_id", "a-2"}});
  auto unmerge = Decided<identity::v1::UnmergeProfilesRequest>();
  unmerge.set_history_id(HistoryOf(ById(one)).at(0).history_id());
  ASSERT_TRUE(client_.UnmergeProfiles(unmerge).ok());
  ExpectRefused(MergeOf(ByIdentifier("customer_id", "u-1"), ByIdentifier("anonymous_id", "a-2")),
                "CANNOT_LINK");
  ExpectRefused(MergeOf(ByIdentifier("anonymous_id", "a-1"), ByIdentifier("email", "e2@shop.test")),
                "CANNOT_LINK");
  EXPECT_THAT(MembersOf("customer_id", "u-1"), SizeIs(2));
  EXPECT_THAT(MembersOf("anonymous_id", "a-2"), SizeIs(2));
}

TEST_F(WholeDecisionsTest, AMergeAgainstALimitIsRefusedWholeAndForcedWhole) {
  SeeSevenEmails();
  // Their customer ids would be one too many as well.
  Part({Named("customer_id", "p-2")});
  for (int i = 5; i <= 7; ++i) {
    Seen(10 + i, {{"email", "e" + std::to_string(i) + "@shop.test"}, {"device_id", "d-2"}});
  }
  auto merge = MergeOf(ByIdentifier("email", "e1@shop.test"), ByIdentifier("device_id", "d-2"));
  ExpectRefused(merge, "LIMIT_EXCEEDED");
  EXPECT_THAT(MembersOf("customer_id", "p-1"), SizeIs(5));
  EXPECT_THAT(MembersOf("device_id", "d-2"), SizeIs(4));

  merge.set_override_limits(true);
  ASSERT_TRUE(client_.MergeProfiles(merge).ok());
  EXPECT_THAT(MembersOf("customer_id", "p-1"), SizeIs(9));
  // Evidence of an earlier time does not push any of them out.
  Seen(0, {{"customer_id", "p-1"}, {"email", "e8@shop.test"}});
  EXPECT_THAT(MembersOf("customer_id", "p-1"), SizeIs(9));
  EXPECT_THAT(MembersOf("email", "e8@shop.test"), SizeIs(1));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());

  // Taken back, nothing of it is left.
  for (const auto& entry : HistoryOf(ByIdentifier("customer_id", "p-1"))) {
    if (entry.rule() != "MERGED_BY_HAND") continue;
    auto unmerge = Decided<identity::v1::UnmergeProfilesRequest>();
    unmerge.set_history_id(entry.history_id());
    ASSERT_TRUE(client_.UnmergeProfiles(unmerge).ok());
  }
  EXPECT_THAT(MembersOf("device_id", "d-2"), SizeIs(4));
  EXPECT_EQ(Number(*database_, "SELECT count(*) FROM edges WHERE strength >= 3 AND refusal <> 7"),
            0);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(WholeDecisionsTest, WhatIsForcedAgainstLimitsIsStillHeldToCannotLinks) {
  SeeSevenEmails();
  Seen(20, {{"email", "e4@shop.test"}, {"device_id", "d-1"}});
  auto part = Decided<identity::v1::CannotLinkRequest>();
  *part.mutable_identifier() = Named("device_id", "d-1");
  *part.mutable_other() = Named("email", "e7@shop.test");
  ASSERT_TRUE(client_.CannotLink(part).ok());
  auto merge = MergeOf(ByIdentifier("customer_id", "p-1"), ByIdentifier("customer_id", "p-2"));
  merge.set_override_limits(true);
  ExpectRefused(merge, "CANNOT_LINK");
  merge.set_override_cannot_links(true);
  ASSERT_TRUE(client_.MergeProfiles(merge).ok());
  EXPECT_THAT(MembersOf("customer_id", "p-1"), SizeIs(10));
}

TEST_F(WholeDecisionsTest, APinIsRefusedWhereItWouldTearThePersonApart) {
  SeeSevenEmails();
  Seen(20, {{"email", "e8@shop.test"}});
  Seen(21, {{"customer_id", "p-1"}, {"email", "e9@shop.test"}});
  auto pin = PinOf(Named("email", "e8@shop.test"), ByIdentifier("customer_id", "p-1"));
  EXPECT_EQ(client_.Pin(pin).status.reason, "MERGE_REFUSED");
  EXPECT_THAT(MembersOf("customer_id", "p-1"), SizeIs(6));
  pin.set_override_limits(true);
  ASSERT_TRUE(client_.Pin(pin).ok());
  EXPECT_THAT(MembersOf("customer_id", "p-1"), SizeIs(7));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// Merge B and C, then A and B, take back B and C: whatever the order of their node ids, which are
// made with a secret key.
TEST_F(WholeDecisionsTest, AMergeHangsOnTheIdentifiersThatWereNamed) {
  for (int i = 0; i < 12; ++i) {
    const auto email = [&](const char* who) { return who + std::to_string(i) + "@shop.test"; };
    const auto by_email = [&](const char* who) { return ByIdentifier("email", email(who)); };
    for (const char* who : {"a", "b", "c"}) Seen(i, {{"email", email(who)}});
    const std::string c = GetProfile(by_email("c")).profile_id();
    Merge(by_email("b"), by_email("c"));
    const std::string merge = HistoryOf(ById(c)).at(0).history_id();
    i % 2 == 0 ? Merge(by_email("a"), by_email("b")) : Merge(by_email("b"), by_email("a"));
    auto unmerge = Decided<identity::v1::UnmergeProfilesRequest>();
    unmerge.set_history_id(merge);
    ASSERT_TRUE(client_.UnmergeProfiles(unmerge).ok());
    EXPECT_THAT(MembersOf("email", email("a")),
                UnorderedElementsAre("email=" + email("a"), "email=" + email("b")));
    EXPECT_THAT(MembersOf("email", email("c")), ElementsAre("email=" + email("c")));
  }
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// A device and a browser are not a customer's; the device leaves the graph later, since three
// others use it too.
TEST_F(WholeDecisionsTest, StrangersDoNotUndoAnUnmerge) {
  Seen(1, {{"customer_id", "C-1"}, {"device_id", "d-1"}});
  Seen(2, {{"device_id", "d-1"}, {"anonymous_id", "a-1"}});
  Part({Named("device_id", "d-1"), Named("anonymous_id", "a-1")});
  Seen(3, {{"customer_id", "C-1"}, {"anonymous_id", "a-1"}});
  EXPECT_THAT(MembersOf("customer_id", "C-1"), ElementsAre("customer_id=C-1"));
  for (int i = 2; i <= 4; ++i) {
    Seen(2 + i, {{"customer_id", "C-" + std::to_string(i)}, {"device_id", "d-1"}});
  }
  EXPECT_THAT(MembersOf("device_id", "d-1"), ElementsAre("device_id=d-1"));
  EXPECT_THAT(MembersOf("customer_id", "C-1"), ElementsAre("customer_id=C-1"));
  EXPECT_THAT(MembersOf("anonymous_id", "a-1"), ElementsAre("anonymous_id=a-1"));
  Seen(9, {{"customer_id", "C-1"}, {"email", "c1@shop.test"}});
  Seen(10, {{"email", "c1@shop.test"}, {"anonymous_id", "a-1"}});
  EXPECT_THAT(MembersOf("anonymous_id", "a-1"), ElementsAre("anonymous_id=a-1"));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// Of two sides, each taken apart since, two members were seen together. Clearing the cannot-link
// between others of the two sides makes these two one person at once, although no evidence ties
// them to those that are named.
TEST_F(WholeDecisionsTest, ClearingACannotLinkUnitesOtherMembersOfItsSides) {
  for (const std::string n : {"1", "2"}) {
    const auto email = Named("email", "e" + n + "@shop.test");
    const auto device = Named("device_id", "d-" + n);
    Seen(1, {{"email", email.value()}, {"anonymous_id", "a-" + n}});
    Seen(2, {{"email", email.value()}, {"device_id", device.value()}});
    Seen(3, {{"device_id", device.value()}, {"anonymous_id", "b-" + n}});
    Part({email, Named("anonymous_id", "a-" + n)});
    Part({Named("anonymous_id", "a-" + n)});
    Part({Named("anonymous_id", "b-" + n)});
    Seen(4, {{"anonymous_id", "a-" + n}, {"anonymous_id", "b-" + n}});
    ASSERT_THAT(MembersOf("anonymous_id", "a-" + n), SizeIs(1));
    if (n == "1") {
      auto clear = Decided<identity::v1::CannotLinkRequest>();
      *clear.mutable_identifier() = email;
      *clear.mutable_other() = device;
      clear.set_clear(true);
      EXPECT_TRUE(client_.CannotLink(clear).ok());
    } else {
      auto merge =
          MergeOf(ByIdentifier("email", email.value()), ByIdentifier("device_id", device.value()));
      merge.set_override_cannot_links(true);
      EXPECT_TRUE(client_.MergeProfiles(merge).ok());
    }
    EXPECT_THAT(MembersOf("anonymous_id", "a-" + n),
                UnorderedElementsAre("anonymous_id=a-" + n, "anonymous_id=b-" + n));
  }
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

}  // namespace
}  // namespace selfsame::test
