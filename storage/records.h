// Records: accepted calls, append-only.
#ifndef SELFSAME_STORAGE_RECORDS_H_
#define SELFSAME_STORAGE_RECORDS_H_

#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/bulk.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// Values of records.kind and records.payload_format.
enum class RecordKind : std::int16_t { kEvent = 1, kProfileUpdate = 2 };
enum class PayloadFormat : std::int16_t { kProtobuf = 1, kJson = 2 };

struct NewRecord {
  TimeUs event_time;
  SourceId source;
  SchemaId schema;
  RecordKind kind = RecordKind::kEvent;
  PayloadFormat format = PayloadFormat::kProtobuf;
  NodeId anchor;
  RecordId record_id;
  std::string_view key;  // Not owned, as all views here.
  std::string_view payload;
  std::string others;        // Node ids of the other identifiers, 16 bytes each; may be empty.
  std::string_view consent;  // Empty: absent.
  std::int16_t normalizer_version = 0;
  std::string_view normalized;  // JSON object; empty: nothing differs from the payload.
};

// Appends records to the partition of the day of `received_at`, by COPY.
// Errors: kFailedPrecondition SCHEMA_NOT_READY when the day has no partition: make it
// (storage/partitions.h), then retry the whole body. Others as TranslateSqlState.
Status AppendRecords(pg::BulkConnection& connection, const TenantShard& where, TimeUs received_at,
                     std::span<const NewRecord> records);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_RECORDS_H_
