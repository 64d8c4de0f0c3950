// The bounds of ingestion, by name. GetLimits tells clients those that concern them.
#ifndef SELFSAME_SERVER_INGEST_LIMITS_H_
#define SELFSAME_SERVER_INGEST_LIMITS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace selfsame::ingest {

// What a record may be. Part of the wire contract; not configurable.
inline constexpr std::size_t kKeyBytesMax = 128;
inline constexpr std::size_t kIdentifiersMax = 32;
inline constexpr std::size_t kOperationsMax = 200;
inline constexpr std::size_t kConsentPurposesMax = 32;
inline constexpr std::size_t kIdentifierValueBytesMax = 512;
inline constexpr std::size_t kPayloadBytesMax = 64 * 1024;
inline constexpr std::size_t kRecordBytesMax = 128 * 1024;
inline constexpr std::size_t kRecordsPerCallMax = 1000;
inline constexpr TimeUs kEventTimeMin{0};
inline constexpr std::chrono::hours kEventTimeAheadMax{24};
inline constexpr std::chrono::minutes kClaimTimeAheadMax{5};

// What a profile may become by its updates. One that would make it larger is quarantined; what
// makes it smaller is taken, and a merge may leave more.
inline constexpr std::size_t kAttributeBytesMax = 128 * 1024;  // Of its JSON.
inline constexpr std::size_t kAttributeElementsMax = 5'000;    // Of a list.
inline constexpr std::size_t kProfileAttributesMax = 1'000;
inline constexpr std::size_t kProfileBytesMax = 1024 * 1024;  // Names and values.

// How much the server holds and how it commits; from the configuration.
struct LaneLimits {
  int lanes = 2;  // Wide ones. Each has its own connection, and so has the narrow one beside them.
  // Waiting over all lanes, of all tenants beyond their shares; past it calls are refused.
  std::size_t queue_rows_max = 50'000;
  std::size_t queue_bytes_max = 256 << 20;
  // Of each tenant, that always find room, whatever others have queued: a full call by default, and
  // never more than a tenth of the above.
  std::size_t queue_rows_share = 1'000;
  std::size_t queue_bytes_share = 8 << 20;
  std::size_t batch_rows_max = 2'000;  // Records of one transaction.
  // What a transaction of one tenant is to take while others have records too.
  std::chrono::microseconds turn{5'000};
  std::chrono::microseconds linger{0};  // How long a batch waits to grow; 0: natural batching.
  std::chrono::milliseconds give_up{
      15'000};  // How long a batch is tried while the database is away.
  // How long a batch waits for a row that another session holds; then only the records that need
  // that row wait, until give_up.
  std::chrono::milliseconds lock_wait{1'000};
  std::size_t cache_anchors_max = 200'000;  // Anchors each lane remembers.
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_LIMITS_H_
