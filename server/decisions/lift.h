// Lifting: looking again at identifiers that have left the graph, where rules changed or evidence
// was taken back. Whoever would be linked again has to be locked too.
#ifndef SELFSAME_SERVER_DECISIONS_LIFT_H_
#define SELFSAME_SERVER_DECISIONS_LIFT_H_

#include <span>
#include <vector>

#include "base/result.h"
#include "server/ingest/batch.h"
#include "server/ingest/component_locks.h"
#include "storage/decisions.h"

namespace selfsame::decisions {

// An identifier with as many links by either end stays out of the graph, whatever the rules say of
// it: all of them would have to be locked together.
inline constexpr int kLiftLinksMax = 5'000;

struct Lifts {
  std::vector<NodeId> back;    // May come back into the graph; resolving them decides.
  std::vector<NodeId> shared;  // Were blocked, and are shared instead.
  // Neighbours of `back` that stand for nobody by these rules, and are not marked so yet: they make
  // nobody shared.
  std::vector<NodeId> blocked;
};

// What becomes of excluded nodes by the context's ruleset, when up to `spare` of their neighbours
// no longer count. Adds the neighbours of those that come back to `held`, exclusively.
Result<Lifts> FindLifts(pg::BulkConnection& connection, const ingest::CommitContext& context,
                        std::span<const storage::ComponentMember> excluded, std::size_t spare,
                        ingest::HeldNodes& held);

// Locks all of `held`, as ingest::LockComponentsOf, and looks whether nobody was linked with the
// lifts since they were found: nobody can be from then on. False: give the locks back and look
// again.
Result<bool> LockFor(pg::BulkConnection& connection, const ingest::CommitContext& context,
                     const Lifts& lifts, ingest::HeldNodes& held);

// Writes it down, and puts the edges of those that come back into the graph. Requires: LockFor.
Status Lift(pg::BulkConnection& connection, const ingest::CommitContext& context,
            const Lifts& lifts, const ingest::HeldNodes& held);

}  // namespace selfsame::decisions

#endif  // SELFSAME_SERVER_DECISIONS_LIFT_H_
