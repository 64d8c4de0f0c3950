// Quarantine: records that failed validation, whole and sealed.
#ifndef SELFSAME_STORAGE_QUARANTINE_H_
#define SELFSAME_STORAGE_QUARANTINE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/bulk.h"
#include "storage/receipts.h"
#include "storage/records.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

struct NewQuarantined {
  SourceId source;
  RecordKind kind = RecordKind::kEvent;
  RecordId quarantine_id;  // The record id of the key's receipt.
  std::string_view key;
  std::string schema_name;
  std::int32_t schema_version = 0;  // As the record named it.
  std::string reason;               // Of the first violation.
  std::string violations_json;      // [{"field", "reason", "message"}].
  std::string body_sealed;
};

// Errors: as TranslateSqlState.
Status InsertQuarantine(pg::BulkConnection& connection, const TenantShard& where,
                        TimeUs received_at, std::span<const NewQuarantined> rows);

// Removes rows whose key has been settled with another body or under another rule, with their
// copies; the log says so. Returns those that were there: others have been discarded or expired.
Result<RecordIdSet> SettleQuarantine(pg::BulkConnection& connection, const TenantShard& where,
                                     TimeUs now, std::span<const RecordId> quarantine_ids);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_QUARANTINE_H_
