#include "storage/quarantine.h"

#include "storage/sql/statements.h"

namespace selfsame::storage {

using pg::Array;
using pg::Oid;

Status InsertQuarantine(pg::BulkConnection& connection, const TenantShard& where,
                        TimeUs received_at, std::span<const NewQuarantined> rows) {
  Array sources(Oid::kInt4, rows.size());
  Array kinds(Oid::kInt2, rows.size());
  Array ids(Oid::kUuid, rows.size());
  Array keys(Oid::kText, rows.size());
  Array schemas(Oid::kText, rows.size());
  Array versions(Oid::kInt4, rows.size());
  Array reasons(Oid::kText, rows.size());
  Array violations(Oid::kText, rows.size());
  Array bodies(Oid::kBytea, rows.size());
  for (const NewQuarantined& row : rows) {
    sources.Int(row.source.value);
    kinds.SmallInt(static_cast<std::int16_t>(row.kind));
    ids.Bytes(row.quarantine_id.view());
    keys.Bytes(row.key);
    schemas.Bytes(row.schema_name);
    versions.Int(row.schema_version);
    reasons.Bytes(row.reason);
    violations.Bytes(row.violations_json);
    bodies.Bytes(row.body_sealed);
  }
  pg::Params params = KeyParams(where);
  params.Time(received_at).Add(std::move(sources)).Add(std::move(kinds)).Add(std::move(ids));
  params.Add(std::move(keys)).Add(std::move(schemas)).Add(std::move(versions));
  params.Add(std::move(reasons)).Add(std::move(violations)).Add(std::move(bodies));
  return ToStatus(connection.Execute(sql::kInsertQuarantine, params));
}

Result<RecordIdSet> SettleQuarantine(pg::BulkConnection& connection, const TenantShard& where,
                                     TimeUs now, std::span<const RecordId> quarantine_ids) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(quarantine_ids)).Time(now);
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kSettleQuarantine, params));
  RecordIdSet settled;
  for (int row = 0; row < rows.size(); ++row) settled.insert(rows.Uuid<RecordId>(row, 0));
  return settled;
}

}  // namespace selfsame::storage
