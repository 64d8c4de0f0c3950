// The transaction of one batch: receipts, records, identity, profiles, outbox, in that order, which
// is also the order of locks (INV-6). Everything of it commits together or not at all (INV-1).
#ifndef SELFSAME_SERVER_INGEST_COMMIT_H_
#define SELFSAME_SERVER_INGEST_COMMIT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "server/ingest/batch.h"
#include "server/ingest/link.h"
#include "storage/pg/bulk.h"

namespace selfsame::ingest {

// What a commit did, for metrics.
struct CommitReport {
  std::size_t fresh = 0;
  std::int64_t generation = 0;    // The tenant's, of the identifiers that were seen.
  std::size_t known_records = 0;  // Fresh records whose identifiers the cache knew.
  std::size_t profiles_created = 0;
  // By attribute: claims that another source contradicts.
  std::map<std::string, std::size_t> conflicts;
  Linked linked;
};

// What a record of which fields were left out is sealed to.
std::string LeftOutSealContext(RecordId id);

// Runs the body once and commits. On success each item's outcome is final; on error none is, and
// the body may be run again with the same batch: what this try did commit is then recognized as
// the batch's own (INV-2).
// Requires: no open transaction; items sorted by (source, key), each key once, outcomes empty.
// Errors: kFailedPrecondition REVISION_MISMATCH, with is_stale, is_later and excess of the items
// that are to be left out or quarantined (then run again); kAborted (run again), kUnavailable,
// kInDoubt, kDeadlineExceeded (connect anew, then run again), kFailedPrecondition SCHEMA_NOT_READY
// (make today's partition, then run again), kInternal.
Result<CommitReport> CommitBatch(pg::BulkConnection& connection, const CommitContext& context,
                                 Batch& batch);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_COMMIT_H_
