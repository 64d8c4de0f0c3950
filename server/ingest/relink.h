// Relink: resolves components anew and writes what that changes. What ingestion does with new
// evidence, and people's decisions with evidence of theirs.
#ifndef SELFSAME_SERVER_INGEST_RELINK_H_
#define SELFSAME_SERVER_INGEST_RELINK_H_

#include <set>
#include <span>

#include "base/result.h"
#include "identity/plan.h"
#include "server/ingest/batch.h"
#include "server/ingest/evidence.h"
#include "server/ingest/linked.h"
#include "storage/graph.h"
#include "storage/pg/bulk.h"

namespace selfsame::ingest {

// Why components are resolved anew.
struct Relinking {
  const std::set<NodePair>& changed;  // Edges that are new, or whose evidence is now earlier.
  const storage::NodeIdSet& created;  // Nodes born in this transaction: nobody's before.
  // Nodes put back into the graph to see whether they stay: the history knows of their refusals.
  std::span<const NodeId> lifted;
  const identity::Occasion& occasion;
  EventUuid operation;  // Nil: records alone.
  // Also what stands since earlier rules, which otherwise part nobody.
  bool judges_all = false;
};

// Resolves what was loaded by the context's ruleset, compares it with what is stored, writes the
// difference and its history, and adds to `linked` what that did. Does not write profiles. Returns
// the resolution, in the order of `loaded`.
// Requires: `loaded` is whole components, all locked or born in this transaction.
// Errors: as TranslateSqlState.
Result<identity::Resolution> Relink(pg::BulkConnection& connection, const CommitContext& context,
                                    storage::Components& loaded, const Relinking& relinking,
                                    Linked* linked);

// Adds to `linked` what a plan says about profiles and history.
void Collect(const identity::Plan& plan, std::span<const identity::Node> nodes, Linked* linked);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_RELINK_H_
