// Changing the graph by hand: the frame of every decision. What differs between them is which
// evidence and constraints they change, once they see the components concerned.
#ifndef SELFSAME_SERVER_DECISIONS_CHANGING_H_
#define SELFSAME_SERVER_DECISIONS_CHANGING_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/decisions/decide.h"

namespace selfsame::decisions {

// Two identifiers, the smaller first.
using Pair = identity::CannotLink;
Pair PairOf(NodeId a, NodeId b);

// What a decision changes.
struct GraphChange {
  bool is_needed = true;                    // False: it holds already, and nothing is written.
  std::optional<identity::Edge> statement;  // Evidence by hand.
  bool must_join = false;                   // The statement's ends must be one person afterwards.
  std::vector<Pair> revoked;                // All evidence between them.
  std::vector<Pair> parted;                 // New cannot-links.
  std::vector<Pair> cleared;                // Cannot-links that hold no longer.
  std::vector<NodeId> in_doubt;
};

// What a decision sees before it changes anything: whole components, locked.
struct View {
  const storage::Components& graph;
  std::vector<NodeId> targets;  // The node of each target, in its order.

  // Index in graph.nodes. Requires: a target or a node of its component.
  std::size_t IndexOf(NodeId node) const;
  ProfileId ProfileOf(NodeId node) const { return graph.standings[IndexOf(node)].profile_id; }
  // All identifiers of a profile.
  std::vector<NodeId> MembersOf(ProfileId profile) const;
};

struct Changing {
  storage::OperationKind kind = storage::OperationKind::kMerge;
  std::string rule;  // In the merge history.
  std::vector<Target> targets;
  // May read; writes nothing.
  std::function<Result<GraphChange>(const View& view, EventUuid operation)> decide;
};

// Runs it, again where others were first, and commits or, dry, rolls back.
Result<Made> RunChange(pg::BulkConnection& connection, const ingest::CommitContext& context,
                       const storage::Decision& decision, Run run, const Changing& changing);

}  // namespace selfsame::decisions

#endif  // SELFSAME_SERVER_DECISIONS_CHANGING_H_
