// A bounded map that forgets what was used longest ago. Owned by one thread.
#ifndef SELFSAME_BASE_LRU_H_
#define SELFSAME_BASE_LRU_H_

#include <list>
#include <unordered_map>
#include <utility>

#include "base/check.h"

namespace selfsame {

template <typename Key, typename Value, typename Hash>
class LruMap {
 public:
  explicit LruMap(std::size_t entries_max) : entries_max_(entries_max) {
    SELFSAME_CHECK(entries_max > 0);
  }

  // The value of a key, now the most recently used; null when unknown. Valid until the next Put.
  Value* Find(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return &found->second->second;
  }

  // Finds or default-makes the value of a key, forgetting the oldest past the bound.
  Value& Put(const Key& key) {
    if (Value* known = Find(key)) return *known;
    if (index_.size() == entries_max_) {
      index_.erase(order_.back().first);
      order_.pop_back();
    }
    order_.emplace_front(key, Value{});
    index_.emplace(key, order_.begin());
    return order_.front().second;
  }

  void Erase(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return;
    order_.erase(found->second);
    index_.erase(found);
  }

  void Clear() {
    index_.clear();
    order_.clear();
  }

  std::size_t size() const { return index_.size(); }

 private:
  const std::size_t entries_max_;
  std::list<std::pair<Key, Value>> order_;
  std::unordered_map<Key, typename std::list<std::pair<Key, Value>>::iterator, Hash> index_;
};

}  // namespace selfsame

#endif  // SELFSAME_BASE_LRU_H_
