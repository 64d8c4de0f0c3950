// Activity: what the records of an anchor say by themselves (how many events, from when to when, by
// which source last), kept as sums by day of receipt. Every commit leaves what it adds as deltas,
// in the transaction of its records, so the sums are exact whatever crashes; a background task
// folds deltas into the sums. Reading them is storage/timeline.h.
#ifndef SELFSAME_STORAGE_ACTIVITY_H_
#define SELFSAME_STORAGE_ACTIVITY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/bulk.h"
#include "storage/pg/session.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// What records of one anchor that were received together say. There is at least one.
struct ActivityEntry {
  NodeId node;
  std::int32_t events = 0;  // The others are profile updates.
  TimeUs first_event_at;
  TimeUs last_event_at;
  // Of the latest event time; where several have it, the source created last.
  SourceId last_source;

  bool operator==(const ActivityEntry&) const = default;
};

// Anchors in one row of activity_deltas: as many as PostgreSQL keeps within the row itself, without
// compressing them or moving them elsewhere.
inline constexpr std::size_t kEntriesMax = 40;

// In the transaction that appends the records.
// Requires: entries in ascending order of node, each node once; received_at is that of the records.
Status InsertActivityDeltas(pg::BulkConnection& connection, const TenantShard& where,
                            TimeUs received_at, std::span<const ActivityEntry> entries);

struct FoldedActivity {
  std::int64_t deltas = 0;  // Rows folded.
  bool is_taken = false;    // Another server is folding this tenant's: nothing was done.
};

// Folds the oldest waiting deltas into the sums, at most `deltas_max` rows. May be retried, also
// after kInDoubt.
Result<FoldedActivity> FoldActivityDeltas(pg::Session& session, const TenantShard& where,
                                          std::int64_t deltas_max);

// Rows that wait to be folded. May be retried.
Result<std::int64_t> CountActivityDeltas(pg::Session& session, const TenantShard& where);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_ACTIVITY_H_
