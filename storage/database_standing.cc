#include "storage/database_standing.h"

#include <pqxx/result>

#include "storage/sql/statements.h"

namespace selfsame::storage {

Result<DatabaseStanding> ReadDatabaseStanding(pg::Session& session) {
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<DatabaseStanding> {
    const auto row = pg::Exec(tx, sql::kReadDatabaseStanding)[0];
    return DatabaseStanding{.is_standby = row[0].as<bool>(),
                            .is_read_only = row[1].as<bool>(),
                            .has_fsync = row[2].as<bool>(),
                            .has_full_page_writes = row[3].as<bool>(),
                            .synchronous_commit = row[4].as<int>()};
  });
}

}  // namespace selfsame::storage
