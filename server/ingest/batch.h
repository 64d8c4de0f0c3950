// One transaction's worth of records of one tenant, and what a commit needs besides.
#ifndef SELFSAME_SERVER_INGEST_BATCH_H_
#define SELFSAME_SERVER_INGEST_BATCH_H_

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "identity/ruleset.h"
#include "server/ingest/evidence.h"
#include "server/ingest/outcome.h"
#include "server/ingest/record.h"
#include "server/observe/metrics.h"
#include "storage/tenant_shard.h"
#include "storage/tenants.h"

namespace selfsame::ingest {

// A record and the outcome it will have if the transaction commits. Outcomes reach the record only
// then: the body may run twice.
struct BatchItem {
  const PreparedRecord* record = nullptr;
  Outcome outcome;
  bool is_fresh = false;            // Its receipt is new in this transaction.
  bool is_stale = false;            // Wants another revision of its profile than there is.
  bool is_later = false;            // Has to see what others of this batch leave behind.
  std::optional<Violation> excess;  // Would make its profile larger than profiles may be.
  bool wants_profile = false;       // The outcome names a profile that is still to be looked up.
  std::optional<KeySettled> settled_as;  // Where the key is that of an accepted record.
};

// The reason of a batch that holds such a record, and of its outcome.
inline constexpr std::string_view kRevisionMismatch = "REVISION_MISMATCH";

using Batch = std::vector<BatchItem>;

// Constant during one transaction body.
struct CommitContext {
  const storage::Tenant& tenant;
  const storage::Directory& directory;
  const identity::Ruleset& rules;
  const IdentityCache& cache;
  storage::TenantShard where;
  TimeUs now;                  // The received_at of every record of the batch.
  bool counts_quality = true;  // Whether changes of profiles are counted for the measures.
  // How long statements wait for a lock; nothing: as long as the connection's settings say.
  std::optional<std::chrono::milliseconds> lock_wait;
  // What a decision that is committed is counted by; null: nothing. Lanes count for themselves.
  observe::Metrics* metrics = nullptr;
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_BATCH_H_
