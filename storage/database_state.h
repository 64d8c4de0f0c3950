// Database state: what an operator watches of the database itself.
#ifndef SELFSAME_STORAGE_DATABASE_STATE_H_
#define SELFSAME_STORAGE_DATABASE_STATE_H_

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "storage/pg/session.h"

namespace selfsame::storage {

struct DatabaseState {
  std::int64_t bytes = 0;  // On disk.
  // The oldest transaction that still runs, and the first past all that have ended. Unequal: some
  // that began later have ended, which readers of the outbox must not see yet.
  std::int64_t oldest_tx = 0;
  std::int64_t next_tx = 0;
  std::int64_t replicas = 0;  // That follow now.
  // How far behind the last of them is; none: the owner of the schema may not know.
  std::optional<double> replication_lag_seconds;
};

// May be retried.
Result<DatabaseState> ReadDatabaseState(pg::Session& session);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_DATABASE_STATE_H_
