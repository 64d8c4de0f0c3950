// What refused evidence still holds together: few enough to be resolved for each record.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "identity/resolve.h"
#include "tests/support/seed.h"
#include "tests/unit/identity/graph_builder.h"

namespace selfsame::identity {
namespace {

std::size_t LargestComponent(const Resolution& resolution) {
  std::map<ComponentId, std::size_t> sizes;
  std::size_t largest = 0;
  for (const ComponentId& id : resolution.component_of) largest = std::max(largest, ++sizes[id]);
  return largest;
}

// A customer with a new browser each time, whose records come in any order: each time what has left
// the graph is not looked at again.
TEST(Contested, ACustomerOfVeryManyBrowsersIsResolvedWithFewOfThem) {
  std::mt19937_64 random(test::Seed());
  constexpr int kBrowsers = 1'000;
  GraphBuilder all;
  for (int i = 0; i < kBrowsers; ++i) all.Link("cust:1", "anon:" + std::to_string(i), i);
  const Resolution expected = Resolve(all.graph(), DefaultRuleset());
  EXPECT_EQ(LargestComponent(expected), static_cast<std::size_t>(kContestedNodesMax));
  std::vector<Edge> arriving = all.edges();
  std::shuffle(arriving.begin(), arriving.end(), random);
  std::vector<Edge> in_graph;
  Resolution last;
  for (const Edge& edge : arriving) {
    in_graph.push_back(edge);
    last = Resolve({all.nodes(), in_graph}, DefaultRuleset());
    for (std::size_t i = in_graph.size(); i > 0; --i) {
      if (LeavesGraph(last.refusal_of[i - 1]))
        in_graph.erase(in_graph.begin() + static_cast<long>(i) - 1);
    }
    ASSERT_LE(in_graph.size(), static_cast<std::size_t>(kContestedNodesMax));
  }
  EXPECT_EQ(all.Persons(last), all.Persons(expected));
}

// Each browser is seen with the one before it: persons of fifty, tied by refused evidence.
TEST(Contested, AChainOfPersonsIsNotOneComponent) {
  GraphBuilder graph;
  for (int i = 0; i < 2'000; ++i) {
    graph.Link("anon:" + std::to_string(i), "anon:" + std::to_string(i + 1), i);
  }
  const Resolution resolution = Resolve(graph.graph(), DefaultRuleset());
  EXPECT_LE(LargestComponent(resolution), static_cast<std::size_t>(kContestedNodesMax));
}

TEST(Contested, APersonIsWholeHoweverLarge) {
  Ruleset rules = DefaultRuleset();
  for (KindRule& rule : rules.kinds) rule.per_person_max = 2 * kContestedNodesMax;
  GraphBuilder graph;
  for (int i = 0; i < 2 * kContestedNodesMax; ++i) {
    graph.Link("anon:" + std::to_string(i), "email:e", i);
  }
  EXPECT_EQ(graph.Persons(Resolve(graph.graph(), rules)).size(), 1u);
}

}  // namespace
}  // namespace selfsame::identity
