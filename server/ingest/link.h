// Link: brings new evidence into the identity graph, and says which profiles that changed.
#ifndef SELFSAME_SERVER_INGEST_LINK_H_
#define SELFSAME_SERVER_INGEST_LINK_H_

#include <string_view>

#include "base/result.h"
#include "server/ingest/batch.h"
#include "server/ingest/evidence.h"
#include "server/ingest/linked.h"
#include "storage/pg/bulk.h"

namespace selfsame::ingest {

// The reason of a batch whose lane remembers an anchor that is not stored (any more): the cache is
// to be forgotten before the next try, to which the anchor is new.
inline constexpr std::string_view kIdentifierVanished = "IDENTIFIER_VANISHED";

// Inserts identifiers and edges, locks the components they touch, resolves them, and writes the
// plan and its history. Does not write profiles. Evidence about an identifier that has left the
// graph (shared by too many) is kept, and nothing is resolved for it.
// Requires: receipts are claimed (INV-6: locks are taken after theirs). Uses the savepoint.
// Errors: as TranslateSqlState; kAborted when others keep changing the same components, and
// kAborted kIdentifierVanished.
Result<Linked> Link(pg::BulkConnection& connection, const CommitContext& context,
                    const Evidence& evidence);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_LINK_H_
