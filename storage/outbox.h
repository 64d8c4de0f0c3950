// Outbox: one row for every change of a profile, in the transaction of the change (INV-9).
#ifndef SELFSAME_STORAGE_OUTBOX_H_
#define SELFSAME_STORAGE_OUTBOX_H_

#include <span>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/bulk.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// Values are stored in outbox.change.
enum class Change : std::int16_t { kCreated = 1, kUpdated = 2, kGone = 3 };

struct NewOutboxRow {
  ProfileId profile_id;
  Change change = Change::kCreated;
  std::int64_t revision = 0;  // Of the profile after the change; 0 with kGone.
};

Status InsertOutbox(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                    std::span<const NewOutboxRow> rows);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_OUTBOX_H_
