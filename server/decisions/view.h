// What a decision sees before it changes anything, and questions about it that decisions share.
#ifndef SELFSAME_SERVER_DECISIONS_VIEW_H_
#define SELFSAME_SERVER_DECISIONS_VIEW_H_

#include <cstddef>
#include <set>
#include <vector>

#include "base/ids.h"
#include "identity/resolve.h"
#include "identity/ruleset.h"
#include "storage/graph.h"

namespace selfsame::decisions {

// Whole components, locked. A value of the decision that looks at it; outlived by the components.
struct View {
  const storage::Components& graph;
  std::vector<NodeId> targets;  // The node of each target, in its order.

  // Index in graph.nodes. Requires: a target or a node of its component.
  std::size_t IndexOf(NodeId node) const;
  ProfileId ProfileOf(NodeId node) const { return graph.standings[IndexOf(node)].profile_id; }
  // All identifiers of a profile.
  std::vector<NodeId> MembersOf(ProfileId profile) const;

  // The edges that make one person of some nodes: a tree of each person.
  std::vector<identity::Edge> JoiningAmong(const std::set<NodeId>& nodes) const;
  // The cannot-links that keep two groups of nodes apart.
  std::vector<EventUuid> CannotLinksBetween(const std::vector<NodeId>& some,
                                            const std::vector<NodeId>& others) const;
  // The identifier by which people know some of them: in the graph, of the strongest kind, then the
  // oldest. Never by node id: that depends on the tenant's key. Requires: not empty.
  NodeId HeadOf(const std::vector<NodeId>& nodes, const identity::Ruleset& rules) const;
};

// Requires: two different nodes.
identity::Ends EndsOf(NodeId a, NodeId b);

}  // namespace selfsame::decisions

#endif  // SELFSAME_SERVER_DECISIONS_VIEW_H_
