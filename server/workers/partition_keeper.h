// Makes the partitions of records before their day comes.
#ifndef SELFSAME_SERVER_WORKERS_PARTITION_KEEPER_H_
#define SELFSAME_SERVER_WORKERS_PARTITION_KEEPER_H_

#include "server/observe/log.h"
#include "storage/pg/bulk.h"

namespace selfsame::workers {

// How many days there are partitions for, today included.
inline constexpr int kPartitionDaysAhead = 8;

// One pass on a connection of its own. What fails is logged and done by the next pass; the commit
// path makes a missing partition itself, so nothing waits for this.
void KeepPartitions(const pg::BulkOptions& database, const observe::Logger& log);

}  // namespace selfsame::workers

#endif  // SELFSAME_SERVER_WORKERS_PARTITION_KEEPER_H_
