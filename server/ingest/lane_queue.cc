#include "server/ingest/lane_queue.h"

#include <cstddef>
#include <utility>

namespace selfsame::ingest {
namespace {

// The first `rows` records of a work that has more.
LaneWork SplitOff(LaneWork& work, std::size_t rows) {
  const auto end = work.records.begin() + static_cast<std::ptrdiff_t>(rows);
  LaneWork first{.submission = work.submission,
                 .records = {work.records.begin(), end},
                 .give_up = work.give_up};
  work.records.erase(work.records.begin(), end);
  return first;
}

}  // namespace

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

std::vector<LaneWork> LaneQueue::Take(const RowsMax& rows_max, std::chrono::microseconds linger,
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
  const std::size_t rows = rows_max(tenant);
  if (linger.count() > 0) {
    changed_.wait_for(mutex_, linger, [&]() SELFSAME_REQUIRES(mutex_) {
      return is_stopped_ || queues_[tenant].rows >= rows;
    });
  }
  turns_.pop_front();
  return TakeFrom(tenant, rows);
}

std::vector<LaneWork> LaneQueue::TakeFrom(TenantId tenant, std::size_t rows_max) {
  TenantQueue& queue = queues_[tenant];
  std::vector<LaneWork> taken;
  std::size_t rows = 0;
  while (!queue.works.empty() && rows < rows_max) {
    LaneWork& next = queue.works.front();
    if (rows + next.records.size() > rows_max) {
      taken.push_back(SplitOff(next, rows_max - rows));
    } else {
      taken.push_back(std::move(next));
      queue.works.pop_front();
    }
    rows += taken.back().records.size();
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
