// Which persons must stay apart, while they are united one by one. A part of Resolve.
#ifndef SELFSAME_IDENTITY_CANNOT_LINKS_H_
#define SELFSAME_IDENTITY_CANNOT_LINKS_H_

#include <cstdint>
#include <unordered_map>
#include <utility>

namespace selfsame::identity {

// The sides of cannot-links that persons are on. A person is on at most one side of each: two
// persons on different sides of one are never united. Persons are roots of disjoint sets.
class SidesOfPersons {
 public:
  enum class Side : std::uint8_t { kOne, kOther };

  // Before anything is united. A node listed on both sides of one cannot-link stays on the first.
  void Add(std::uint32_t node, std::uint32_t cannot_link, Side side) {
    sides_[node].emplace(cannot_link, side);
  }

  // Costs the number of cannot-links of the person with fewer.
  bool AreApart(std::uint32_t one, std::uint32_t other) const {
    const auto a = sides_.find(one);
    const auto b = sides_.find(other);
    if (a == sides_.end() || b == sides_.end()) return false;
    const bool a_has_fewer = a->second.size() <= b->second.size();
    const Sides& few = a_has_fewer ? a->second : b->second;
    const Sides& many = a_has_fewer ? b->second : a->second;
    for (const auto& [cannot_link, side] : few) {
      const auto found = many.find(cannot_link);
      if (found != many.end() && found->second != side) return true;
    }
    return false;
  }

  // Requires: they are not apart. Each side moves O(log n) times in all: fewer into more.
  void Unite(std::uint32_t stays, std::uint32_t absorbed) {
    const auto found = sides_.find(absorbed);
    if (found == sides_.end()) return;
    Sides theirs = std::move(found->second);
    sides_.erase(found);
    Sides& ours = sides_[stays];
    if (ours.size() < theirs.size()) ours.swap(theirs);
    ours.insert(theirs.begin(), theirs.end());
  }

 private:
  using Sides = std::unordered_map<std::uint32_t, Side>;  // By cannot-link.

  std::unordered_map<std::uint32_t, Sides> sides_;  // By root.
};

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_CANNOT_LINKS_H_
