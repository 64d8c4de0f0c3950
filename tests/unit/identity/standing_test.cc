// What stands since earlier rules: other rules part nobody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "identity/resolve.h"
#include "tests/support/seed.h"
#include "tests/unit/identity/graph_builder.h"

namespace selfsame::identity {
namespace {

using Persons = std::set<std::set<std::string>>;

// At most one of each kind, and nothing is shared.
Ruleset TightRules() {
  Ruleset rules = DefaultRuleset();
  for (KindRule& rule : rules.kinds) {
    rule.per_person_max = 1;
    rule.shared_above = 0;
  }
  return rules;
}

// All edges so far were judged by earlier rules, in this way.
void JudgedBefore(GraphBuilder& graph, const Resolution& resolution) {
  for (std::size_t i = 0; i < graph.edges().size(); ++i) {
    graph.edges()[i].judged =
        resolution.refusal_of[i] == Refusal::kNone ? Judged::kStands : Judged::kRefused;
  }
}

GraphBuilder ThreeEmails() {
  GraphBuilder graph;
  for (int i = 1; i <= 3; ++i) graph.Link("cust:1", "email:" + std::to_string(i), i);
  JudgedBefore(graph, Resolve(graph.graph(), DefaultRuleset()));
  return graph;
}

Persons PersonsOf(const GraphBuilder& graph, const Ruleset& rules) {
  return graph.Persons(Resolve(graph.graph(), rules));
}

TEST(Standing, TighterLimitsPartNobodyAndHoldForWhoComes) {
  GraphBuilder graph = ThreeEmails();
  graph.Link("cust:1", "dev:d", 0).Link("cust:1", "email:4", 0);
  EXPECT_EQ(PersonsOf(graph, TightRules()),
            (Persons{{"cust:1", "email:1", "email:2", "email:3", "dev:d"}, {"email:4"}}));
  // Judged anew, the first of each kind stays.
  for (Edge& edge : graph.edges()) edge.judged = Judged::kNow;
  EXPECT_EQ(PersonsOf(graph, TightRules()).size(), 4u);
}

TEST(Standing, EarlierEvidenceTakesNobodyAway) {
  GraphBuilder graph = ThreeEmails();
  graph.Link("cust:2", "email:1", 0);
  EXPECT_EQ(PersonsOf(graph, DefaultRuleset()),
            (Persons{{"cust:1", "email:1", "email:2", "email:3"}, {"cust:2"}}));
}

TEST(Standing, IsHeldToCannotLinks) {
  GraphBuilder graph = ThreeEmails();
  graph.Part({"email:3"}, {"cust:1"});
  EXPECT_EQ(PersonsOf(graph, TightRules()),
            (Persons{{"cust:1", "email:1", "email:2"}, {"email:3"}}));
}

TEST(Standing, WhoIsJoinedByHandIsHeldToTheLimits) {
  GraphBuilder graph = ThreeEmails();
  graph.Link("cust:1", "email:9", 9, Strength::kManual);
  EXPECT_EQ(PersonsOf(graph, TightRules()).size(), 4u);  // So the decision is refused.
}

TEST(Standing, NothingIsSharedByWhatEarlierRulesJudgedAlone) {
  GraphBuilder graph;
  graph.Link("cust:1", "dev:d", 1).Link("cust:2", "dev:d", 2);
  JudgedBefore(graph, Resolve(graph.graph(), DefaultRuleset()));
  Ruleset rules = DefaultRuleset();
  for (KindRule& rule : rules.kinds) rule.shared_above = std::min(rule.shared_above, 1);
  graph.Link("anon:a", "dev:d", 3);
  EXPECT_EQ(PersonsOf(graph, rules), (Persons{{"cust:1", "dev:d", "anon:a"}, {"cust:2"}}));
  graph.Link("cust:3", "dev:d", 4);
  EXPECT_EQ(PersonsOf(graph, rules).size(), 5u);
}

TEST(StandingProperty, OtherRulesPartNobodyInAnyOrderOfWhatComes) {
  std::mt19937_64 random(test::Seed());
  const char* kinds[] = {"cust", "email", "dev", "anon"};
  const auto add = [&](GraphBuilder& graph, std::uint64_t count, auto& seen) {
    for (; count > 0; --count) {
      const auto name = [&] {
        return std::string(kinds[random() % 4]) + ":" + std::to_string(random() % 6);
      };
      const std::string a = name();
      const std::string b = name();
      if (a == b || !seen.insert(std::minmax(a, b)).second) continue;
      graph.Link(a, b, static_cast<std::int64_t>(random() % 4));
    }
  };
  for (int round = 0; round < 2'000; ++round) {
    GraphBuilder graph;
    std::set<std::pair<std::string, std::string>> seen;
    add(graph, random() % 20, seen);
    const Resolution before = Resolve(graph.graph(), DefaultRuleset());
    const Persons stood = graph.Persons(before);
    JudgedBefore(graph, before);
    add(graph, random() % 12, seen);
    const Persons now = PersonsOf(graph, TightRules());
    for (const auto& person : stood) {
      if (person.size() == 1) continue;
      const bool is_whole = std::any_of(now.begin(), now.end(), [&](const auto& after) {
        return std::includes(after.begin(), after.end(), person.begin(), person.end());
      });
      ASSERT_TRUE(is_whole) << "round " << round << ": " << *person.begin();
    }
    std::shuffle(graph.nodes().begin(), graph.nodes().end(), random);
    std::shuffle(graph.edges().begin(), graph.edges().end(), random);
    ASSERT_EQ(PersonsOf(graph, TightRules()), now) << "round " << round;
  }
}

}  // namespace
}  // namespace selfsame::identity
