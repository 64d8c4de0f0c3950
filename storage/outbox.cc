#include "storage/outbox.h"

#include "base/uuid.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {

using pg::Array;
using pg::Oid;

Status InsertOutbox(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                    std::span<const NewOutboxRow> rows) {
  Array revisions(Oid::kInt8, rows.size());
  Array changes(Oid::kInt2, rows.size());
  Array ids(Oid::kUuid, rows.size());
  Array profiles(Oid::kUuid, rows.size());
  for (const NewOutboxRow& row : rows) {
    revisions.BigInt(row.revision);
    changes.SmallInt(static_cast<std::int16_t>(row.change));
    ids.Bytes(NewUuidV7<EventUuid>(now).view());
    profiles.Bytes(row.profile_id.view());
  }
  pg::Params params = KeyParams(where);
  params.Time(now).Add(std::move(revisions)).Add(std::move(changes)).Add(std::move(ids));
  params.Add(std::move(profiles));
  return ToStatus(connection.Execute(sql::kInsertOutbox, params));
}

}  // namespace selfsame::storage
