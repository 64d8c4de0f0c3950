// Settle: which records of a batch are new, and how those that are not were settled before.
#ifndef SELFSAME_SERVER_INGEST_SETTLE_H_
#define SELFSAME_SERVER_INGEST_SETTLE_H_

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "server/ingest/batch.h"
#include "storage/pg/bulk.h"

namespace selfsame::ingest {

struct Settlement {
  std::vector<RecordId> superseded;  // Quarantined records whose place was taken.
  std::int64_t generation = 0;       // The tenant's: raised whenever identifiers are removed.
};

// Claims the receipt of each record, or finds out how its key was settled, and drafts the outcome:
//   new key                                    fresh: ACCEPTED or QUARANTINED;
//   settled by this record's own earlier try   the same outcome, not fresh (INV-2);
//   accepted before, same body                 DUPLICATE;
//   accepted before, another body              REJECTED KEY_REUSED;
//   quarantined before, same body, still bad   QUARANTINED with the first one's id, if that record
//                                              is still in quarantine;
//   quarantined before, replayed, but not in   REJECTED QUARANTINE_UNKNOWN: a record that was
//   quarantine any more                        discarded is not brought back by a replay;
//   quarantined before, otherwise              fresh: it takes the other's place.
// So whoever is answered QUARANTINED finds the record in quarantine (INV-1).
// Requires: sorted by (source, key), each key once. Errors: as TranslateSqlState; kAborted when
// others keep settling the same keys.
Result<Settlement> Settle(pg::BulkConnection& connection, const CommitContext& context,
                          Batch& batch);

// The outcome of a record whose key was accepted before: DUPLICATE where the body is the same,
// otherwise REJECTED KEY_REUSED. Without a profile.
Outcome OutcomeOfRepeat(const KeySettled& settled, const Fingerprint& fingerprint);

// Settles a record whose key an earlier one of the same batch has, from how that one ended, as if
// it had come after it. False where that does not tell: it has to be settled by a batch of its own.
// `has_changed`: a record between the two was accepted.
bool SettleRepeat(const PreparedRecord& first, bool has_changed, PreparedRecord& repeat);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_SETTLE_H_
