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

// Those of the excluded nodes that may come back into the graph by the context's ruleset, when
// `spare` of their neighbours no longer count. Their neighbours are added to `held`, exclusively.
// A shared identifier with more than kLiftLinksMax links stays where it is.
inline constexpr int kLiftLinksMax = 5'000;
Result<std::vector<NodeId>> FindLifts(pg::BulkConnection& connection,
                                      const ingest::CommitContext& context,
                                      std::span<const storage::ComponentMember> excluded,
                                      std::size_t spare, ingest::HeldNodes& held);

// Puts them and their edges back; resolving them decides whether they stay. Requires: all held.
Status Lift(pg::BulkConnection& connection, const ingest::CommitContext& context,
            std::span<const NodeId> nodes);

}  // namespace selfsame::decisions

#endif  // SELFSAME_SERVER_DECISIONS_LIFT_H_
