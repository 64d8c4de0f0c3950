// Quality: the small sums behind the measures. What profiles say is summed from deltas that each
// commit writes for itself, so the sums are exact whatever crashes; what sources sent is added by
// servers from what they counted in memory, so a crash may cost the last seconds of it.
#ifndef SELFSAME_STORAGE_QUALITY_H_
#define SELFSAME_STORAGE_QUALITY_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/bulk.h"
#include "storage/pg/session.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// What is counted of an attribute; stored.
enum class FieldMeasure : std::int16_t {
  // Profiles that have a value, by the source it comes from. The empty attribute counts the
  // profiles
  // themselves.
  kFilled = 1,
  // Anchors, by the source and the day of the newest claim that hangs on them: also of one that
  // only
  // confirms the value. None where that claim unset the attribute.
  kSaid = 2,
};

// As a delta either number may be negative.
struct QualityCount {
  FieldMeasure measure = FieldMeasure::kFilled;
  std::string attribute;
  SourceId source;
  std::int32_t day = 0;  // Days since 1970, UTC; of kSaid only.
  std::int64_t count = 0;
  std::int64_t seconds = 0;  // Sum of the times of the claims, since 1970; of kSaid only.

  bool operator==(const QualityCount&) const = default;
};

// In the transaction of the change that they describe.
Status InsertQualityDeltas(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                           std::span<const QualityCount> deltas);

// Folds waiting deltas into the sums, at most `deltas_max`; how many they were. May be retried,
// also after kInDoubt.
Result<std::int64_t> FoldQualityDeltas(pg::Session& session, const TenantShard& where,
                                       std::int64_t deltas_max);

// The sums, with the deltas that still wait: by measure, attribute, source, day. May be retried.
Result<std::vector<QualityCount>> ReadFieldCounts(pg::Session& session, const TenantShard& where);

// A difference between the sums and what the profiles and claims themselves say.
struct RecountDifference {
  QualityCount kept;
  QualityCount counted;
};

// Reads every profile and claim of the tenant. With `repair`, also writes what makes the sums
// agree.
enum class RecountMode { kCompare, kRepair };
Result<std::vector<RecountDifference>> RecountFieldCounts(pg::Session& session,
                                                          const TenantShard& where,
                                                          RecountMode mode, TimeUs now);

// What a source sent in one hour of receipt.
struct SourceHour {
  SourceId source;
  TimeUs hour_at;
  std::int64_t received = 0;
  // By the number of selfsame.ingest.v1.Outcome minus one.
  std::array<std::int64_t, 6> outcome{};
  // Accepted records with the same content as an earlier one under another key.
  std::int64_t alike = 0;
};

// One transaction. Not to be retried after kInDoubt: it would be added twice.
Status AddSourceHours(pg::Session& session, TenantId tenant, std::span<const SourceHour> hours);
Status DeleteSourceHours(pg::Session& session, TenantId tenant, TimeUs before);
// By source, then hour. May be retried.
Result<std::vector<SourceHour>> ReadSourceHours(pg::Session& session, TenantId tenant,
                                                TimeUs since);

// What became of a key. Values of FindReceipts and of selfsame.quality.v1.KeyState.
enum class KeyState : std::int16_t {
  kAccepted = 1,
  kInQuarantine = 2,
  kGone = 3,  // Was quarantined, and has been discarded since or has expired.
};

struct FoundReceipt {
  std::string key;
  KeyState state = KeyState::kAccepted;
  TimeUs received_at;
};

// Those of the keys that were settled, in no order. May be retried.
Result<std::vector<FoundReceipt>> FindReceipts(pg::Session& session, const TenantShard& where,
                                               SourceId source,
                                               const std::vector<std::string>& keys);

struct ReceiptCounts {
  std::int64_t accepted = 0;
  std::int64_t quarantined = 0;
};

// Settled keys of a source since a time. Reads all receipts of the source, whenever they came, and
// therefore at most so many. May be retried.
// Errors: kFailedPrecondition TOO_MANY_RECEIPTS where it has more; kDeadlineExceeded
// STATEMENT_TIMEOUT.
Result<ReceiptCounts> CountReceipts(pg::Session& session, const TenantShard& where, SourceId source,
                                    TimeUs since, std::int64_t receipts_max);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_QUALITY_H_
