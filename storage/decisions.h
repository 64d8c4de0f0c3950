// What people decide about who is who: operations, cannot-links, revoked evidence, and what a
// decision has to look at. All within a transaction that holds the components concerned.
// Errors of all: as TranslateSqlState.
#ifndef SELFSAME_STORAGE_DECISIONS_H_
#define SELFSAME_STORAGE_DECISIONS_H_

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "identity/plan.h"
#include "identity/resolve.h"
#include "storage/graph.h"
#include "storage/pg/bulk.h"
#include "storage/rulesets.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// Values are stored in operations.kind.
enum class OperationKind : std::int16_t {
  kMerge = 1,
  kUnmerge = 2,
  kPin = 3,
  kCannotLink = 4,
  kReresolve = 5,
  kRollBack = 6,
};

struct Operation {
  EventUuid id;
  OperationKind kind = OperationKind::kMerge;
  Decision decision;
  int from_version = -1;  // Of a reresolve; -1: does not apply.
  int to_version = -1;
};

Status InsertOperation(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                       const Operation& operation);

// Its kind and versions; nothing when there is none.
Result<std::optional<Operation>> FindOperation(pg::BulkConnection& connection,
                                               const TenantShard& where, EventUuid id);

// The evidence an entry of the merge history was put down to.
struct HistoryCause {
  identity::Action action = identity::Action::kMerged;
  NodeId a;
  NodeId b;
};
Result<std::optional<HistoryCause>> FindHistoryCause(pg::BulkConnection& connection,
                                                     const TenantShard& where, EventUuid history);

// The node that a profile id was given to; nothing when nobody ever had that id.
Result<std::optional<NodeId>> FindNodeByBirth(pg::BulkConnection& connection,
                                              const TenantShard& where, ProfileId birth);

struct SealedIdentifier {
  NodeId node;
  std::string kind;
  std::string value_sealed;
};
// In no order.
Result<std::vector<SealedIdentifier>> ReadSealedValues(pg::BulkConnection& connection,
                                                       const TenantShard& where,
                                                       std::span<const NodeId> nodes);

// Requires: the two groups share no node.
Status InsertCannotLink(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                        EventUuid operation, const identity::CannotLink& link);
// Returns the members of all of them; some may come twice.
Result<std::vector<NodeId>> ClearCannotLinks(pg::BulkConnection& connection,
                                             const TenantShard& where, TimeUs now,
                                             std::span<const EventUuid> links);

// Which evidence between two identifiers is revoked; no strength: all of it.
struct RevokedEvidence {
  identity::Ends ends;
  std::optional<identity::Strength> strength;
};
Status RevokeEdges(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                   EventUuid operation, std::span<const RevokedEvidence> revoked);

// Brings those back that were revoked, as evidence of the records they are given with.
Status RestoreEdges(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                    int activation, std::span<const identity::Edge> edges);

// The other end of an edge of a node that has left the graph.
struct OutsideNeighbour {
  NodeId node;
  SealedIdentifier other;
  identity::Standing other_standing;
  identity::Exclusion other_exclusion = identity::Exclusion::kNone;
  identity::Strength strength = identity::Strength::kDeterministic;
};
// At most twice `limit` of each node: `limit` by either end.
Result<std::vector<OutsideNeighbour>> ListOutsideNeighbours(pg::BulkConnection& connection,
                                                            const TenantShard& where,
                                                            std::span<const NodeId> nodes,
                                                            int limit);

// Puts the edges of nodes that are no longer excluded back into the graph, those between locked
// nodes.
Status ReturnEdges(pg::BulkConnection& connection, const TenantShard& where, int activation,
                   std::span<const NodeId> nodes, std::span<const NodeId> locked);
// Says of the edges of nodes that were blocked, and now are shared instead, why they are refused.
Status RefuseAsShared(pg::BulkConnection& connection, const TenantShard& where,
                      std::span<const NodeId> nodes);

// At most `limit` components after one, by id.
Result<std::vector<ComponentId>> ListComponents(pg::BulkConnection& connection,
                                                const TenantShard& where, ComponentId after,
                                                int limit);

struct ComponentMember {
  SealedIdentifier identifier;
  identity::Standing standing;
  identity::Exclusion exclusion = identity::Exclusion::kNone;
};
Result<std::vector<ComponentMember>> ListComponentMembers(pg::BulkConnection& connection,
                                                          const TenantShard& where,
                                                          std::span<const ComponentId> components);

// The ruleset in force, and for how long by the database's clock; version 0, for ever, where
// nothing was ever activated.
struct InForce {
  int version = 0;
  int activation = 0;  // As in identity::Ruleset.
  std::chrono::microseconds age = std::chrono::hours(24 * 365);
};
Result<InForce> FindInForce(pg::BulkConnection& connection, const TenantShard& where);
// With its activation where it is the one in force.
// Errors: kNotFound RULESET_UNKNOWN; kFailedPrecondition RULESET_UNREADABLE.
Result<std::shared_ptr<const identity::Ruleset>> LoadRuleset(pg::BulkConnection& connection,
                                                             const TenantShard& where, int version);
// The version that was in force before it; 0 where there was none.
Result<int> FindVersionBefore(pg::BulkConnection& connection, const TenantShard& where);
// As of now by the database's clock.
Status ActivateWithin(pg::BulkConnection& connection, const TenantShard& where, int version,
                      const Decision& decision);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_DECISIONS_H_
