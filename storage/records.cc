#include "storage/records.h"

namespace selfsame::storage {
namespace {

constexpr std::string_view kColumns =
    " (event_time, received_at, shard, tenant_id, source_id, schema_id, kind, payload_format, "
    "anchor,"
    " record_id, key, payload, others, consent, normalizer_version, normalized)";
constexpr std::int16_t kColumnCount = 16;

void AppendRow(pg::CopyRows& rows, const TenantShard& where, TimeUs received_at,
               const NewRecord& record) {
  rows.Row();
  rows.Time(record.event_time);
  rows.Time(received_at);
  rows.Int(where.shard.value);
  rows.Int(where.tenant.value);
  rows.Int(record.source.value);
  rows.Int(record.schema.value);
  rows.SmallInt(static_cast<std::int16_t>(record.kind));
  rows.SmallInt(static_cast<std::int16_t>(record.format));
  rows.Bytes(record.anchor.view());
  rows.Bytes(record.record_id.view());
  rows.Bytes(record.key);
  rows.Bytes(record.payload);
  record.others.empty() ? rows.Null() : rows.Bytes(record.others);
  record.consent.empty() ? rows.Null() : rows.Bytes(record.consent);
  rows.SmallInt(record.normalizer_version);
  record.normalized.empty() ? rows.Null() : rows.Bytes(record.normalized);
}

}  // namespace

Status AppendRecords(pg::BulkConnection& connection, const TenantShard& where, TimeUs received_at,
                     std::span<const NewRecord> records) {
  pg::CopyRows rows(kColumnCount);
  for (const NewRecord& record : records) AppendRow(rows, where, received_at, record);
  // Straight into the partition: COPY is refused where row-level security is on, and routing each
  // row through the parent would cost more.
  return connection.Copy("records_" + DayStamp(received_at) + std::string(kColumns),
                         std::move(rows));
}

}  // namespace selfsame::storage
