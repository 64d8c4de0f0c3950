// The lanes: where prepared records wait and are committed. The only way into the database for
// records; also the bound on how much may wait.
#ifndef SELFSAME_SERVER_INGEST_LANES_H_
#define SELFSAME_SERVER_INGEST_LANES_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/result.h"
#include "server/ingest/committer.h"
#include "server/ingest/lane_queue.h"
#include "server/ingest/queue_shares.h"
#include "server/ingest/submission.h"
#include "server/ingest/tenant_lanes.h"
#include "server/ingest/turn_length.h"

namespace selfsame::ingest {

// Submit may be called from any thread. Start is the constructor; Stop once, before destruction.
class Lanes {
 public:
  // Requires: context outlives this.
  explicit Lanes(const LaneContext& context);
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  // Queues the records that are not settled yet, each in the lane of its anchor. Never blocks. When
  // none needs a lane, the submission is finished before this returns.
  // Errors (nothing was queued, on_done will not run): kResourceExhausted QUEUE_FULL and
  // kUnavailable SHUTTING_DOWN, both with retry_after.
  Status Submit(const std::shared_ptr<Submission>& submission);

  // Refuses new work, commits what waits, ends the threads. Blocks until that is done; what cannot
  // be committed before the context's stop limit fails with UNAVAILABLE SHUTTING_DOWN.
  void Stop();

 private:
  struct Lane {
    Lane(const LaneContext& context, std::size_t number)
        : turns({.rows_max = context.limits.batch_rows_max, .turn = context.limits.turn}),
          committer(context, number) {}
    LaneQueue queue;
    TurnLength turns;
    Committer committer;
    std::thread thread;  // Last: it uses the others.
  };

  void Run(Lane& lane);
  // Gives a submission to its lanes: by anchor to wide ones, or whole to the narrow one.
  void Push(const std::shared_ptr<Submission>& submission, Place place);
  void Push(TenantId tenant, TenantLanes::Release release);
  void Leave(TenantId tenant, const QueueLoad& load);
  // What is next on the lane, as much of one tenant as fits its turn.
  std::vector<LaneWork> TakeNext(Lane& lane);
  // Runs a step of the lane's committer and finishes what it settled. An exception fails `at_hand`
  // and all that the committer has parked: each of their callers is answered.
  void Settle(Lane& lane, const std::vector<LaneWork>& at_hand,
              const std::function<std::vector<LaneWork>()>& step);
  std::size_t LaneOf(TenantId tenant, const PreparedRecord& record, Place place) const;
  Status Reserve(TenantId tenant, const QueueLoad& load);
  void Release(TenantId tenant, const QueueLoad& load);
  // Splits off, failed, what is not to be begun: of calls that nobody waits for any more or that
  // have failed already, and all of it once a stop has taken too long.
  std::vector<LaneWork> Wanted(std::vector<LaneWork> works);
  void FinishWork(const LaneWork& work);

  const LaneContext& context_;
  std::atomic<bool> is_stopping_{false};
  QueueShares shares_;
  TenantLanes tenants_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // The wide ones, then the narrow one.
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_LANES_H_
