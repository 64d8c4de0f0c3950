// Link: brings new evidence into the identity graph, and says which profiles that changed.
#ifndef SELFSAME_SERVER_INGEST_LINK_H_
#define SELFSAME_SERVER_INGEST_LINK_H_

#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "server/ingest/batch.h"
#include "server/ingest/evidence.h"
#include "storage/pg/bulk.h"

namespace selfsame::ingest {

// A profile whose members changed.
struct LinkedProfile {
  ProfileId profile_id;
  std::vector<ProfileId> from;    // Profiles its members were in before; empty: it is new.
  std::vector<NodeId> members;
  bool is_refold = false;         // Its attributes must be folded from claims, not from `from`.
};

struct Linked {
  // Of every node of the evidence and every anchor with claims; those are locked until COMMIT.
  std::unordered_map<NodeId, ProfileId, Id128Hash> profile_of;
  std::vector<LinkedProfile> changed;
  std::vector<ProfileId> gone;
  std::size_t merged = 0;    // Profiles that went into another one.
  std::size_t unmerged = 0;  // Profiles that came out of another one.
  std::map<std::string, std::size_t> refused;  // New refusals by reason.
};

// Inserts identifiers and edges, locks the components they touch, resolves them, and writes the
// plan and its history. Does not write profiles.
// Requires: receipts are claimed (INV-6: locks are taken after theirs). Uses the savepoint.
// Errors: as TranslateSqlState; kAborted when others keep changing the same components.
Result<Linked> Link(pg::BulkConnection& connection, const CommitContext& context,
                    const Evidence& evidence);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_LINK_H_
