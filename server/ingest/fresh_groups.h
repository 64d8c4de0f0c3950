// Fresh groups: people met for the first time. Where none of the identifiers that a batch connects
// exists yet, nobody else can see or lock them, so they are resolved in memory and inserted right
// where they belong: no locks, no second write.
#ifndef SELFSAME_SERVER_INGEST_FRESH_GROUPS_H_
#define SELFSAME_SERVER_INGEST_FRESH_GROUPS_H_

#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/plan.h"
#include "identity/resolve.h"
#include "identity/ruleset.h"
#include "server/ingest/evidence.h"
#include "storage/graph.h"

namespace selfsame::ingest {

struct FreshNode {
  ProfileId birth_id;
  identity::Standing standing;
  identity::Exclusion exclusion = identity::Exclusion::kNone;
};

// All fresh groups of one batch. A value, constant once made.
class FreshGroups {
 public:
  // Null for a node that is in no fresh group.
  const FreshNode* Find(NodeId node) const;
  bool Contains(NodeId node) const { return Find(node) != nullptr; }
  // kNone for an edge that is in no fresh group.
  identity::Refusal RefusalOf(const NodePair& ends) const;
  std::span<const identity::Node> nodes() const { return nodes_; }
  std::span<const identity::Edge> edges() const { return edges_; }
  // Its changes and history; moves and refusals are in the rows as they are inserted.
  const identity::Plan& plan() const { return plan_; }

 private:
  friend FreshGroups ResolveFreshGroups(const Evidence& evidence, const storage::NodeIdSet& known,
                                        const identity::Ruleset& rules, TimeUs now);

  std::vector<identity::Node> nodes_;
  std::vector<identity::Edge> edges_;
  identity::Plan plan_;
  std::unordered_map<NodeId, FreshNode, Id128Hash> by_node_;
  std::map<NodePair, identity::Refusal> refusals_;
};

// Finds the groups of nodes, connected by the evidence, none of which is known, and resolves them.
FreshGroups ResolveFreshGroups(const Evidence& evidence, const storage::NodeIdSet& known,
                               const identity::Ruleset& rules, TimeUs now);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_FRESH_GROUPS_H_
