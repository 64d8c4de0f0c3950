// Merge history: what joined, parted or was refused, append-only.
#ifndef SELFSAME_STORAGE_MERGE_HISTORY_H_
#define SELFSAME_STORAGE_MERGE_HISTORY_H_

#include <span>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "identity/plan.h"
#include "storage/pg/bulk.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// Appends the entries of a plan. All share `now`, and are in no order among themselves. `operation`
// is what somebody decided, nil where records alone did. Errors: as TranslateSqlState.
Status InsertMergeHistory(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                          std::span<const identity::HistoryEntry> entries, EventUuid operation);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_MERGE_HISTORY_H_
