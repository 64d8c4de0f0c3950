// Locking the components of some nodes, in one total order (INV-6), and seeing that they are still
// the components of those nodes once they are locked.
#ifndef SELFSAME_SERVER_INGEST_COMPONENT_LOCKS_H_
#define SELFSAME_SERVER_INGEST_COMPONENT_LOCKS_H_

#include <map>

#include "base/result.h"
#include "storage/graph.h"
#include "storage/pg/bulk.h"

namespace selfsame::ingest {

// How a component is held: by whoever changes it, or by those who only add edges to an identifier
// of it that has left the graph.
enum class Hold { kShared, kExclusive };

// A node, as it was when its component was chosen to be locked.
struct HeldNode {
  identity::Standing standing;
  identity::Exclusion exclusion = identity::Exclusion::kNone;
  Hold hold = Hold::kExclusive;
  bool is_born =
      false;  // In this transaction: nobody else sees it, and its component has no row yet.
};

using HeldNodes = std::map<NodeId, HeldNode>;

// Locks the components of all nodes until the end of the transaction; a component that one node
// wants exclusively is held so for all. False when one of the nodes is in another component by now,
// or has left or entered the graph: give the locks back (RollbackToSavepoint) and look again.
// On true, standings are those of now. Errors: as TranslateSqlState.
Result<bool> LockComponentsOf(pg::BulkConnection& connection, const storage::TenantShard& where,
                              HeldNodes& nodes);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_COMPONENT_LOCKS_H_
