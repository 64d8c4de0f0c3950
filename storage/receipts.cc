#include "storage/receipts.h"

#include "storage/quarantine_desk.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

using pg::Array;
using pg::Oid;

pg::Params ReceiptParams(const TenantShard& where, TimeUs received_at,
                         std::span<const NewReceipt> receipts) {
  Array sources(Oid::kInt4, receipts.size());
  Array outcomes(Oid::kInt2, receipts.size());
  Array record_ids(Oid::kUuid, receipts.size());
  Array fingerprints(Oid::kUuid, receipts.size());
  Array keys(Oid::kText, receipts.size());
  for (const NewReceipt& receipt : receipts) {
    sources.Int(receipt.source.value);
    outcomes.SmallInt(static_cast<std::int16_t>(receipt.outcome));
    record_ids.Bytes(receipt.record_id.view());
    fingerprints.Bytes(receipt.fingerprint.view());
    keys.Bytes(receipt.key);
  }
  pg::Params params = KeyParams(where);
  params.Time(received_at).Add(std::move(sources)).Add(std::move(outcomes));
  params.Add(std::move(record_ids)).Add(std::move(fingerprints)).Add(std::move(keys));
  return params;
}

Result<RecordIdSet> ExecuteForRecordIds(pg::BulkConnection& connection,
                                        const pg::Statement& statement, const pg::Params& params) {
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(statement, params));
  RecordIdSet ids;
  ids.reserve(rows.size());
  for (int row = 0; row < rows.size(); ++row) ids.insert(rows.Uuid<RecordId>(row, 0));
  return ids;
}

}  // namespace

Result<Claimed> ClaimReceipts(pg::BulkConnection& connection, const TenantShard& where,
                              TimeUs received_at, std::span<const NewReceipt> receipts) {
  SELFSAME_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      connection.Execute(sql::kClaimReceipts, ReceiptParams(where, received_at, receipts)));
  Claimed claimed;
  claimed.record_ids.reserve(rows.size());
  for (int row = 0; row < rows.size(); ++row) {
    claimed.record_ids.insert(rows.Uuid<RecordId>(row, 0));
  }
  if (rows.size() > 0) claimed.generation = rows.BigInt(0, 1);
  return claimed;
}

Result<std::vector<StoredReceipt>> ReadReceipts(pg::BulkConnection& connection,
                                                const TenantShard& where,
                                                std::span<const NewReceipt> wanted) {
  Array sources(Oid::kInt4, wanted.size());
  Array keys(Oid::kText, wanted.size());
  for (const NewReceipt& receipt : wanted) {
    sources.Int(receipt.source.value);
    keys.Bytes(receipt.key);
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(sources)).Add(std::move(keys));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kReadReceipts, params));
  std::vector<StoredReceipt> stored;
  stored.reserve(rows.size());
  for (int row = 0; row < rows.size(); ++row) {
    const std::string_view left_out = rows.Bytes(row, 8);
    stored.push_back({.source = SourceId{rows.Int(row, 0)},
                      .key = std::string(rows.Bytes(row, 1)),
                      .outcome = static_cast<Settled>(rows.SmallInt(row, 2)),
                      .record_id = rows.Uuid<RecordId>(row, 3),
                      .fingerprint = rows.Uuid<Fingerprint>(row, 4),
                      .received_at = rows.Time(row, 5),
                      .is_in_quarantine = rows.Int(row, 6) != 0,
                      .generation = rows.BigInt(row, 7)});
    if (!left_out.empty()) stored.back().left_out = ParseViolations(std::string(left_out));
  }
  return stored;
}

Result<RecordIdSet> SupersedeQuarantined(pg::BulkConnection& connection, const TenantShard& where,
                                         TimeUs received_at, std::span<const NewReceipt> receipts,
                                         std::span<const RecordId> quarantine_ids) {
  pg::Params params = ReceiptParams(where, received_at, receipts);
  params.Add(UuidArray(quarantine_ids));
  return ExecuteForRecordIds(connection, sql::kSupersedeQuarantined, params);
}

}  // namespace selfsame::storage
