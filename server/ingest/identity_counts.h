// Identity counts: what a transaction that changed the graph did, for the metrics. Of records and
// of people's decisions alike, and only once it has committed.
#ifndef SELFSAME_SERVER_INGEST_IDENTITY_COUNTS_H_
#define SELFSAME_SERVER_INGEST_IDENTITY_COUNTS_H_

#include <cstddef>
#include <map>
#include <string>

#include "server/ingest/linked.h"
#include "server/observe/tables.h"

namespace selfsame::ingest {

struct IdentityCounts {
  std::size_t created = 0;                     // Profiles that had no row before.
  std::size_t merged = 0;                      // Profiles that went into another one.
  std::size_t unmerged = 0;                    // Profiles that came out of another one.
  std::map<std::string, std::size_t> refused;  // New refusals of edges by reason.
};

inline IdentityCounts CountsOf(const Linked& linked, std::size_t created) {
  return {.created = created,
          .merged = linked.merged,
          .unmerged = linked.unmerged,
          .refused = linked.refused};
}

inline void CountIdentity(const IdentityCounts& counts, observe::TenantCounters& counters) {
  counters.created.Add(counts.created);
  counters.merged.Add(counts.merged);
  counters.unmerged.Add(counts.unmerged);
  for (const auto& [reason, count] : counts.refused) counters.refused.Of(reason).Add(count);
}

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_IDENTITY_COUNTS_H_
