// Sources where an anonymous id belongs to one customer at most: who is who is what a plain model
// says of the records, in any order of arrival, and nobody is merged by a shared device.
#include <fmt/format.h>

#include "identity/node_id.h"
#include "tests/integration/ingest/history_fixture.h"

namespace selfsame::ingest {
namespace {

class AfterLogoutProperty : public HistoryProperty {
 protected:
  AfterLogoutProperty() {
    for (const char* source : {"web", "crm"}) {
      test::Must(storage::SetSourceCustoms(database_->owner(), tenant_.name, source,
                                           {.phone_region = std::nullopt,
                                            .date_order = std::nullopt,
                                            .after_logout = "new_person"}));
    }
    with_setting_ = test::Must(storage::LoadDirectory(database_->owner(), database_->master_key()));
  }

  Expectation ExpectWithSetting(const std::vector<TestRecord>& history) const {
    return Expectation(history, with_setting_, tenant_.tenant);
  }

  std::string NameOf(const std::pair<std::string, std::string>& identifier) const {
    return FormatUuid(
        identity::NodeIdOf(tenant().node_key.reveal(), identifier.first, identifier.second));
  }

  std::set<Names> StoredPersons() {
    std::set<Names> persons;
    for (const auto& [names, known] : Stored()) persons.insert(names);
    return persons;
  }

  storage::Directory with_setting_;
};

// The plain model: what has been seen of each anonymous id.
struct SeenOfAnonymous {
  std::map<std::string, std::int64_t> customers;  // When first.
  bool is_of_one_customer = false;

  // Whose it is; empty: nobody's.
  std::string Owner() const {
    if (customers.empty()) return "";
    if (customers.size() > (is_of_one_customer ? 1 : 5)) return "";
    return std::min_element(
               customers.begin(), customers.end(),
               [](const auto& one, const auto& other) { return one.second < other.second; })
        ->first;
  }
};

using Identifier = std::pair<std::string, std::string>;

// The persons of a history whose records hold a customer id, an anonymous id, or both.
std::set<std::set<Identifier>> PlainPersons(const std::vector<TestRecord>& history) {
  std::map<std::string, SeenOfAnonymous> seen;
  std::map<std::string, std::set<Identifier>> of_customer;
  for (const TestRecord& record : history) {
    std::string customer;
    std::string anonymous;
    for (const auto& [kind, value] : record.identifiers) {
      (kind == "customer_id" ? customer : anonymous) = value;
    }
    if (!customer.empty()) of_customer[customer].insert({"customer_id", customer});
    if (anonymous.empty()) continue;
    SeenOfAnonymous& of = seen[anonymous];
    if (customer.empty()) continue;
    const auto [first, is_new] = of.customers.try_emplace(customer, record.at_seconds);
    if (!is_new) first->second = std::min(first->second, record.at_seconds);
    of.is_of_one_customer = of.is_of_one_customer || record.source != "pos";
  }
  std::set<std::set<Identifier>> persons;
  for (const auto& [anonymous, of] : seen) {
    const Identifier self("anonymous_id", anonymous);
    of.Owner().empty() ? static_cast<void>(persons.insert({self}))
                       : static_cast<void>(of_customer[of.Owner()].insert(self));
  }
  for (auto& [customer, identifiers] : of_customer) persons.insert(identifiers);
  return persons;
}

// Homes of some customers and devices: logins, what is sent while logged in, log-outs (what comes
// after is anonymous), and profile updates of either. No two records have the same time.
std::vector<TestRecord> Homes(std::mt19937_64& random, int homes) {
  std::vector<TestRecord> history;
  for (int home = 0; home < homes; ++home) {
    const int records = 2 + static_cast<int>(random() % 14);
    for (int i = 0; i < records; ++i) {
      const Identifier customer("customer_id", fmt::format("c-{}-{}", home, random() % 7));
      const Identifier anonymous("anonymous_id", fmt::format("a-{}-{}", home, random() % 2));
      TestRecord record{.key = fmt::format("k{}-{}", home, i),
                        .at_seconds = 1'600'000'000 + static_cast<std::int64_t>(history.size())};
      // Six of ten are of someone who is logged in.
      const auto shape = random() % 10;
      if (shape < 7) record.identifiers.push_back(customer);
      if (shape >= 1) record.identifiers.push_back(anonymous);
      record.source = kSources[random() % 4 == 0 ? 2 : random() % 2];
      if (random() % 3 == 0) record.traits = fmt::format(R"({{"city":"city {}"}})", random() % 3);
      history.push_back(std::move(record));
    }
  }
  return history;
}

TEST_F(AfterLogoutProperty, InAnyOrderPeopleAreWhatThePlainModelSays) {
  std::mt19937_64 random(test::Seed());
  const std::vector<TestRecord> history = Homes(random, 500);
  std::set<Names> persons;
  for (const auto& identifiers : PlainPersons(history)) {
    Names names;
    for (const Identifier& one : identifiers) names.insert(NameOf(one));
    persons.insert(std::move(names));
  }
  const People expected = ExpectWithSetting(history).Resolve();
  for (const int threads : {1, 4}) {
    Query(kWipe, [](const auto&) {});
    SendShuffled(history, random, threads);
    EXPECT_TRUE(StoredPersons() == persons) << threads << " writers";
    EXPECT_EQ(FirstDifference(Stored(), expected), "") << threads << " writers";
    EXPECT_EQ(Count(kOutboxless), 0);  // INV-9
    EXPECT_EQ(WrongSums(), 0U);
  }
  EXPECT_EQ(Count(kDeadlocks), 0);  // INV-6
}

// Histories of all kinds of identifiers, with merges taken back between their halves, and all of it
// resolved again.
TEST_F(AfterLogoutProperty, HoldsThroughUnmergesAndAReresolve) {
  std::mt19937_64 random(test::Seed());
  std::vector<TestRecord> history = ManyHistories(random, 900, kSources);
  const std::vector<TestRecord> homes = Homes(random, 300);
  history.insert(history.end(), homes.begin(), homes.end());
  const Expectation expectation = ExpectWithSetting(history);
  std::shuffle(history.begin(), history.end(), random);
  const auto middle = history.begin() + static_cast<std::ptrdiff_t>(history.size() / 2);
  SendShuffled({history.begin(), middle}, random, 4);
  UnmergeSome(random, 150);
  SendShuffled({middle, history.end()}, random, 4);
  UnmergeSome(random, 50);
  const Pairs revoked = PairsOf(kRevoked);
  const Groups parted = PartedGroups();
  EXPECT_GT(parted.size(), 100U);
  EXPECT_EQ(FirstDifference(Stored(), expectation.Resolve(revoked, parted)), "");
  const identity::Ruleset rules =
      Reresolve(std::string(identity::DefaultRulesetToml()) + "\n# the same again\n");
  EXPECT_EQ(FirstDifference(Stored(), expectation.Resolve(revoked, parted, rules)), "");
  EXPECT_EQ(WrongSums(), 0U);
}

TestRecord Seen(const std::string& key, std::int64_t second, const std::string& source,
                const std::vector<Identifier>& identifiers) {
  return {.key = key,
          .at_seconds = 1'600'000'000 + second,
          .identifiers = identifiers,
          .source = source};
}

// What is taken back of a source with the setting is taken back of those without it, and the other
// way round: neither sees the two together later.
TEST_F(AfterLogoutProperty, WhatIsTakenBackIsTakenBackOfAllSources) {
  std::mt19937_64 random(test::Seed());
  const Identifier ann("customer_id", "ann");
  const Identifier bob("customer_id", "bob");
  const Identifier tablet("anonymous_id", "tablet");
  for (const auto& [first, second] : {std::pair{"pos", "web"}, std::pair{"web", "pos"}}) {
    Query(kWipe, [](const auto&) {});
    LanesHarness server(*database_, tenant_, 1);
    std::vector<TestRecord> history = {Seen("k1", 1, "web", {ann}), Seen("k2", 2, "web", {tablet}),
                                       Seen("k3", 3, first, {ann, tablet}),
                                       Seen("k4", 4, second, {ann, tablet}),
                                       Seen("k5", 5, "web", {bob, tablet})};
    for (const TestRecord& record : history) {
      if (record.key == "k4") UnmergeSome(random, 1);
      ASSERT_EQ(server.Send({record}).size(), 1U);
    }
    EXPECT_THAT(StoredPersons(), testing::UnorderedElementsAre(Names{NameOf(ann)},
                                                               Names{NameOf(bob), NameOf(tablet)}))
        << first << " first";
    const People expected = ExpectWithSetting(history).Resolve(PairsOf(kRevoked), PartedGroups());
    EXPECT_EQ(FirstDifference(Stored(), expected), "") << first << " first";
  }
}

// Records of both sorts of sources that are committed together link all that they link.
TEST_F(AfterLogoutProperty, BothSortsOfSourcesLinkInOneCommit) {
  LanesHarness server(*database_, tenant_, 1);
  std::vector<TestRecord> alone;
  std::vector<TestRecord> together;
  std::set<Names> persons;
  for (int i = 0; i < 8; ++i) {
    const Identifier customer("customer_id", fmt::format("c-{}", i));
    const Identifier anonymous("anonymous_id", fmt::format("a-{}", i));
    alone.push_back(Seen(fmt::format("c{}", i), i, "web", {customer}));
    alone.push_back(Seen(fmt::format("a{}", i), i, "web", {anonymous}));
    for (const char* source : {"web", "pos"}) {
      together.push_back(
          Seen(fmt::format("{}{}", source, i), 10 + i, source, {customer, anonymous}));
    }
    persons.insert({NameOf(customer), NameOf(anonymous)});
  }
  ASSERT_EQ(server.Send(alone).size(), alone.size());
  ASSERT_EQ(server.Send(together).size(), together.size());
  EXPECT_EQ(StoredPersons(), persons);
}

}  // namespace
}  // namespace selfsame::ingest
