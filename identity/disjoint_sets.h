// Disjoint sets: which of some things have been united, directly or through others. Pure.
#ifndef SELFSAME_IDENTITY_DISJOINT_SETS_H_
#define SELFSAME_IDENTITY_DISJOINT_SETS_H_

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace selfsame::identity {

// Disjoint sets over 0..n-1, by size, with path halving.
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t count) : parent_(count), size_(count, 1) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }
  std::uint32_t Root(std::uint32_t i) {
    for (; parent_[i] != i; i = parent_[i]) parent_[i] = parent_[parent_[i]];
    return i;
  }
  int SizeOf(std::uint32_t root) const { return size_[root]; }
  // Requires: two different roots. Returns {the one that stays, the one that is absorbed}.
  std::pair<std::uint32_t, std::uint32_t> Unite(std::uint32_t a, std::uint32_t b) {
    if (size_[a] < size_[b]) std::swap(a, b);
    parent_[b] = a;
    size_[a] += size_[b];
    return {a, b};
  }

 private:
  std::vector<std::uint32_t> parent_;
  std::vector<int> size_;
};

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_DISJOINT_SETS_H_
