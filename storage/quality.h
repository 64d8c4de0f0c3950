// Quality: the small sums behind the measures. What profiles say is summed from deltas that each
// commit writes for itself, so the sums are exact whatever crashes; what sources sent is added by
// servers from what they counted in memory, so a crash may cost the last seconds of it.
#ifndef SELFSAME_STORAGE_QUALITY_H_
#define SELFSAME_STORAGE_QUALITY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
  // profiles themselves.
  kFilled = 1,
  // Anchors, by the source and the day of the newest claim that hangs on them: also of one that
  // only confirms the value. None where that claim unset the attribute. Days before kSaidDayFloor
  // count as that day.
  kSaid = 2,
  // Profiles, by how many identifiers they have: the attribute is the label of the range.
  kSize = 3,
};

// 2010-01-01, as days since 1970. Clients choose the times of events: without a floor they could
// make 14,000 rows more of every attribute and source. What is older is old enough to be told as
// this; the mean age stays exact, since the times themselves are summed.
inline constexpr std::int32_t kSaidDayFloor = 14'610;

// Ranges of numbers of identifiers, the last without an end.
struct SizeRange {
  std::size_t most = 0;
  std::string_view label;
};
inline constexpr std::array<SizeRange, 10> kSizeRanges = {
    {{1, "1"},
     {2, "2"},
     {3, "3"},
     {5, "4-5"},
     {10, "6-10"},
     {20, "11-20"},
     {50, "21-50"},
     {100, "51-100"},
     {1'000, "101-1000"},
     {std::numeric_limits<std::size_t>::max(), "1001+"}}};

constexpr std::string_view SizeLabelOf(std::size_t identifiers) {
  std::size_t range = 0;
  while (identifiers > kSizeRanges[range].most) ++range;
  return kSizeRanges[range].label;
}

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

// Deletes the sums that have become nothing. May be retried.
Status DropEmptyFieldCounts(pg::Session& session, TenantId tenant);

// From how many days back on days are told apart; what is older goes by stretches of 30 days, each
// told as its middle.
inline constexpr std::int32_t kDaysApart = 400;

// The sums, with the deltas that still wait: by measure, attribute, source, day. With `today`, days
// since 1970, old days are joined as kDaysApart says: some 600 rows an attribute and source at
// most. May be retried.
Result<std::vector<QualityCount>> ReadFieldCounts(pg::Session& session, const TenantShard& where,
                                                  std::optional<std::int32_t> today = {});

// A difference between the sums and what the profiles and claims themselves say.
struct RecountDifference {
  QualityCount kept;
  QualityCount counted;
};

// Reads every profile, identifier and claim of the tenant. With `repair`, also writes what makes
// the sums agree.
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

// When the last hour began in which something of the source was received. May be retried.
struct LastHour {
  SourceId source;
  TimeUs hour_at;
};
Result<std::vector<LastHour>> ReadLastHours(pg::Session& session, TenantId tenant);

// Records in quarantine now. Reads their rows' keys and sources, once a call. May be retried.
struct SourceQuarantine {
  SourceId source;
  std::int64_t records = 0;
};
Result<std::vector<SourceQuarantine>> CountQuarantinedBySource(pg::Session& session,
                                                               const TenantShard& where);

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
