#include "server/ingest/fresh_groups.h"

#include <gtest/gtest.h>

namespace selfsame::ingest {
namespace {

NodeId NodeOf(std::uint8_t number) {
  NodeId node;
  node.bytes[0] = number;
  return node;
}

// Evidence over nodes 1..n with the given links; node 1 and 2 are customers, the rest anonymous.
class FreshGroupsTest : public testing::Test {
 protected:
  FreshGroups Resolve(std::initializer_list<std::pair<int, int>> links, int nodes,
                      std::initializer_list<int> known = {}) {
    for (int i = 1; i <= nodes; ++i) {
      mentions_[i].node = NodeOf(static_cast<std::uint8_t>(i));
      mentions_[i].kind = i <= 2 ? "customer_id" : "anonymous_id";
      evidence_.nodes[mentions_[i].node] = &mentions_[i];
    }
    std::int64_t at = 0;
    for (const auto& [a, b] : links) {
      evidence_.edges[{.ends = {NodeOf(static_cast<std::uint8_t>(a)),
                                NodeOf(static_cast<std::uint8_t>(b))}}] = {.first_evidence =
                                                                               TimeUs{++at}};
    }
    storage::NodeIdSet known_nodes;
    for (const int i : known) known_nodes.insert(NodeOf(static_cast<std::uint8_t>(i)));
    return ResolveFreshGroups(evidence_, known_nodes, identity::DefaultRuleset(),
                              TimeUs{1'000'000});
  }

  std::map<int, Mention> mentions_;
  Evidence evidence_;
};

TEST_F(FreshGroupsTest, StrangersAreResolvedTogether) {
  const FreshGroups groups = Resolve({{1, 3}, {1, 4}}, 4);
  EXPECT_TRUE(groups.Contains(NodeOf(1)));
  EXPECT_EQ(groups.Find(NodeOf(1))->standing.profile_id,
            groups.Find(NodeOf(4))->standing.profile_id);
  EXPECT_NE(groups.Find(NodeOf(1))->standing.profile_id,
            groups.Find(NodeOf(2))->standing.profile_id);
  EXPECT_TRUE(groups.plan().history.empty());
  EXPECT_EQ(groups.plan().changes.size(), 2U);
}

TEST_F(FreshGroupsTest, WhatReachesAKnownNodeHoweverFarIsLeftOut) {
  const FreshGroups groups = Resolve({{3, 4}, {4, 5}, {5, 6}}, 7, {3});
  for (const std::uint8_t node : {3, 4, 5, 6}) EXPECT_FALSE(groups.Contains(NodeOf(node)));
  EXPECT_TRUE(groups.Contains(NodeOf(7)));
}

TEST_F(FreshGroupsTest, ARefusalAmongStrangersIsKeptAndTold) {
  const FreshGroups groups = Resolve({{1, 3}, {2, 3}}, 3);
  EXPECT_EQ(groups.RefusalOf({NodeOf(1), NodeOf(3)}), identity::Refusal::kNone);
  EXPECT_EQ(groups.RefusalOf({NodeOf(2), NodeOf(3)}), identity::Refusal::kUniqueConflict);
  ASSERT_EQ(groups.plan().history.size(), 1U);
  EXPECT_EQ(groups.plan().history[0].action, identity::Action::kRefused);
}

}  // namespace
}  // namespace selfsame::ingest
