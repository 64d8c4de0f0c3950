// Receipts: the rows that say a key has been settled. The whole of exactly-once (INV-3).
#ifndef SELFSAME_STORAGE_RECEIPTS_H_
#define SELFSAME_STORAGE_RECEIPTS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/bulk.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// What a receipt can say; values of receipts.outcome and of selfsame.ingest.v1.Outcome.
enum class Settled : std::int16_t { kAccepted = 1, kQuarantined = 3 };

struct NewReceipt {
  SourceId source;
  std::string_view key;  // Not owned.
  Settled outcome = Settled::kAccepted;
  RecordId record_id;
  Fingerprint fingerprint;
};

struct StoredReceipt {
  SourceId source;
  std::string key;
  Settled outcome = Settled::kAccepted;
  RecordId record_id;
  Fingerprint fingerprint;
  TimeUs received_at;
  bool is_in_quarantine = false;    // The record is still there: neither discarded nor expired.
  std::int64_t generation = 0;      // The tenant's, now.
  std::vector<Violation> left_out;  // Fields that were left out of the record.
};

using RecordIdSet = std::unordered_set<RecordId, Id128Hash>;

struct Claimed {
  RecordIdSet record_ids;  // Whose keys were free.
  // Of the tenant, where any key was free: raised whenever identifiers are removed.
  std::optional<std::int64_t> generation;
};

// Claims each key for this transaction. Waits for transactions that hold one of the keys.
// Requires: sorted by (source, key), keys unique within the span. Errors: as TranslateSqlState.
Result<Claimed> ClaimReceipts(pg::BulkConnection& connection, const TenantShard& where,
                              TimeUs received_at, std::span<const NewReceipt> receipts);

// The stored receipts of keys that ClaimReceipts did not get, in no order. All of them exist.
Result<std::vector<StoredReceipt>> ReadReceipts(pg::BulkConnection& connection,
                                                const TenantShard& where,
                                                std::span<const NewReceipt> wanted);

// Lets records take the place of quarantined ones under the same key: `quarantine_ids` names, for
// each receipt, the record it replaces. Returns the record ids that did; where another transaction
// was first, the key is not among them: read it again. Requires: as ClaimReceipts.
Result<RecordIdSet> SupersedeQuarantined(pg::BulkConnection& connection, const TenantShard& where,
                                         TimeUs received_at, std::span<const NewReceipt> receipts,
                                         std::span<const RecordId> quarantine_ids);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_RECEIPTS_H_
