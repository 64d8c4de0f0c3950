// Reading the graph for people: why somebody is one person, and who was whom at a past time. Within
// one transaction of the caller, so that all of it is one snapshot of each statement. Throws what
// libpqxx throws: to be called in the body of Session::InTransaction.
#ifndef SELFSAME_STORAGE_GRAPH_READER_H_
#define SELFSAME_STORAGE_GRAPH_READER_H_

#include <optional>
#include <pqxx/transaction>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "identity/fold.h"
#include "identity/resolve.h"
#include "storage/graph.h"
#include "storage/profile_reader.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

struct GraphNode {
  identity::Node node;
  ProfileId profile_id;
  std::string value_sealed;
  TimeUs first_seen_at;
};

// The node of a key. Errors: kNotFound PROFILE_NOT_FOUND.
Result<NodeId> FindNode(pqxx::work& tx, const TenantShard& where, const ProfileKey& key);

// The identifiers of the profile that a node is in.
std::vector<NodeId> FindMembers(pqxx::work& tx, const TenantShard& where, NodeId node);

std::vector<GraphNode> ReadNodes(pqxx::work& tx, const TenantShard& where,
                                 const std::vector<NodeId>& nodes);

// An edge, and the node by which it was found.
struct FoundEdge {
  NodeId of;
  StoredEdge stored;
};

struct EdgeLimits {
  TimeUs evidence_until;  // No evidence of a later time.
  int of_end_max = 0;     // Of each node as the smaller end, and as the greater one.
  int all_max = 0;
};
// Edges of any state with an end among the nodes; an edge between two of them comes twice.
std::vector<FoundEdge> ReadEdges(pqxx::work& tx, const TenantShard& where,
                                 const std::vector<NodeId>& nodes, const EdgeLimits& limits);

// What people stated of the nodes, of any state, likewise; at most `limit`.
std::vector<FoundEdge> ReadManualEdges(pqxx::work& tx, const TenantShard& where,
                                       const std::vector<NodeId>& nodes, int limit);

// Which neighbours tell whether an identifier is shared.
struct SharerFilter {
  std::vector<std::string> kinds;
  bool custom_kinds = false;  // All "namespace:name" kinds as well.
  TimeUs seen_until;          // Identifiers that were known by then.
  TimeUs evidence_until;      // Evidence of no later time.
};
// Evidence, not by hand, of any state, that ties a node to such neighbours; blocked ones are none.
// At most `limit`, in no order: reads no more of a node's edges than it takes to find so many.
std::vector<StoredEdge> ReadSharers(pqxx::work& tx, const TenantShard& where, NodeId node,
                                    const SharerFilter& filter, int limit);

// The edges that hold among all identifiers of a profile; at most `limit`.
std::vector<StoredEdge> ReadStandingEdges(pqxx::work& tx, const TenantShard& where,
                                          const std::vector<NodeId>& members, int limit);

// Edges with an end among the nodes that were refused for a reason from `least` to `most`; an edge
// between two of them comes twice. At most `limit`. Without those of kNeverSeen.
std::vector<StoredEdge> ReadRefusedEdges(pqxx::work& tx, const TenantShard& where,
                                         const std::vector<NodeId>& nodes, identity::Refusal least,
                                         identity::Refusal most, int limit);

// With those of its members that were asked for.
struct DatedCannotLink {
  identity::CannotLink link;
  TimeUs created_at;
  std::optional<TimeUs> cleared_at;
};
std::vector<DatedCannotLink> ReadCannotLinks(pqxx::work& tx, const TenantShard& where,
                                             const std::vector<NodeId>& nodes);

struct DatedRevocation {
  identity::Ends ends;
  identity::Strength strength = identity::Strength::kDeterministic;
  TimeUs revoked_at;
  std::optional<TimeUs> restored_at;
};
std::vector<DatedRevocation> ReadRevocations(pqxx::work& tx, const TenantShard& where,
                                             const std::vector<NodeId>& nodes);

// The earliest event time of a record, received until `known_at`, that shows both ends.
std::optional<TimeUs> ReadEvidenceKnownAt(pqxx::work& tx, const TenantShard& where,
                                          const identity::Ends& ends, TimeUs known_at);

struct NamedClaim {
  std::string attribute;
  identity::Claim claim;  // Without trust_priority.
};
// Of one attribute, or of all where it is empty; at most `limit`.
std::vector<NamedClaim> ReadClaims(pqxx::work& tx, const TenantShard& where,
                                   const std::vector<NodeId>& nodes, const std::string& attribute,
                                   int limit);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_GRAPH_READER_H_
