// Partitions of records: one a day of receipt, made before they are needed.
#ifndef SELFSAME_STORAGE_PARTITIONS_H_
#define SELFSAME_STORAGE_PARTITIONS_H_

#include "base/result.h"
#include "base/time.h"
#include "storage/pg/bulk.h"

namespace selfsame::storage {

// Makes the partitions of `days` days from the day of `from` that do not exist; returns how many it
// made. Runs in a transaction of its own: none may be open. May be retried and run side by side.
Result<int> EnsureRecordPartitions(pg::BulkConnection& connection, TimeUs from, int days);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_PARTITIONS_H_
