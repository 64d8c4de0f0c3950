#include "storage/database_state.h"

#include <pqxx/result>

#include "storage/sql/statements.h"

namespace selfsame::storage {

Result<DatabaseState> ReadDatabaseState(pg::Session& session) {
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<DatabaseState> {
    const auto row = pg::Exec(tx, sql::kReadDatabaseState)[0];
    DatabaseState state{.bytes = row[0].as<std::int64_t>(),
                        .oldest_tx = row[1].as<std::int64_t>(),
                        .next_tx = row[2].as<std::int64_t>(),
                        .replicas = row[3].as<std::int64_t>(),
                        .replication_lag_seconds = {}};
    if (!row[4].is_null()) state.replication_lag_seconds = row[4].as<double>();
    return state;
  });
}

}  // namespace selfsame::storage
