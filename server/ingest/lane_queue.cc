#include "server/ingest/lane_queue.h"

#include <utility>

namespace selfsame::ingest {

bool LaneQueue::Push(LaneWork work) {
  MutexLock lock(mutex_);
  if (is_stopped_) return false;
  const TenantId tenant = work.submission->tenant().id;
  TenantQueue& queue = queues_[tenant];
  if (queue.works.empty()) turns_.push_back(tenant);
  queue.rows += work.records.size();
  queue.works.push_back(std::move(work));
  changed_.notify_one();
  return true;
}

std::vector<LaneWork> LaneQueue::Take(std::size_t rows_max, std::chrono::microseconds linger,
                                      std::optional<Deadline> until) {
  MutexLock lock(mutex_);
  if (until) {
    changed_.wait_until(mutex_, until->at(),
                        [this]() SELFSAME_REQUIRES(mutex_) { return !turns_.empty(); });
  } else {
    changed_.wait(mutex_,
                  [this]() SELFSAME_REQUIRES(mutex_) { return is_stopped_ || !turns_.empty(); });
  }
  if (turns_.empty()) return {};
  const TenantId tenant = turns_.front();
  if (linger.count() > 0) {
    changed_.wait_for(mutex_, linger, [&]() SELFSAME_REQUIRES(mutex_) {
      return is_stopped_ || queues_[tenant].rows >= rows_max;
    });
  }
  turns_.pop_front();
  return TakeFrom(tenant, rows_max);
}

std::vector<LaneWork> LaneQueue::TakeFrom(TenantId tenant, std::size_t rows_max) {
  TenantQueue& queue = queues_[tenant];
  std::vector<LaneWork> taken;
  std::size_t rows = 0;
  while (!queue.works.empty()) {
    const std::size_t more = queue.works.front().records.size();
    if (!taken.empty() && rows + more > rows_max) break;
    rows += more;
    taken.push_back(std::move(queue.works.front()));
    queue.works.pop_front();
  }
  queue.rows -= rows;
  if (queue.works.empty()) {
    queues_.erase(tenant);
  } else {
    turns_.push_back(tenant);
  }
  return taken;
}

void LaneQueue::Stop() {
  MutexLock lock(mutex_);
  is_stopped_ = true;
  changed_.notify_all();
}

}  // namespace selfsame::ingest
