#include "storage/partitions.h"

#include "storage/sql/statements.h"

namespace selfsame::storage {

Result<int> EnsureRecordPartitions(pg::BulkConnection& connection, TimeUs from, int days) {
  pg::Params params;
  params.Time(from).Int(days);
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kEnsureRecordPartitions, params));
  return static_cast<int>(rows.Int(0, 0));
}

}  // namespace selfsame::storage
