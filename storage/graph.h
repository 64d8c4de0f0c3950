// The identity graph in PostgreSQL: identifiers, edges, and the locks of components.
#ifndef SELFSAME_STORAGE_GRAPH_H_
#define SELFSAME_STORAGE_GRAPH_H_

#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "identity/plan.h"
#include "identity/resolve.h"
#include "storage/pg/bulk.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

using NodeIdSet = std::unordered_set<NodeId, Id128Hash>;

struct KnownIdentifier {
  NodeId node;
  ProfileId birth_id;
  identity::Standing standing;
  identity::Exclusion exclusion = identity::Exclusion::kNone;
};

struct NewIdentifier {
  NodeId node;
  ProfileId birth_id;
  identity::Standing standing;
  std::string_view kind;
  std::string value_sealed;
  identity::Exclusion exclusion = identity::Exclusion::kNone;
  NodeId match;  // What matching compares; nil: nothing.
};

struct StoredEdge {
  identity::Edge edge;
  identity::Refusal refusal = identity::Refusal::kNone;
  int judged_in = 0;  // The activation of the ruleset by which the refusal was found.

  // As the rules of an activation see it.
  identity::Edge SeenBy(int activation) const;
};

// The first evidence of an edge that no record has shown yet: it is there to be revoked beforehand.
// Later than all times that are asked for: any record is earlier, and no past knows of it.
inline constexpr TimeUs kNeverSeen{253'402'300'799'000'001};

// An edge that InsertEdges found new, or with earlier evidence than stored.
struct ChangedEdge {
  std::size_t index = 0;  // Among those given; of several with the same ends, the first.
  identity::Refusal refusal = identity::Refusal::kNone;  // As stored: given, or from before.
};

// Everything in the graph about some components, as Resolve and MakePlan want it.
struct Components {
  std::vector<identity::Node> nodes;
  std::vector<identity::Standing> standings;  // Of each node.
  std::vector<StoredEdge> edges;
  // Those that keep some of the nodes apart, with these nodes alone.
  std::vector<identity::CannotLink> cannot_links;
};

// Those of the nodes that exist, in no order. Sees what is committed, and this transaction's own.
Result<std::vector<KnownIdentifier>> FindIdentifiers(pg::BulkConnection& connection,
                                                     const TenantShard& where,
                                                     std::span<const NodeId> nodes);

// Inserts identifiers and returns those that were new; waits for transactions that insert the same.
// Requires: sorted by node id, distinct (INV-6).
Result<NodeIdSet> InsertIdentifiers(pg::BulkConnection& connection, const TenantShard& where,
                                    TimeUs now, std::span<const NewIdentifier> identifiers);

// Components that come into being, and those that grew into others. Require: they are born in this
// transaction, or locked by it.
Status InsertComponents(pg::BulkConnection& connection, const TenantShard& where,
                        std::span<const ComponentId> components);
Status DeleteComponents(pg::BulkConnection& connection, const TenantShard& where,
                        std::span<const ComponentId> components);

// Locks components until the end of the transaction, in the order of their ids (INV-6), and returns
// those that it locked. A component may have grown into another while this waited, and is then not
// among them: look again, and if so, give the locks back (RollbackToSavepoint) and lock anew.
Result<std::vector<ComponentId>> LockComponents(pg::BulkConnection& connection,
                                                const TenantShard& where,
                                                std::span<const ComponentId> components);

// As LockComponents, but only against whoever would change them: an identifier that has left the
// graph gets new edges from many at once.
Result<std::vector<ComponentId>> LockComponentsShared(pg::BulkConnection& connection,
                                                      const TenantShard& where,
                                                      std::span<const ComponentId> components);

// Inserts edges, keeping for each the earliest evidence; returns those that are new or whose
// evidence is now earlier. Requires: distinct (a, b); the components of both ends are
// locked or created by this transaction, at least shared for an end that has left the graph.
Result<std::vector<ChangedEdge>> InsertEdges(pg::BulkConnection& connection,
                                             const TenantShard& where, int activation,
                                             std::span<const StoredEdge> edges);

Result<Components> LoadComponents(pg::BulkConnection& connection, const TenantShard& where,
                                  std::span<const ComponentId> components);

// Write what a plan found. Require: the components are locked.
Status MoveIdentifiers(pg::BulkConnection& connection, const TenantShard& where,
                       std::span<const KnownIdentifier> moves);
Status SetRefusals(pg::BulkConnection& connection, const TenantShard& where, int activation,
                   std::span<const StoredEdge> edges);
// Says of all edges in the graph among whole components that the rules of an activation judged
// them.
Status SetJudged(pg::BulkConnection& connection, const TenantShard& where, int activation,
                 std::span<const identity::Node> nodes);
struct NodeExclusion {
  NodeId node;
  identity::Exclusion exclusion = identity::Exclusion::kNone;
};
Status SetExclusions(pg::BulkConnection& connection, const TenantShard& where,
                     std::span<const NodeExclusion> exclusions);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_GRAPH_H_
