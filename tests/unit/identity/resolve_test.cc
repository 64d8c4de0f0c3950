#include "identity/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/seed.h"
#include "tests/unit/identity/graph_builder.h"

namespace selfsame::identity {
namespace {

using Persons = std::set<std::set<std::string>>;

Persons PersonsOf(GraphBuilder& graph, const Ruleset& rules = DefaultRuleset()) {
  return graph.Persons(Resolve(graph.graph(), rules));
}

TEST(Resolve, UnitesWhatEvidenceConnects) {
  GraphBuilder graph;
  graph.Link("cust:1", "anon:a", 1).Link("cust:1", "email:e", 2).Link("anon:b", "anon:c", 3);
  EXPECT_EQ(PersonsOf(graph), (Persons{{"cust:1", "anon:a", "email:e"}, {"anon:b", "anon:c"}}));
}

TEST(Resolve, ProfileIdIsTheSmallestBirthIdOfItsMembers) {
  GraphBuilder graph;
  graph.Node("anon:first");
  graph.Link("cust:1", "anon:second", 1).Link("cust:1", "anon:first", 2);
  const Resolution resolution = Resolve(graph.graph(), DefaultRuleset());
  for (const ProfileId& id : resolution.profile_of) EXPECT_EQ(id, graph.nodes()[0].birth_id);
}

TEST(Resolve, EarlierEvidenceKeepsAnIdentifierThatTwoUniqueOnesClaim) {
  GraphBuilder graph;
  graph.Link("cust:late", "email:e", 20).Link("cust:early", "email:e", 10);
  const Resolution resolution = Resolve(graph.graph(), DefaultRuleset());
  EXPECT_EQ(graph.Persons(resolution), (Persons{{"cust:early", "email:e"}, {"cust:late"}}));
  EXPECT_EQ(resolution.refusal_of[0], Refusal::kUniqueConflict);
  EXPECT_EQ(resolution.refusal_of[1], Refusal::kNone);
}

TEST(Resolve, RefusedEdgesStillHoldAComponentTogether) {
  GraphBuilder graph;
  graph.Link("cust:late", "email:e", 20).Link("cust:early", "email:e", 10);
  const Resolution resolution = Resolve(graph.graph(), DefaultRuleset());
  EXPECT_EQ(resolution.component_of[0], resolution.component_of[1]);
  EXPECT_EQ(resolution.component_of[1], resolution.component_of[2]);
}

TEST(Resolve, StrongerEvidenceComesFirstWhateverItsTime) {
  GraphBuilder graph;
  graph.Link("cust:1", "email:e", 10, Strength::kDeterministic);
  graph.Link("cust:2", "email:e", 99, Strength::kManual);
  EXPECT_EQ(PersonsOf(graph), (Persons{{"cust:1"}, {"cust:2", "email:e"}}));
}

TEST(Resolve, KeepsTheFirstFiveEmailsOfAPerson) {
  GraphBuilder graph;
  for (int i = 6; i >= 1; --i) graph.Link("cust:1", "email:" + std::to_string(i), i);
  const Resolution resolution = Resolve(graph.graph(), DefaultRuleset());
  EXPECT_THAT(graph.Persons(resolution), testing::Contains(std::set<std::string>{"email:6"}));
  EXPECT_EQ(resolution.refusal_of[0], Refusal::kLimitExceeded);
}

TEST(Resolve, RefusesToGrowPastTheComponentMaximum) {
  Ruleset rules = DefaultRuleset();
  rules.component_nodes_max = 3;
  GraphBuilder graph;
  graph.Link("cust:1", "anon:a", 1).Link("cust:1", "anon:b", 2).Link("cust:1", "anon:c", 3);
  const Resolution resolution = Resolve(graph.graph(), rules);
  EXPECT_EQ(resolution.refusal_of[2], Refusal::kComponentLimit);
  EXPECT_EQ(graph.Persons(resolution), (Persons{{"cust:1", "anon:a", "anon:b"}, {"anon:c"}}));
}

TEST(Resolve, NothingInNothingOut) {
  const Resolution resolution = Resolve({}, DefaultRuleset());
  EXPECT_TRUE(resolution.profile_of.empty());
  EXPECT_TRUE(resolution.refusal_of.empty());
}

// INV-5: thousands of random graphs, each in several orders.
TEST(ResolveProperty, AnyOrderGivesTheSamePartitionAndRefusals) {
  std::mt19937_64 random(test::Seed());
  const char* kinds[] = {"cust", "email", "dev", "anon"};
  const auto node = [&] {
    return std::string(kinds[random() % 4]) + ":" + std::to_string(random() % 6);
  };
  for (int round = 0; round < 2000; ++round) {
    GraphBuilder graph;
    const int edges = static_cast<int>(random() % 25);
    std::set<std::pair<std::string, std::string>> seen;
    for (int i = 0; i < edges; ++i) {
      std::string a = node(), b = node();
      if (a == b || !seen.insert(std::minmax(a, b)).second) continue;
      // Few distinct times, so that ties are common.
      graph.Link(a, b, static_cast<std::int64_t>(random() % 4));
    }
    const Resolution expected = Resolve(graph.graph(), DefaultRuleset());
    std::map<std::pair<NodeId, NodeId>, Refusal> refusals;
    for (std::size_t i = 0; i < graph.edges().size(); ++i) {
      refusals[{graph.edges()[i].a, graph.edges()[i].b}] = expected.refusal_of[i];
    }
    const Persons persons = graph.Persons(expected);
    for (int order = 0; order < 3; ++order) {
      std::shuffle(graph.nodes().begin(), graph.nodes().end(), random);
      std::shuffle(graph.edges().begin(), graph.edges().end(), random);
      const Resolution shuffled = Resolve(graph.graph(), DefaultRuleset());
      ASSERT_EQ(graph.Persons(shuffled), persons) << "round " << round;
      for (std::size_t i = 0; i < graph.edges().size(); ++i) {
        ASSERT_EQ(shuffled.refusal_of[i], refusals.at({graph.edges()[i].a, graph.edges()[i].b}));
      }
    }
  }
}

// No person ever breaks the ruleset, and every refused edge would have broken it.
TEST(ResolveProperty, NoPersonHasMoreOfAKindThanAllowed) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 500; ++round) {
    GraphBuilder graph;
    for (int i = 0; i < 60; ++i) {
      graph.Link("cust:" + std::to_string(random() % 5), "email:" + std::to_string(i % 20),
                 static_cast<std::int64_t>(i));
    }
    // One edge a pair: the generator above may repeat itself.
    std::sort(graph.edges().begin(), graph.edges().end(),
              [](const Edge& x, const Edge& y) { return std::tie(x.a, x.b) < std::tie(y.a, y.b); });
    graph.edges().erase(
        std::unique(graph.edges().begin(), graph.edges().end(),
                    [](const Edge& x, const Edge& y) { return x.a == y.a && x.b == y.b; }),
        graph.edges().end());
    for (const auto& person : PersonsOf(graph)) {
      const auto of_kind = [&](const std::string& kind) {
        return std::count_if(person.begin(), person.end(),
                             [&](const std::string& name) { return name.starts_with(kind); });
      };
      ASSERT_LE(of_kind("cust"), 1);
      ASSERT_LE(of_kind("email"), 5);
    }
  }
}

TEST(Resolve, AnAnonymousIdOfOneCustomerLeavesTheGraphWithTheSecond) {
  GraphBuilder graph;
  graph.Link("cust:1", "anon:a", 1, Strength::kOneCustomer).Link("anon:a", "email:e", 2);
  EXPECT_EQ(PersonsOf(graph), (Persons{{"cust:1", "anon:a", "email:e"}}));
  // One source that says so is enough.
  graph.Link("cust:2", "anon:a", 3);
  const Persons apart{{"cust:1"}, {"cust:2"}, {"anon:a"}, {"email:e"}};
  EXPECT_EQ(PersonsOf(graph), apart);
  std::reverse(graph.edges().begin(), graph.edges().end());
  const Resolution resolution = Resolve(graph.graph(), DefaultRuleset());
  EXPECT_EQ(graph.Persons(resolution), apart);
  for (const Refusal refusal : resolution.refusal_of) {
    EXPECT_EQ(refusal, Refusal::kSharedIdentifier);
  }
}

TEST(Resolve, EvidenceOfOneCustomerLetsOtherKindsBeShared) {
  GraphBuilder graph;
  graph.Link("cust:1", "email:e", 1, Strength::kOneCustomer)
      .Link("cust:2", "email:e", 2, Strength::kOneCustomer);
  EXPECT_EQ(PersonsOf(graph), (Persons{{"cust:1", "email:e"}, {"cust:2"}}));
}

TEST(Resolve, EvidenceOfOneCustomerComesInTheOrderOfTime) {
  GraphBuilder graph;
  graph.Link("cust:1", "anon:a", 2).Link("cust:2", "email:e", 1);
  graph.Link("email:e", "anon:a", 1, Strength::kOneCustomer);
  EXPECT_EQ(PersonsOf(graph), (Persons{{"cust:2", "email:e", "anon:a"}, {"cust:1"}}));
  EXPECT_TRUE(IsBefore(graph.edges()[2], graph.edges()[0]));
}

TEST(Resolve, ASharedIdentifierLinksNobodyNotEvenThoseBefore) {
  GraphBuilder graph;
  graph.Link("dev:kiosk", "anon:s", 1).Link("cust:1", "dev:kiosk", 2).Link("cust:1", "email:e", 3);
  graph.Link("cust:2", "dev:kiosk", 4);
  EXPECT_EQ(PersonsOf(graph), (Persons{{"cust:1", "email:e", "dev:kiosk", "anon:s"}, {"cust:2"}}));
  graph.Link("cust:3", "dev:kiosk", 5);
  const Resolution resolution = Resolve(graph.graph(), DefaultRuleset());
  EXPECT_EQ(graph.Persons(resolution),
            (Persons{{"cust:1", "email:e"}, {"cust:2"}, {"cust:3"}, {"dev:kiosk"}, {"anon:s"}}));
  EXPECT_EQ(resolution.exclusion_of[0], Exclusion::kShared);
  EXPECT_EQ(resolution.refusal_of[0], Refusal::kSharedIdentifier);
  // It holds no component together either.
  std::set<ComponentId> components(resolution.component_of.begin(), resolution.component_of.end());
  EXPECT_EQ(components.size(), 5u);
}

TEST(Resolve, WhatIsStatedByHandOutlivesSharing) {
  GraphBuilder graph;
  for (int i = 0; i < 5; ++i) graph.Link("cust:" + std::to_string(i), "dev:kiosk", i);
  graph.Link("cust:4", "dev:kiosk", 9, Strength::kManual);
  EXPECT_EQ(PersonsOf(graph),
            (Persons{{"cust:0"}, {"cust:1"}, {"cust:2"}, {"cust:3"}, {"cust:4", "dev:kiosk"}}));
}

TEST(Resolve, BlockedNodesLinkNobody) {
  GraphBuilder graph;
  graph.Link("cust:1", "email:e", 1).Link("email:e", "anon:a", 2);
  graph.nodes()[1].exclusion = Exclusion::kBlocked;
  const Resolution resolution = Resolve(graph.graph(), DefaultRuleset());
  EXPECT_EQ(graph.Persons(resolution), (Persons{{"cust:1"}, {"email:e"}, {"anon:a"}}));
  EXPECT_EQ(resolution.refusal_of[0], Refusal::kBlockedValue);
}

TEST(Resolve, CannotLinkHoldsAgainstAnyPath) {
  GraphBuilder graph;
  graph.Link("anon:a", "email:e", 1).Link("email:e", "anon:b", 2).Part({"anon:a"}, {"anon:b"});
  const Resolution resolution = Resolve(graph.graph(), DefaultRuleset());
  EXPECT_EQ(graph.Persons(resolution), (Persons{{"anon:a", "email:e"}, {"anon:b"}}));
  EXPECT_EQ(resolution.refusal_of[1], Refusal::kCannotLink);
  graph.Link("anon:a", "anon:b", 3, Strength::kForced);
  EXPECT_EQ(Resolve(graph.graph(), DefaultRuleset()).refusal_of[2], Refusal::kCannotLink);
}

TEST(Resolve, ForcedEvidenceHoldsAgainstTheLimitsOfKinds) {
  GraphBuilder graph;
  graph.Link("cust:1", "cust:2", 9, Strength::kManual);
  EXPECT_EQ(PersonsOf(graph), (Persons{{"cust:1"}, {"cust:2"}}));
  graph.Link("cust:1", "cust:2", 9, Strength::kForced).Link("cust:2", "email:e", 1);
  EXPECT_EQ(PersonsOf(graph), (Persons{{"cust:1", "cust:2", "email:e"}}));
  graph.Link("cust:3", "email:e", 2);
  EXPECT_EQ(PersonsOf(graph), (Persons{{"cust:1", "cust:2", "email:e"}, {"cust:3"}}));
}

// Five in a week: the sixth within it is refused, the seventh after it is not, whoever came first.
TEST(Resolve, ALimitWithinAWindowCountsByEventTime) {
  constexpr std::int64_t kDay = 24LL * 3600 * 1'000'000;
  Ruleset rules = DefaultRuleset();
  for (KindRule& rule : rules.kinds) {
    if (rule.kind != "anonymous_id") continue;
    rule.per_person_max = 5;
    rule.window = std::chrono::hours(24 * 7);
  }
  GraphBuilder graph;
  graph.Link("cust:1", "anon:late", 8 * kDay).Link("cust:1", "anon:sixth", 3 * kDay);
  for (int i = 0; i < 5; ++i) graph.Link("cust:1", "anon:" + std::to_string(i), i);
  const Resolution resolution = Resolve(graph.graph(), rules);
  EXPECT_EQ(resolution.refusal_of[0], Refusal::kNone);
  EXPECT_EQ(resolution.refusal_of[1], Refusal::kLimitExceeded);
  EXPECT_EQ(graph.Persons(resolution).size(), 2u);
}

// What is united later may be earlier: the window is looked at from both of its ends.
TEST(Resolve, AWindowCountsWhatComesBeforeItsFirstMembersToo) {
  constexpr std::int64_t kDay = 24LL * 3600 * 1'000'000;
  Ruleset rules = DefaultRuleset();
  for (KindRule& rule : rules.kinds) {
    if (rule.kind != "anonymous_id") continue;
    rule.per_person_max = 2;
    rule.window = std::chrono::hours(24 * 7);
  }
  for (const auto& [day, refusal] :
       {std::pair{5, Refusal::kLimitExceeded}, std::pair{2, Refusal::kNone},
        std::pair{9, Refusal::kLimitExceeded}, std::pair{12, Refusal::kLimitExceeded},
        std::pair{15, Refusal::kNone}}) {
    GraphBuilder graph;
    graph.Link("cust:1", "anon:a", 8 * kDay, Strength::kManual)
        .Link("cust:1", "anon:b", 10 * kDay, Strength::kManual)
        .Link("cust:1", "anon:c", day * kDay);
    EXPECT_EQ(Resolve(graph.graph(), rules).refusal_of[2], refusal) << "day " << day;
  }
}

TEST(Resolve, JoiningEdgesAreATreeOfEachPerson) {
  GraphBuilder graph;
  graph.Link("cust:1", "anon:a", 1).Link("cust:1", "email:e", 2).Link("anon:a", "email:e", 3);
  EXPECT_EQ(Resolve(graph.graph(), DefaultRuleset()).is_joining,
            (std::vector<bool>{true, true, false}));
}

}  // namespace
}  // namespace selfsame::identity
