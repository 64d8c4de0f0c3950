// What waits for a lane. Tenants take turns, so that a busy one cannot starve the others.
#ifndef SELFSAME_SERVER_INGEST_LANE_QUEUE_H_
#define SELFSAME_SERVER_INGEST_LANE_QUEUE_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "base/time.h"
#include "server/ingest/submission.h"

namespace selfsame::ingest {

// Some records of one submission, by index.
struct LaneWork {
  std::shared_ptr<Submission> submission;
  std::vector<std::uint32_t> records;
  std::optional<Deadline> give_up;  // Of work that was parked (parking.h).
};

// Thread-safe. How much may wait is bounded by Lanes, before it gets here.
class LaneQueue {
 public:
  // Never blocks. False after Stop: the work was not taken.
  bool Push(LaneWork work);

  // The most records of a tenant to take at a time; at least 1.
  using RowsMax = std::function<std::size_t(TenantId)>;

  // Waits for work, then takes works of the tenant whose turn it is, up to rows_max records; waits
  // up to `linger` for that many. A work that does not fit is taken in parts, each a work of its
  // own. Empty: stopped and drained, or `until`, where it is given, has come. Until then it waits,
  // also when stopped.
  std::vector<LaneWork> Take(const RowsMax& rows_max, std::chrono::microseconds linger,
                             std::optional<Deadline> until = std::nullopt);

  // No more work is taken in; Take hands out what is left.
  void Stop();

 private:
  struct TenantQueue {
    std::deque<LaneWork> works;
    std::size_t rows = 0;
  };

  std::vector<LaneWork> TakeFrom(TenantId tenant, std::size_t rows_max) SELFSAME_REQUIRES(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::map<TenantId, TenantQueue> queues_ SELFSAME_GUARDED_BY(mutex_);  // Only tenants with work.
  std::deque<TenantId> turns_ SELFSAME_GUARDED_BY(mutex_);  // The same tenants, next first.
  bool is_stopped_ SELFSAME_GUARDED_BY(mutex_) = false;
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_LANE_QUEUE_H_
