// Writes the profiles that a batch touched: those whose members changed, and those with new claims.
#ifndef SELFSAME_SERVER_INGEST_PROFILE_WRITER_H_
#define SELFSAME_SERVER_INGEST_PROFILE_WRITER_H_

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/ingest/batch.h"
#include "server/ingest/in_turn.h"
#include "server/ingest/linked.h"
#include "storage/pg/bulk.h"

namespace selfsame::ingest {

struct Written {
  std::size_t created = 0;  // Profiles.
  // Updates that wanted another revision of their profile, those that would make it larger than it
  // may be, and records that have to see what others leave behind. Where there are any, the
  // transaction must not be committed, but run again without them.
  std::vector<const PreparedRecord*> stale;
  std::vector<Excess> full;
  std::vector<const PreparedRecord*> later;
  bool IsToRunAgain() const { return !stale.empty() || !full.empty() || !later.empty(); }

  // By attribute: claims of this batch that say something else than the source that prevailed so
  // far.
  std::map<std::string, std::size_t> conflicts;
};

// Inserts the claims of profile updates, folds them, and writes each profile that changed with its
// outbox row (INV-9). A claim that leaves the value as it was leaves the row alone. Updates that
// want a revision, and those beside them, are folded in the order of their arrival, as if each had
// come alone. `updates` are among `accepted`, which are all records that are new in the batch.
// Requires: `linked` is this transaction's, so that every profile touched is locked or new.
Result<Written> WriteProfiles(pg::BulkConnection& connection, const CommitContext& context,
                              const Linked& linked, std::span<const PreparedRecord* const> updates,
                              std::span<const PreparedRecord* const> accepted);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_PROFILE_WRITER_H_
