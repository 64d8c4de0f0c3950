// Operations looked up again: who decided what, when and why. How they are written, but for what
// they name, is storage/decisions.h.
#ifndef SELFSAME_STORAGE_OPERATIONS_H_
#define SELFSAME_STORAGE_OPERATIONS_H_

#include <optional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/decisions.h"
#include "storage/pg/bulk.h"
#include "storage/pg/session.h"
#include "storage/profile_reader.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// Notes which identifiers a decision named, in the transaction that writes it; each may occur
// repeatedly. Errors: as TranslateSqlState.
Status InsertOperationSubjects(pg::BulkConnection& connection, const TenantShard& where,
                               EventUuid operation, std::span<const NodeId> nodes);

struct StoredOperation {
  Operation operation;
  TimeUs at;
  bool is_cleared = false;                 // Of a cannot-link: taken back.
  std::vector<SealedIdentifier> subjects;  // In no order.
};

// Greater than the id of any operation: the newest page begins there.
EventUuid AfterAllOperations();

// At most `limit` operations before one, newest first; those that named an identifier of a profile
// or changed who is in it, where a key is given.
// Errors: kNotFound PROFILE_NOT_FOUND; as Session::InTransaction. May be retried.
Result<std::vector<StoredOperation>> ListOperations(pg::Session& session, const TenantShard& where,
                                                    const std::optional<ProfileKey>& key,
                                                    EventUuid before, int limit);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_OPERATIONS_H_
