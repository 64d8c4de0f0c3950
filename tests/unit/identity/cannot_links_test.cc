// Groups that are not one person: held against every path, whoever comes and goes.
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

Persons PersonsOf(const GraphBuilder& graph) {
  return graph.Persons(Resolve(graph.graph(), DefaultRuleset()));
}

// The tablet of two people, one of whom is not who used its browser.
GraphBuilder TabletAndBrowser() {
  GraphBuilder graph;
  graph.Link("dev:tablet", "anon:browser", 1).Link("cust:1", "anon:browser", 2);
  graph.Part({"dev:tablet", "anon:browser"}, {"cust:1"});
  return graph;
}

TEST(CannotLinks, HoldOfAMemberWhoseGroupHasLeftTheGraph) {
  GraphBuilder graph = TabletAndBrowser();
  EXPECT_EQ(PersonsOf(graph), (Persons{{"dev:tablet", "anon:browser"}, {"cust:1"}}));
  for (int i = 2; i <= 4; ++i) graph.Link("cust:" + std::to_string(i), "dev:tablet", i);
  EXPECT_EQ(
      PersonsOf(graph),
      (Persons{{"dev:tablet"}, {"anon:browser"}, {"cust:1"}, {"cust:2"}, {"cust:3"}, {"cust:4"}}));
}

TEST(CannotLinks, HoldAgainstAPathOverStrangers) {
  GraphBuilder graph = TabletAndBrowser();
  graph.Link("anon:browser", "email:e", 3).Link("cust:1", "email:e", 4);
  EXPECT_EQ(PersonsOf(graph), (Persons{{"dev:tablet", "anon:browser", "email:e"}, {"cust:1"}}));
}

TEST(CannotLinks, HoldForEveryMemberOfASide) {
  GraphBuilder graph;
  graph.Link("email:1", "anon:2", 1).Link("email:2", "anon:1", 2).Link("email:1", "anon:3", 3);
  graph.Part({"email:1", "email:2"}, {"anon:1", "anon:2"});
  EXPECT_EQ(PersonsOf(graph),
            (Persons{{"email:1", "anon:3"}, {"email:2"}, {"anon:1"}, {"anon:2"}}));
}

TEST(CannotLinks, OneSideIsNotMadeOnePersonByIt) {
  GraphBuilder graph;
  graph.Part({"email:1", "email:2"}, {"anon:1"});
  EXPECT_EQ(PersonsOf(graph).size(), 3u);
}

TEST(CannotLinks, ManyOfOnePersonAreAllHeld) {
  GraphBuilder graph;
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    graph.Link("email:e", "anon:" + n, i).Part({"anon:" + n}, {"cust:" + n, "anon:x" + n});
  }
  for (int i = 0; i < 40; ++i) graph.Link("email:e", "anon:x" + std::to_string(i), 100 + i);
  const Resolution resolution = Resolve(graph.graph(), DefaultRuleset());
  EXPECT_EQ(graph.Persons(resolution).size(), 81u);
  EXPECT_EQ(
      std::count(resolution.refusal_of.begin(), resolution.refusal_of.end(), Refusal::kCannotLink),
      40);
}

// Unites the edges one by one as Resolve promises, asking of every pair of every cannot-link.
class NaiveModel {
 public:
  explicit NaiveModel(const GraphBuilder& builder) : graph_(builder.graph()) {
    for (const Node& node : graph_.nodes) persons_.push_back({node.id});
    std::vector<Edge> edges(graph_.edges.begin(), graph_.edges.end());
    std::sort(edges.begin(), edges.end(), IsBefore);
    for (const Edge& edge : edges) {
      if (IsOut(edge.a) || IsOut(edge.b)) continue;
      const auto a = Find(edge.a);
      const auto b = Find(edge.b);
      if (a == b || !MayUnite(*a, *b)) continue;
      a->insert(b->begin(), b->end());
      persons_.erase(b);
    }
  }

  Persons Named(const GraphBuilder& builder) const {
    Persons named;
    for (const auto& person : persons_) {
      std::set<std::string> names;
      for (const NodeId& id : person) names.insert(builder.NameOf(id));
      named.insert(std::move(names));
    }
    return named;
  }

 private:
  using Person = std::set<NodeId>;

  std::vector<Person>::iterator Find(NodeId id) {
    return std::find_if(persons_.begin(), persons_.end(),
                        [&](const Person& person) { return person.contains(id); });
  }

  bool IsOut(NodeId id) const {
    return std::any_of(graph_.nodes.begin(), graph_.nodes.end(), [&](const Node& node) {
      return node.id == id && node.exclusion != Exclusion::kNone;
    });
  }

  // Only e-mail addresses and browsers: few enough that no limit is met.
  bool MayUnite(const Person& a, const Person& b) const {
    for (const CannotLink& link : graph_.cannot_links) {
      for (const NodeId& one : link.one) {
        for (const NodeId& other : link.other) {
          if ((a.contains(one) && b.contains(other)) || (a.contains(other) && b.contains(one))) {
            return false;
          }
        }
      }
    }
    return true;
  }

  const Graph graph_;
  std::vector<Person> persons_;
};

class RandomGroups {
 public:
  explicit RandomGroups(std::mt19937_64& random) : random_(random) {
    std::set<std::pair<std::string, std::string>> seen;
    for (std::uint64_t i = random_() % 30; i > 0; --i) {
      const std::string a = Any();
      const std::string b = Any();
      if (a == b || !seen.insert(std::minmax(a, b)).second) continue;
      graph_.Link(a, b, static_cast<std::int64_t>(random_() % 5));
    }
    for (std::uint64_t i = random_() % 5; i > 0; --i) {
      std::set<std::string> one, other;
      for (std::uint64_t j = 2 + random_() % 5; j > 0; --j) {
        const std::string name = Any();
        if (!one.contains(name) && !other.contains(name)) (j % 2 == 0 ? one : other).insert(name);
      }
      graph_.Part(one, other);
    }
  }

  GraphBuilder& graph() { return graph_; }

  // Some leave the graph, some come back.
  void ExcludeSome() {
    for (Node& node : graph_.nodes()) {
      node.exclusion = random_() % 5 == 0 ? Exclusion::kShared : Exclusion::kNone;
    }
  }

  void Shuffle() {
    std::shuffle(graph_.nodes().begin(), graph_.nodes().end(), random_);
    std::shuffle(graph_.edges().begin(), graph_.edges().end(), random_);
    std::shuffle(graph_.cannot_links().begin(), graph_.cannot_links().end(), random_);
    for (CannotLink& link : graph_.cannot_links()) {
      std::shuffle(link.one.begin(), link.one.end(), random_);
      std::shuffle(link.other.begin(), link.other.end(), random_);
      if (random_() % 2 == 0) std::swap(link.one, link.other);
    }
  }

 private:
  std::string Any() {
    return (random_() % 2 == 0 ? "email:" : "anon:") + std::to_string(random_() % 5);
  }

  std::mt19937_64& random_;
  GraphBuilder graph_;
};

TEST(CannotLinksProperty, AnyOrderIsWhatTheNaiveModelSaysWhoeverLeavesAndReturns) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 3'000; ++round) {
    RandomGroups groups(random);
    for (int change = 0; change < 3; ++change) {
      if (change > 0) groups.ExcludeSome();
      const Persons expected = NaiveModel(groups.graph()).Named(groups.graph());
      for (int order = 0; order < 2; ++order) {
        ASSERT_EQ(PersonsOf(groups.graph()), expected) << "round " << round;
        groups.Shuffle();
      }
    }
  }
}

}  // namespace
}  // namespace selfsame::identity
