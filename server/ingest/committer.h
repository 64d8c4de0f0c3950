// A committer: takes works, commits them as batches on its own connection, and sees each record to
// its outcome, whatever the database does meanwhile.
#ifndef SELFSAME_SERVER_INGEST_COMMITTER_H_
#define SELFSAME_SERVER_INGEST_COMMITTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/stop.h"
#include "base/time.h"
#include "server/ingest/commit.h"
#include "server/ingest/lane_queue.h"
#include "server/ingest/limits.h"
#include "server/ingest/parking.h"
#include "server/observe/barrier.h"
#include "server/observe/log.h"
#include "server/observe/log_limit.h"
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

  // Settles the records of the works, which are of one tenant: each has its outcome, or its
  // submission an error. Records that need a row which another session holds are parked. Returns
  // what is settled; does not call Submission::Finish. Blocks; tries at most limits.give_up.
  std::vector<LaneWork> Process(std::vector<LaneWork> works);

  // Tries the parked records again, where that is due, and returns what is settled by now: also
  // those whose time is up, with an error of their submission.
  std::vector<LaneWork> ProcessParked();
  // When it is; nothing: none are parked.
  std::optional<Deadline> parked_due() const { return parking_.due(); }

  // After an exception: forgets the connection and the cache, neither of which can be relied on,
  // and everything parked. Returns what is not settled: `at_hand` and what was parked.
  std::vector<LaneWork> Abandon(std::vector<LaneWork> at_hand);

 private:
  void CountParked();

  struct Open {
    const LaneWork* work = nullptr;
    Submission* submission = nullptr;
    PreparedRecord* record = nullptr;
  };

  // Takes the first of each key, sorted by (source, key), of those that were prepared by one
  // ruleset; the rest stays open for the next batch.
  static std::vector<Open> TakeDistinct(std::vector<Open>& open);
  // Settles those left open whose key one of `done` has, from how that one ended: a key that is
  // sent a thousand times at once takes no thousand transactions.
  void SettleRepeats(std::span<const Open> done, std::vector<Open>& open);
  void CommitAll(std::span<const Open> records);
  // Settles the records that want another revision than there is, and commits the others, those
  // that would make a profile too large as quarantined: those that have to see what the first of
  // them leave behind after these.
  void CommitWithoutStale(std::span<const Open> records, const Batch& batch);
  // Finds the records that wait for a lock by halves, and parks them.
  void CommitWithoutWaiting(std::span<const Open> records);
  void Park(const Open& open, Parking::Standing standing);
  // Parks what must not overtake parked records; returns the rest.
  std::vector<Open> HoldBack(std::span<const Open> records);
  // Commits, connecting anew and trying again as the error asks, until give_up.
  Status CommitWithRetries(const Submission& any, Batch& batch);
  Result<CommitReport> TryOnce(const Submission& any, Batch& batch);
  // What to do about an error: nothing when another try makes sense, otherwise the error to report.
  Status PrepareRetry(const Error& error);
  void LogRetry(const Error& error);
  Status Connect();
  void Publish(std::span<const Open> records, const Batch& batch);
  void Count(const CommitReport& report, const std::string& tenant, std::size_t rows,
             double seconds);

  const LaneContext& context_;
  const std::size_t lane_;
  IdentityCache cache_;
  std::int64_t generation_ = 0;  // Of the tenant of the last batch, as its commit saw it.
  std::unique_ptr<pg::BulkConnection> connection_;
  Parking parking_;
  std::vector<LaneWork> retrying_;  // Taken out of parking_ by ProcessParked and not settled yet.
  std::size_t counted_parked_ = 0;  // What the metric holds of parking_.
  int halvings_left_ = 0;           // Of the works that are processed now.
  bool is_probing_ = false;         // Whether these wait for locks for a moment only.
  std::optional<Error> failed_;     // By which records were left without an outcome last.
  observe::LogLimit retry_log_{std::chrono::seconds(10)};
  StopSignal pause_;  // Never set: what a retry waits on.
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_COMMITTER_H_
