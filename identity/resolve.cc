#include "identity/resolve.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "base/check.h"

namespace selfsame::identity {
namespace {

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

using KindCounts = std::unordered_map<std::string_view, int>;

// The work of one Resolve call.
class Resolver {
 public:
  Resolver(std::span<const Node> nodes, std::span<const Edge> edges, const Ruleset& rules)
      : nodes_(nodes),
        edges_(edges),
        rules_(rules),
        persons_(nodes.size()),
        components_(nodes.size()) {
    counts_.resize(nodes.size());
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      SELFSAME_CHECK(index_.emplace(nodes[i].id, i).second);
      counts_[i].emplace(nodes[i].kind, 1);
    }
  }

  Resolution Run() {
    Resolution resolution;
    resolution.refusal_of.assign(edges_.size(), Refusal::kNone);
    for (const std::uint32_t i : OrderOfEdges()) resolution.refusal_of[i] = Consider(edges_[i]);
    resolution.profile_of = SmallestBirths<ProfileId>(persons_);
    resolution.component_of = SmallestBirths<ComponentId>(components_);
    return resolution;
  }

 private:
  std::vector<std::uint32_t> OrderOfEdges() const {
    std::vector<std::uint32_t> order(edges_.size());
    std::iota(order.begin(), order.end(), 0);
    const auto rank = [this](std::uint32_t i) {
      const Edge& e = edges_[i];
      return std::tuple(-static_cast<int>(e.strength), e.first_evidence, e.a, e.b);
    };
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t x, std::uint32_t y) { return rank(x) < rank(y); });
    return order;
  }

  Refusal Consider(const Edge& edge) {
    SELFSAME_CHECK(edge.a < edge.b);
    const std::uint32_t a = index_.at(edge.a);
    const std::uint32_t b = index_.at(edge.b);
    const std::uint32_t component_a = components_.Root(a);
    const std::uint32_t component_b = components_.Root(b);
    if (component_a != component_b) components_.Unite(component_a, component_b);

    const std::uint32_t person_a = persons_.Root(a);
    const std::uint32_t person_b = persons_.Root(b);
    if (person_a == person_b) return Refusal::kNone;
    const Refusal refusal = Check(person_a, person_b);
    if (refusal == Refusal::kNone) UnitePersons(person_a, person_b);
    return refusal;
  }

  // The most telling reason first: a unique conflict, a limit, then sheer size.
  Refusal Check(std::uint32_t person_a, std::uint32_t person_b) const {
    Refusal refusal = Refusal::kNone;
    for (const auto& [kind, count] : counts_[person_a]) {
      const auto other = counts_[person_b].find(kind);
      const KindRule* rule = rules_.Find(kind);
      if (other == counts_[person_b].end() || rule == nullptr) continue;
      if (count + other->second <= rule->per_person_max) continue;
      if (rule->per_person_max == 1) return Refusal::kUniqueConflict;
      refusal = Refusal::kLimitExceeded;
    }
    if (refusal != Refusal::kNone) return refusal;
    const int together = persons_.SizeOf(person_a) + persons_.SizeOf(person_b);
    return together > rules_.component_nodes_max ? Refusal::kComponentLimit : Refusal::kNone;
  }

  void UnitePersons(std::uint32_t person_a, std::uint32_t person_b) {
    const auto [stays, absorbed] = persons_.Unite(person_a, person_b);
    for (const auto& [kind, count] : counts_[absorbed]) counts_[stays][kind] += count;
    counts_[absorbed].clear();
  }

  template <typename Id>
  std::vector<Id> SmallestBirths(DisjointSets& sets) const {
    std::vector<Id> smallest(nodes_.size());
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      Id& best = smallest[sets.Root(i)];
      const Id birth{nodes_[i].birth_id.bytes};
      if (best.IsNil() || birth < best) best = birth;
    }
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      // A root keeps its own entry until the end: others still read it.
      if (sets.Root(i) != i) smallest[i] = smallest[sets.Root(i)];
    }
    return smallest;
  }

  const std::span<const Node> nodes_;
  const std::span<const Edge> edges_;
  const Ruleset& rules_;
  DisjointSets persons_;
  DisjointSets components_;
  std::unordered_map<NodeId, std::uint32_t, Id128Hash> index_;
  std::vector<KindCounts> counts_;  // By root of persons_.
};

}  // namespace

std::string_view RefusalName(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone: return "NONE";
    case Refusal::kUniqueConflict: return "UNIQUE_CONFLICT";
    case Refusal::kLimitExceeded: return "LIMIT_EXCEEDED";
    case Refusal::kComponentLimit: return "COMPONENT_LIMIT";
  }
  return "NONE";
}

Resolution Resolve(std::span<const Node> nodes, std::span<const Edge> edges, const Ruleset& rules) {
  return Resolver(nodes, edges, rules).Run();
}

}  // namespace selfsame::identity
