#include "server/workers/partition_keeper.h"

#include "base/result.h"
#include "base/time.h"
#include "storage/partitions.h"

namespace selfsame::workers {
namespace {

Result<int> Ensure(const pg::BulkOptions& database) {
  SELFSAME_ASSIGN_OR_RETURN(const auto connection, pg::BulkConnection::Connect(database));
  return storage::EnsureRecordPartitions(*connection, Now(), kPartitionDaysAhead);
}

}  // namespace

void KeepPartitions(const pg::BulkOptions& database, const observe::Logger& log) {
  const Result<int> made = Ensure(database);
  if (!made.ok()) {
    log.Warn("partitions could not be made",
             {{"reason", made.error().reason}, {"what", made.error().message}});
  } else if (*made > 0) {
    log.Info("partitions made", {{"count", *made}});
  }
}

}  // namespace selfsame::workers
