// Writes the profiles that a batch touched: those whose members changed, and those with new claims.
#ifndef SELFSAME_SERVER_INGEST_PROFILE_WRITER_H_
#define SELFSAME_SERVER_INGEST_PROFILE_WRITER_H_

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "base/result.h"
#include "server/ingest/batch.h"
#include "server/ingest/link.h"
#include "storage/pg/bulk.h"

namespace selfsame::ingest {

// What became of profiles, for metrics.
struct WrittenProfiles {
  std::size_t created = 0;
  // By attribute: claims of this batch that say something else than the source that prevailed so
  // far.
  std::map<std::string, std::size_t> conflicts;
};

// Inserts the claims of profile updates, folds them, and writes each profile that changed with its
// outbox row (INV-9).
// Requires: `linked` is this transaction's, so that every profile touched is locked or new.
Result<WrittenProfiles> WriteProfiles(pg::BulkConnection& connection, const CommitContext& context,
                                      const Linked& linked,
                                      std::span<const PreparedRecord* const> updates);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_PROFILE_WRITER_H_
