// Database standing: whether it takes writes, and whether what it commits is safe on disk.
#ifndef SELFSAME_STORAGE_DATABASE_STANDING_H_
#define SELFSAME_STORAGE_DATABASE_STANDING_H_

#include "base/result.h"
#include "storage/pg/session.h"

namespace selfsame::storage {

struct DatabaseStanding {
  bool is_standby = false;
  bool is_read_only = false;  // Of transactions of this session; a standby's are.
  bool has_fsync = false;
  bool has_full_page_writes = false;
  // Of this session: 0 off, 1 local, 2 remote_write, 3 on, 4 remote_apply.
  int synchronous_commit = 0;
};

// One cheap statement, for the health check. May be retried.
Result<DatabaseStanding> ReadDatabaseStanding(pg::Session& session);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_DATABASE_STANDING_H_
