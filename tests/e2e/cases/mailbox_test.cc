// A mailbox that many people write from names none of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <vector>

#include "tests/e2e/installation.h"

namespace selfsame::test {
namespace {

class MailboxTest : public InstallationTest {
 protected:
  static constexpr int kPeople = 30;

  static std::string IdOf(int person) { return fmt::format("visitor-{}", person); }

  static ingest::v1::ProfileUpdate UpdateOf(int person, const std::string& email) {
    UpdateBuilder update(fmt::format("{}-{}", email, person));
    update.With("email", email).With("anonymous_id", IdOf(person));
    update.Json(fmt::format(R"({{"first_name":"Name {}","last_name":"Lee"}})",
                            static_cast<char>('A' + person % 26)));
    return update.Build();
  }

  void Write(const std::vector<int>& people, const std::string& email) {
    std::vector<ingest::v1::ProfileUpdate> updates;
    for (const int person : people) updates.push_back(UpdateOf(person, email));
    for (const auto& outcome :
         SendUntilSettled(client_, Updates(updates), Deadline::After(kPatience))) {
      EXPECT_EQ(outcome.outcome(), ingest::v1::OUTCOME_ACCEPTED) << outcome.DebugString();
    }
  }
  void Write(int person, const std::string& email) { Write(std::vector<int>{person}, email); }

  // How many profiles these people are.
  std::size_t PeopleAmong(int first, int last) {
    std::set<std::string> people;
    for (int person = first; person < last; ++person) {
      people.insert(GetProfile(ByIdentifier("anonymous_id", IdOf(person))).profile_id());
    }
    return people.size();
  }

  static std::vector<int> Range(int first, int last) {
    std::vector<int> people(static_cast<std::size_t>(last - first));
    std::iota(people.begin(), people.end(), first);
    return people;
  }
};

TEST_F(MailboxTest, ThirtyPeopleWithoutACustomerIdStayThirty) {
  for (int person = 0; person < kPeople; ++person) Write(person, "Call-Centre@shop.example");
  std::set<std::string> people;
  for (int person = 0; person < kPeople; ++person) {
    const auto profile = GetProfile(ByIdentifier("anonymous_id", IdOf(person)));
    people.insert(profile.profile_id());
    EXPECT_EQ(MembersOf(profile), std::vector<std::string>{"anonymous_id=" + IdOf(person)});
    EXPECT_EQ(profile.attributes().at("first_name").value().string_value(),
              fmt::format("Name {}", static_cast<char>('A' + person % 26)));
  }
  EXPECT_EQ(people.size(), static_cast<std::size_t>(kPeople));
  // The mailbox is known, and nobody's.
  EXPECT_EQ(MembersOf("email", "call-centre@shop.example"),
            std::vector<std::string>{"email=call-centre@shop.example"});
}

TEST_F(MailboxTest, AnAddressOfOnePersonLinksAsItDid) {
  Write(1, "ann@shop.example");
  EXPECT_EQ(MembersOf("email", "ann@shop.example").size(), 2u);
}

TEST_F(MailboxTest, ARecordWithNothingElseIsTheMailboxs) {
  const auto outcome =
      Update(UpdateBuilder("k1").With("email", "sales@shop.example").Json(R"({"city":"Rome"})"));
  EXPECT_EQ(outcome.outcome(), ingest::v1::OUTCOME_ACCEPTED);
  EXPECT_EQ(MembersOf("email", "sales@shop.example"),
            std::vector<std::string>{"email=sales@shop.example"});
}

// The ruleset that ships allows ten names; whatever the order or the batches, the eleventh parts
// all.
TEST_F(MailboxTest, AnAddressSeenWithTooManyNamesLinksNobodyAlsoBackwardsInTime) {
  const std::string email = "thornhill@shop.example";
  for (int person = 0; person < 10; ++person) Write(person, email);
  EXPECT_EQ(PeopleAmong(0, 10), 1u);
  Write(10, email);
  EXPECT_EQ(PeopleAmong(0, 11), 11u);
  EXPECT_EQ(MembersOf("email", email), std::vector<std::string>{"email=" + email});
  Write(11, email);
  EXPECT_EQ(PeopleAmong(0, 12), 12u);
}

TEST_F(MailboxTest, AnAddressSeenWithTooManyNamesAtOnceIsBornShared) {
  Write(Range(0, 20), "thornhill@shop.example");
  EXPECT_EQ(PeopleAmong(0, 20), 20u);
}

TEST_F(MailboxTest, NamesOfSeveralBatchesAddUp) {
  Write(Range(0, 6), "thornhill@shop.example");
  EXPECT_EQ(PeopleAmong(0, 6), 1u);
  Write(Range(6, 14), "thornhill@shop.example");
  EXPECT_EQ(PeopleAmong(0, 14), 14u);
}

TEST_F(MailboxTest, AnotherWritingOfANameIsNoOtherName) {
  for (int i = 0; i < 15; ++i) {
    UpdateBuilder update(fmt::format("k{}", i));
    update.With("email", "ann@shop.example").With("anonymous_id", IdOf(i));
    update.Json(i % 2 == 0 ? R"({"first_name":"ANN","last_name":"LEE"})"
                           : R"({"full_name":"Ann  Lee"})");
    EXPECT_EQ(Update(update).outcome(), ingest::v1::OUTCOME_ACCEPTED);
  }
  EXPECT_EQ(PeopleAmong(0, 15), 1u);
}

}  // namespace
}  // namespace selfsame::test
