// A queue in which each tenant has a share of its own and a turn: a busy tenant fills the room that
// all have in common, and neither the share of another nor its turn.
#ifndef SELFSAME_BASE_FAIR_QUEUE_H_
#define SELFSAME_BASE_FAIR_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "base/ids.h"

namespace selfsame {

struct FairBounds {
  std::size_t common_max = 0;  // Items of all tenants beyond their shares.
  std::size_t share = 0;       // Items of each tenant that always find room.
};

// Not thread-safe: guarded by its owner's mutex.
template <typename Item>
class FairQueue {
 public:
  explicit FairQueue(FairBounds bounds) : bounds_(bounds) {}

  // False, and nothing is queued, when the tenant's share and the common room are full.
  bool Push(TenantId tenant, Item item) {
    Waiting& waiting = tenants_[tenant];
    const bool is_beyond = waiting.items.size() >= bounds_.share;
    if (is_beyond && common_ >= bounds_.common_max) return false;
    if (is_beyond) ++common_;
    if (waiting.items.empty()) turns_.push_back(tenant);
    waiting.items.push_back(std::move(item));
    return true;
  }

  // The next item of the tenant whose turn it is, of those of which fewer than `running_max` items
  // are under way. Done has to follow.
  std::optional<std::pair<TenantId, Item>> Take(std::size_t running_max) {
    const auto turn = std::find_if(turns_.begin(), turns_.end(), [&](TenantId tenant) {
      return tenants_[tenant].running < running_max;
    });
    if (turn == turns_.end()) return std::nullopt;
    const TenantId tenant = *turn;
    turns_.erase(turn);
    Waiting& waiting = tenants_[tenant];
    if (waiting.items.size() > bounds_.share) --common_;
    Item item = std::move(waiting.items.front());
    waiting.items.pop_front();
    if (!waiting.items.empty()) turns_.push_back(tenant);
    ++waiting.running;
    return std::pair(tenant, std::move(item));
  }

  void Done(TenantId tenant) {
    Waiting& waiting = tenants_[tenant];
    if (--waiting.running == 0 && waiting.items.empty()) tenants_.erase(tenant);
  }

  bool empty() const { return turns_.empty(); }

 private:
  struct Waiting {
    std::deque<Item> items;
    std::size_t running = 0;
  };

  const FairBounds bounds_;
  std::size_t common_ = 0;               // Items beyond the shares of their tenants.
  std::map<TenantId, Waiting> tenants_;  // With items that wait or are under way.
  std::deque<TenantId> turns_;           // Those with items that wait, next first.
};

}  // namespace selfsame

#endif  // SELFSAME_BASE_FAIR_QUEUE_H_
