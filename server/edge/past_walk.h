// The walk into the past: from one identifier through all evidence that counts as of a time, and
// who was one person by it.
#ifndef SELFSAME_SERVER_EDGE_PAST_WALK_H_
#define SELFSAME_SERVER_EDGE_PAST_WALK_H_

#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "identity/resolve.h"
#include "storage/graph_reader.h"

namespace selfsame::edge {

// There is more evidence, or there are more claims, than one call may look at.
Error PastTooLarge();

// Within a transaction of the caller; throws what libpqxx throws. Owned by one thread.
class PastWalk {
 public:
  // Requires: all outlive this.
  PastWalk(pqxx::work& tx, const storage::TenantShard& where, const identity::Ruleset& rules,
           const storage::AsOf& as_of);

  // Collects all that has to be resolved together. Of an identifier that very many share it reads
  // no more than it takes to know that they do. Errors: kFailedPrecondition PROFILE_TOO_LARGE.
  Status From(NodeId start);

  // The identifiers of the profile that the node was in. Requires: From(start) was OK.
  std::vector<NodeId> MembersOf(NodeId start);

  // Require: a node that was visited, such as a member.
  const storage::GraphNode& Node(NodeId id) const { return nodes_.at(id); }
  identity::Exclusion ExclusionOf(NodeId id) const { return exclusions_.at(id); }

 private:
  using EdgeKey = std::tuple<NodeId, NodeId, identity::Strength>;

  bool Held(TimeUs from, const std::optional<TimeUs>& until) const;
  bool WasKnown(RecordId record) const;
  // The time of the earliest evidence for an edge that was known then.
  std::optional<TimeUs> KnownSince(const identity::Edge& edge);
  std::set<EdgeKey> RevokedAmong(const std::vector<storage::StoredEdge>& edges);

  Status Visit(const std::vector<NodeId>& frontier);
  // All edges that may count of the nodes; those that are shared or blocked are noted as such.
  Result<std::vector<storage::StoredEdge>> ReadEdgesOf(const std::vector<NodeId>& frontier);
  // Of one with more edges than are read at once.
  Status ReadEdgesOfLarge(NodeId node, std::vector<storage::StoredEdge>& edges);
  Result<bool> IsSharedByMany(NodeId node, const identity::KindRule& rule);
  // Whether more of these neighbours were known than the rule allows.
  bool AreTooMany(const identity::KindRule& rule, NodeId node,
                  const std::vector<storage::StoredEdge>& sharers);
  Status ReadNodesOf(const std::vector<storage::StoredEdge>& edges);
  void ReadNodes(const std::vector<NodeId>& ids);
  Status Admit(const std::vector<storage::StoredEdge>& edges);
  // Where evidence that counts leads on from a node.
  void Expand(NodeId id, std::set<NodeId>& next);
  // What is shared counts by what was known, whenever it happened.
  identity::Exclusion FindExclusion(NodeId id) const;

  pqxx::work& tx_;
  const storage::TenantShard where_;
  const identity::Ruleset& rules_;
  const storage::AsOf as_of_;
  const TimeUs evidence_until_;  // No record that was known then says of a later time.
  std::map<NodeId, storage::GraphNode> nodes_;
  std::map<EdgeKey, identity::Edge> edges_;           // Known then.
  std::set<EdgeKey> late_;                            // Of these, what happened after as_of_.at.
  std::map<NodeId, std::vector<EdgeKey>> known_;      // Of edges_, by either end.
  std::map<NodeId, identity::Exclusion> exclusions_;  // Of visited nodes.
  std::set<NodeId> visited_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_PAST_WALK_H_
