// Random histories under rules that change: after a reresolve, and whatever comes after it, a
// profile is what the pure functions make of all records by the rules in force, provenance
// included.
#include <fmt/format.h>

#include <cstdlib>
#include <thread>

#include "tests/integration/ingest/history_fixture.h"

namespace selfsame::ingest {
namespace {

constexpr int kHistoriesARound = 100;

// How many histories are tried: $SELFSAME_HISTORIES, or few enough for every run of the tests.
int RoundCount() {
  const char* given = std::getenv("SELFSAME_HISTORIES");
  return std::max(1, (given == nullptr ? 300 : std::atoi(given)) / kHistoriesARound);
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
}

// Rules of survivorship, trust, limits and sharing that differ from those that ship. `mark` makes
// each text another one.
std::string RandomRules(std::mt19937_64& random, int mark) {
  static const char* kRules[] = {"latest",  "earliest",      "min",   "max",
                                 "longest", "most_frequent", "union", "latest"};
  std::string fields = "[survivorship.fields]\n";
  for (const char* field : {"city", "plan", "interests"}) {
    fields += fmt::format("{} = \"{}\"\n", field, kRules[random() % 8]);
  }
  fields += fmt::format("loyalty_points = \"{}\"\n", random() % 2 == 0 ? "sum" : "latest");
  std::string trust = "[trust]\n";
  for (const std::string& source : kSources) {
    trust += fmt::format("{} = {}\n", source, 10 + 10 * (random() % 2));
  }
  std::string rules(identity::DefaultRulesetToml());
  Replace(rules, "[survivorship.fields]\n", fields);
  Replace(rules, "[trust]\n", trust);
  // Identifiers that were shared link again, limits are tightened, and the other way round.
  Replace(rules, "limit = 10\nshared_above = 2",
          fmt::format("limit = {}\nshared_above = {}", 2 + random() % 9, 1 + random() % 3));
  Replace(rules, "limit = 5\nshared_above = 5",
          fmt::format("limit = {}\nshared_above = {}", 2 + random() % 4, 1 + random() % 5));
  return rules + fmt::format("\n# {}\n", mark);
}

TEST_F(HistoryProperty, AfterAReresolveTheNextClaimsAreJudgedByTheRulesInForce) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < RoundCount(); ++round) {
    Query(kWipe, [](const auto&) {});
    std::vector<TestRecord> histories = ManyHistories(random, kHistoriesARound, kSources);
    const Expectation expectation = Expect(histories);
    std::shuffle(histories.begin(), histories.end(), random);
    const auto third = static_cast<std::ptrdiff_t>(histories.size() / 3);
    SendShuffled({histories.begin(), histories.begin() + third}, random, 4);
    Reresolve(RandomRules(random, 2 * round));
    SendShuffled({histories.begin() + third, histories.begin() + 2 * third}, random, 4);
    // People take merges back while others write.
    const identity::Ruleset rules = Reresolve(RandomRules(random, 2 * round + 1));
    const std::vector<std::string> merges = SomeMerges(random, 10);
    const auto directory =
        test::Must(storage::LoadDirectory(database_->owner(), database_->master_key()));
    std::thread deciding([&] { TakeBack(merges, directory); });
    SendShuffled({histories.begin() + 2 * third, histories.end()}, random, 4);
    deciding.join();
    ASSERT_EQ(
        FirstDifference(Stored(), expectation.Resolve(PairsOf(kRevoked), PartedGroups(), rules)),
        "")
        << "round " << round;
    EXPECT_EQ(Count(kOutboxless), 0);  // INV-9
    EXPECT_EQ(WrongSums(), 0U);
  }
  EXPECT_EQ(Count(kDeadlocks), 0);  // INV-6
}

// Of one person: said by one rule, folded by another, and then said again.
TEST_F(HistoryProperty, AnUnchangedValueHasAnotherWinnerAfterAReresolve) {
  const auto city = [](int second, const std::string& value) {
    return TestRecord{.key = "k" + std::to_string(second),
                      .at_seconds = 1'600'000'000 + second,
                      .identifiers = {{"customer_id", "c-1"}},
                      .traits = "{\"city\":\"" + value + "\"}"};
  };
  std::mt19937_64 random(test::Seed());
  const std::vector<TestRecord> before = {city(100, "a"), city(50, "a")};
  SendShuffled(before, random, 1);
  std::string rules(identity::DefaultRulesetToml());
  Replace(rules, "[survivorship.fields]\n", "[survivorship.fields]\ncity = \"earliest\"\n");
  const identity::Ruleset in_force = Reresolve(rules);
  SendShuffled({city(70, "b")}, random, 1);
  std::vector<TestRecord> all = before;
  all.push_back(city(70, "b"));
  EXPECT_EQ(Stored(), Expect(all).Resolve({}, {}, in_force));
  EXPECT_EQ(Stored().begin()->second["city"]["value"], "a");
}

// What was said first does not decide which claim is named, nor does what came first.
TEST_F(HistoryProperty, ProvenanceIsTheSameInAnyOrder) {
  std::mt19937_64 random(test::Seed());
  std::vector<TestRecord> history;
  for (int i = 0; i < 40; ++i) {
    history.push_back({.key = "k" + std::to_string(i),
                       .at_seconds = 1'600'000'000 + static_cast<std::int64_t>(random() % 8),
                       .identifiers = {{"customer_id", "c-" + std::to_string(random() % 4)}},
                       .traits = fmt::format("{{\"city\":\"{}\"}}", random() % 2),
                       .source = kSources[random() % kSources.size()]});
  }
  const People expected = Expect(history).Resolve();
  for (int order = 0; order < 4; ++order) {
    Query(kWipe, [](const auto&) {});
    SendShuffled(history, random, 1 + order);
    EXPECT_EQ(FirstDifference(Stored(), expected), "");
  }
}

}  // namespace
}  // namespace selfsame::ingest
