#include "identity/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/identity/graph_builder.h"

namespace selfsame::identity {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// What is stored, and what new evidence makes of it.
class Planned {
 public:
  GraphBuilder graph;
  std::vector<Standing> standings;
  std::vector<EdgeStanding> edges;
  Resolution resolution;
  Plan plan;

  ProfileId birth(std::size_t node) { return graph.nodes()[node].birth_id; }

  // Takes the first `known` nodes and edges as stored just as they resolve on their own.
  void Run(std::size_t known_nodes, std::size_t known_edges) {
    const std::span<const Node> nodes(graph.nodes());
    const std::span<const Edge> all_edges(graph.edges());
    const Resolution before =
        Resolve({nodes.first(known_nodes), all_edges.first(known_edges)}, DefaultRuleset());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      standings.push_back(i < known_nodes ? Standing{before.profile_of[i], before.component_of[i]}
                                          : Standing{});
    }
    for (std::size_t i = 0; i < all_edges.size(); ++i) {
      edges.push_back(i < known_edges ? EdgeStanding{before.refusal_of[i], false}
                                      : EdgeStanding{Refusal::kNone, true});
    }
    resolution = Resolve({nodes, all_edges}, DefaultRuleset());
    plan = MakePlan({nodes, all_edges}, standings, edges, resolution, {});
  }
};

TEST(Plan, NothingNewChangesNothing) {
  Planned planned;
  planned.graph.Link("cust:1", "anon:a", 1);
  planned.Run(2, 1);
  EXPECT_THAT(planned.plan.moves, IsEmpty());
  EXPECT_THAT(planned.plan.changes, IsEmpty());
  EXPECT_THAT(planned.plan.history, IsEmpty());
}

TEST(Plan, ANewIdentifierJoinsWithoutBeingAMerge) {
  Planned planned;
  planned.graph.Node("anon:a");
  planned.graph.Link("cust:1", "anon:a", 1);
  planned.Run(1, 0);
  EXPECT_THAT(planned.plan.history, IsEmpty());
  ASSERT_THAT(planned.plan.changes, SizeIs(1));
  EXPECT_EQ(planned.plan.changes[0].profile_id, planned.birth(0));
  EXPECT_THAT(planned.plan.changes[0].from, ElementsAre(planned.birth(0)));
  EXPECT_FALSE(planned.plan.changes[0].is_refold);
  EXPECT_THAT(planned.plan.gone, IsEmpty());
}

TEST(Plan, TwoProfilesThatMeetAreMergedIntoTheOlder) {
  Planned planned;
  planned.graph.Node("anon:a");
  planned.graph.Node("cust:1");
  planned.graph.Link("cust:1", "anon:a", 1);
  planned.Run(2, 0);
  ASSERT_THAT(planned.plan.history, SizeIs(1));
  EXPECT_EQ(planned.plan.history[0].action, Action::kMerged);
  EXPECT_THAT(planned.plan.history[0].before, ElementsAre(planned.birth(0), planned.birth(1)));
  EXPECT_THAT(planned.plan.history[0].after, ElementsAre(planned.birth(0)));
  EXPECT_EQ(planned.plan.history[0].cause.a, planned.graph.edges()[0].a);
  EXPECT_THAT(planned.plan.gone, ElementsAre(planned.birth(1)));
  EXPECT_THAT(planned.plan.moves, ElementsAre(1U));
}

TEST(Plan, EachLinkOfTwoProfilesIsAMergeOfItsOwn) {
  Planned planned;
  planned.graph.Node("anon:a");
  planned.graph.Node("anon:b");
  planned.graph.Node("cust:1");
  planned.graph.Link("cust:1", "anon:a", 1)
      .Link("cust:1", "dev:new", 1)
      .Link("cust:1", "anon:b", 2);
  planned.Run(3, 0);
  ASSERT_THAT(planned.plan.history, SizeIs(2));
  EXPECT_THAT(planned.plan.history[0].before, ElementsAre(planned.birth(0), planned.birth(2)));
  EXPECT_EQ(planned.plan.history[0].cause.b, planned.graph.edges()[0].b);
  EXPECT_THAT(planned.plan.history[1].before, ElementsAre(planned.birth(0), planned.birth(1)));
  EXPECT_EQ(planned.plan.history[1].cause.a, planned.graph.edges()[2].a);
  EXPECT_EQ(planned.plan.history[1].cause.b, planned.graph.edges()[2].b);
  for (const HistoryEntry& entry : planned.plan.history) {
    EXPECT_THAT(entry.after, ElementsAre(planned.birth(0)));
  }
}

TEST(Plan, EarlierEvidencePartsAProfileAndAsksForARefold) {
  Planned planned;
  planned.graph.Node("email:e");
  planned.graph.Node("cust:late");
  planned.graph.Node("cust:early");
  planned.graph.Link("cust:late", "email:e", 20).Link("cust:early", "email:e", 10);
  planned.Run(3, 1);
  std::vector<Action> actions;
  for (const HistoryEntry& entry : planned.plan.history) actions.push_back(entry.action);
  // The late customer's link is refused, the early one's joins, the old profile parts.
  EXPECT_THAT(actions,
              testing::UnorderedElementsAre(Action::kRefused, Action::kMerged, Action::kUnmerged));
  EXPECT_THAT(planned.plan.refusals, ElementsAre(0U));
  for (const ProfileChange& change : planned.plan.changes) EXPECT_TRUE(change.is_refold);
}

TEST(Plan, ARefusalIsRecordedOnceNotAgainWithoutNewEvidence) {
  Planned planned;
  planned.graph.Link("cust:1", "email:e", 10)
      .Link("cust:2", "email:e", 20)
      .Link("cust:1", "anon:a", 30);
  planned.Run(3, 2);
  EXPECT_THAT(planned.plan.history, IsEmpty());
  EXPECT_THAT(planned.plan.refusals, IsEmpty());
}

TEST(Plan, PeopleMetForTheFirstTimeAreNewProfiles) {
  Planned planned;
  planned.graph.Link("cust:1", "anon:a", 1).Link("cust:2", "anon:b", 1);
  planned.Run(0, 0);
  ASSERT_THAT(planned.plan.changes, SizeIs(2));
  for (const ProfileChange& change : planned.plan.changes) {
    EXPECT_THAT(change.from, IsEmpty());
    EXPECT_THAT(change.members, SizeIs(2));
  }
  EXPECT_THAT(planned.plan.history, IsEmpty());
}

}  // namespace
}  // namespace selfsame::identity
