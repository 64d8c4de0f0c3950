// A committer: takes works, commits them as batches on its own connection, and sees each record to
// its outcome, whatever the database does meanwhile.
#ifndef SELFSAME_SERVER_INGEST_COMMITTER_H_
#define SELFSAME_SERVER_INGEST_COMMITTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/stop.h"
#include "base/time.h"
#include "server/ingest/commit.h"
#include "server/ingest/lane_queue.h"
#include "server/ingest/limits.h"
#include "server/observe/barrier.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "storage/pg/bulk.h"

namespace selfsame::ingest {

// What all lanes share. Outlives them; constant but for the metrics.
struct LaneContext {
  LaneLimits limits;
  pg::BulkOptions database;
  observe::Metrics& metrics;
  const observe::Logger& log;
  bool counts_quality = true;
  // Null: none. Once it has expired nothing more is begun, and what is under way is given up.
  const StopLimit* stop = nullptr;
  observe::Barrier barrier{metrics, log};
};

// Owned by its lane's thread.
class Committer {
 public:
  Committer(const LaneContext& context, std::size_t lane);

  // Settles all records of the works, which are of one tenant: each has its outcome, or its
  // submission an error. Does not call Submission::Finish. Blocks; tries at most limits.give_up.
  void Process(std::span<const LaneWork> works);

  // Forgets the connection and the cache: after an exception neither can be relied on.
  void Reset();

 private:
  struct Open {
    Submission* submission = nullptr;
    PreparedRecord* record = nullptr;
  };

  // Takes the first of each key, sorted by (source, key), of those that were prepared by one
  // ruleset; the rest stays open for the next batch.
  static std::vector<Open> TakeDistinct(std::vector<Open>& open);
  void CommitAll(std::span<const Open> records);
  // Settles the records that want another revision than there is, and commits the others: those
  // that have to see what the first of them leave behind after these.
  void CommitWithoutStale(std::span<const Open> records, const Batch& batch);
  // Commits, connecting anew and trying again as the error asks, until give_up.
  Status CommitWithRetries(const Submission& any, Batch& batch);
  Result<CommitReport> TryOnce(const Submission& any, Batch& batch);
  // What to do about an error: nothing when another try makes sense, otherwise the error to report.
  Status PrepareRetry(const Error& error);
  Status Connect();
  void Publish(std::span<const Open> records, const Batch& batch);
  void Count(const CommitReport& report, const std::string& tenant, std::size_t rows,
             double seconds);

  const LaneContext& context_;
  const std::size_t lane_;
  IdentityCache cache_;
  std::int64_t generation_ = 0;  // Of the tenant of the last batch, as its commit saw it.
  std::unique_ptr<pg::BulkConnection> connection_;
  StopSignal pause_;  // Never set: what a retry waits on.
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_COMMITTER_H_
