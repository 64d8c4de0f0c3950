#include "identity/resolve.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "identity/cannot_links.h"
#include "identity/disjoint_sets.h"
#include "identity/person_counts.h"

namespace selfsame::identity {
namespace {

// Distinct neighbours of unique kinds, of each node that may become shared. Only what sources saw
// counts; what a person states by hand makes nothing shared.
class SharedFinder {
 public:
  SharedFinder(const Graph& graph, const Ruleset& rules) : graph_(graph) {
    rules_of_.reserve(graph.nodes.size());
    for (const Node& node : graph.nodes) rules_of_.push_back(rules.Find(node.kind));
    neighbours_.resize(graph.nodes.size());
    is_judged_now_.resize(graph.nodes.size());
    is_of_one_customer_.resize(graph.nodes.size());
  }

  void Count(const Edge& edge, std::uint32_t a, std::uint32_t b) {
    if (edge.strength >= Strength::kManual || IsBlocked(a) || IsBlocked(b)) return;
    CountOneWay(a, b, edge);
    CountOneWay(b, a, edge);
  }

  Exclusion ExclusionOf(std::uint32_t node) const {
    const Exclusion known = graph_.nodes[node].exclusion;
    if (known != Exclusion::kNone || rules_of_[node] == nullptr) return known;
    const int most = rules_of_[node]->SharedAbove(is_of_one_customer_[node]);
    const bool is_shared = most > 0 && is_judged_now_[node] &&
                           neighbours_[node].size() > static_cast<std::size_t>(most);
    return is_shared ? Exclusion::kShared : Exclusion::kNone;
  }

 private:
  bool IsBlocked(std::uint32_t node) const {
    return graph_.nodes[node].exclusion == Exclusion::kBlocked;
  }

  void CountOneWay(std::uint32_t from, std::uint32_t to, const Edge& edge) {
    if (rules_of_[from] == nullptr || rules_of_[from]->IsUnique()) return;
    if (rules_of_[to] == nullptr || !rules_of_[to]->IsUnique()) return;
    neighbours_[from].insert(to);
    if (edge.judged == Judged::kNow) is_judged_now_[from] = true;
    if (AllowsOneCustomer(edge.strength, graph_.nodes[from].kind)) is_of_one_customer_[from] = true;
  }

  const Graph& graph_;
  std::vector<const KindRule*> rules_of_;
  std::vector<std::unordered_set<std::uint32_t>> neighbours_;
  std::vector<bool> is_judged_now_;       // Some of its neighbours came under these rules.
  std::vector<bool> is_of_one_customer_;  // Some of its evidence says so.
};

// Which nodes edges connect that stand since earlier rules, and which persons are of such nodes
// alone, all of them connected. Persons are roots of disjoint sets.
class StandingGroups {
 public:
  explicit StandingGroups(std::size_t nodes) : groups_(nodes) {}

  void Connect(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t root_a = groups_.Root(a);
    const std::uint32_t root_b = groups_.Root(b);
    if (root_a != root_b) groups_.Unite(root_a, root_b);
  }
  // After all are connected, and before persons are united.
  void Freeze(std::size_t nodes) {
    for (std::uint32_t i = 0; i < nodes; ++i) group_of_.push_back(groups_.Root(i));
  }
  bool AreOfOne(std::uint32_t person_a, std::uint32_t person_b) const {
    return group_of_[person_a] == group_of_[person_b] && group_of_[person_a] != kMixed;
  }
  void Unite(std::uint32_t stays, std::uint32_t absorbed) {
    if (group_of_[stays] != group_of_[absorbed]) group_of_[stays] = kMixed;
  }

 private:
  static constexpr std::uint32_t kMixed = std::numeric_limits<std::uint32_t>::max();

  DisjointSets groups_;
  std::vector<std::uint32_t> group_of_;  // By root of persons; kMixed: of several groups.
};

// The work of one Resolve call.
class Resolver {
 public:
  Resolver(const Graph& graph, const Ruleset& rules)
      : graph_(graph),
        rules_(rules),
        persons_(graph.nodes.size()),
        components_(graph.nodes.size()),
        standing_(graph.nodes.size()) {
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
      SELFSAME_CHECK(index_.emplace(graph.nodes[i].id, i).second);
    }
  }

  Resolution Run() {
    FindExclusions();
    CountIdentifiers();
    IndexCannotLinks();
    ConnectStanding();
    resolution_.refusal_of.assign(graph_.edges.size(), Refusal::kNone);
    resolution_.is_joining.assign(graph_.edges.size(), false);
    const std::vector<std::uint32_t> order = OrderOfEdges();
    for (const std::uint32_t i : order) Consider(i);
    FindComponents(order);
    resolution_.profile_of = SmallestBirths<ProfileId>(persons_);
    resolution_.component_of = SmallestBirths<ComponentId>(components_);
    return std::move(resolution_);
  }

 private:
  void FindExclusions() {
    SharedFinder finder(graph_, rules_);
    for (const Edge& edge : graph_.edges) {
      SELFSAME_CHECK(edge.a < edge.b);
      finder.Count(edge, index_.at(edge.a), index_.at(edge.b));
    }
    for (std::uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      resolution_.exclusion_of.push_back(finder.ExclusionOf(i));
    }
  }

  // The reason for which an edge is out of the graph, or kNone.
  Refusal LeavesGraphFor(const Edge& edge, std::uint32_t a, std::uint32_t b) const {
    if (edge.strength >= Strength::kManual) return Refusal::kNone;
    for (const Exclusion exclusion : {resolution_.exclusion_of[a], resolution_.exclusion_of[b]}) {
      if (exclusion == Exclusion::kBlocked) return Refusal::kBlockedValue;
    }
    const bool is_shared = resolution_.exclusion_of[a] == Exclusion::kShared ||
                           resolution_.exclusion_of[b] == Exclusion::kShared;
    return is_shared ? Refusal::kSharedIdentifier : Refusal::kNone;
  }

  void CountIdentifiers() {
    std::vector<TimeUs> first(graph_.nodes.size(),
                              TimeUs{std::numeric_limits<std::int64_t>::max()});
    for (const Edge& edge : graph_.edges) {
      const std::uint32_t a = index_.at(edge.a);
      const std::uint32_t b = index_.at(edge.b);
      if (LeavesGraphFor(edge, a, b) != Refusal::kNone) continue;
      first[a] = std::min(first[a], edge.first_evidence);
      first[b] = std::min(first[b], edge.first_evidence);
    }
    counts_.resize(graph_.nodes.size());
    for (std::uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      counts_[i].Add(graph_.nodes[i].kind, first[i]);
    }
  }

  void IndexCannotLinks() {
    using Side = SidesOfPersons::Side;
    for (std::uint32_t i = 0; i < graph_.cannot_links.size(); ++i) {
      for (const NodeId& node : graph_.cannot_links[i].one) AddToSide(node, i, Side::kOne);
      for (const NodeId& node : graph_.cannot_links[i].other) AddToSide(node, i, Side::kOther);
    }
  }

  void AddToSide(const NodeId& node, std::uint32_t cannot_link, SidesOfPersons::Side side) {
    const auto found = index_.find(node);
    if (found != index_.end()) sides_.Add(found->second, cannot_link, side);
  }

  void ConnectStanding() {
    for (const Edge& edge : graph_.edges) {
      if (edge.judged != Judged::kStands) continue;
      const std::uint32_t a = index_.at(edge.a);
      const std::uint32_t b = index_.at(edge.b);
      if (LeavesGraphFor(edge, a, b) == Refusal::kNone) standing_.Connect(a, b);
    }
    standing_.Freeze(graph_.nodes.size());
  }

  std::vector<std::uint32_t> OrderOfEdges() const {
    std::vector<std::uint32_t> order(graph_.edges.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
      return IsBefore(graph_.edges[x], graph_.edges[y]);
    });
    return order;
  }

  void Consider(std::uint32_t i) {
    const Edge& edge = graph_.edges[i];
    const std::uint32_t a = index_.at(edge.a);
    const std::uint32_t b = index_.at(edge.b);
    Refusal& refusal = resolution_.refusal_of[i];
    refusal = LeavesGraphFor(edge, a, b);
    if (refusal != Refusal::kNone) return;
    const std::uint32_t person_a = persons_.Root(a);
    const std::uint32_t person_b = persons_.Root(b);
    if (person_a == person_b) return;
    refusal = Check(edge, person_a, person_b);
    if (refusal != Refusal::kNone) return;
    resolution_.is_joining[i] = true;
    UnitePersons(person_a, person_b);
  }

  // Persons whole, then what refused evidence ties to them, the first of it first, while that is
  // not too many. After the persons: so that what leaves the graph here has no part in who they
  // are.
  void FindComponents(const std::vector<std::uint32_t>& order) {
    for (std::size_t i = 0; i < graph_.edges.size(); ++i) {
      if (resolution_.refusal_of[i] == Refusal::kNone) Connect(i, graph_.nodes.size());
    }
    for (const std::uint32_t i : order) {
      Refusal& refusal = resolution_.refusal_of[i];
      if (refusal == Refusal::kNone || LeavesGraph(refusal)) continue;
      if (!Connect(i, kContestedNodesMax)) refusal = Refusal::kTooManyRefused;
    }
  }

  // False where more nodes than so many would be together.
  bool Connect(std::size_t edge, std::size_t nodes_max) {
    const std::uint32_t a = components_.Root(index_.at(graph_.edges[edge].a));
    const std::uint32_t b = components_.Root(index_.at(graph_.edges[edge].b));
    if (a == b) return true;
    const int together = components_.SizeOf(a) + components_.SizeOf(b);
    if (static_cast<std::size_t>(together) > nodes_max) return false;
    components_.Unite(a, b);
    return true;
  }

  // The most telling reason first: somebody said so, a limit, then sheer size.
  Refusal Check(const Edge& edge, std::uint32_t person_a, std::uint32_t person_b) {
    if (sides_.AreApart(person_a, person_b)) return Refusal::kCannotLink;
    if (edge.judged == Judged::kStands && standing_.AreOfOne(person_a, person_b)) {
      return Refusal::kNone;
    }
    if (edge.strength != Strength::kForced) {
      const Refusal refusal = counts_[person_a].CheckUnion(counts_[person_b], rules_);
      if (refusal != Refusal::kNone) return refusal;
    }
    const int together = persons_.SizeOf(person_a) + persons_.SizeOf(person_b);
    return together > rules_.component_nodes_max ? Refusal::kComponentLimit : Refusal::kNone;
  }

  void UnitePersons(std::uint32_t person_a, std::uint32_t person_b) {
    const auto [stays, absorbed] = persons_.Unite(person_a, person_b);
    counts_[stays].Absorb(counts_[absorbed]);
    sides_.Unite(stays, absorbed);
    standing_.Unite(stays, absorbed);
  }

  template <typename Id>
  std::vector<Id> SmallestBirths(DisjointSets& sets) const {
    std::vector<Id> smallest(graph_.nodes.size());
    for (std::uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      Id& best = smallest[sets.Root(i)];
      const Id birth{graph_.nodes[i].birth_id.bytes};
      if (best.IsNil() || birth < best) best = birth;
    }
    for (std::uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      // A root keeps its own entry until the end: others still read it.
      if (sets.Root(i) != i) smallest[i] = smallest[sets.Root(i)];
    }
    return smallest;
  }

  const Graph& graph_;
  const Ruleset& rules_;
  DisjointSets persons_;
  DisjointSets components_;
  std::unordered_map<NodeId, std::uint32_t, Id128Hash> index_;
  std::vector<PersonCounts> counts_;  // By root of persons_.
  SidesOfPersons sides_;              // By root of persons_.
  StandingGroups standing_;           // By root of persons_.
  Resolution resolution_;
};

}  // namespace

std::string_view RefusalName(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone: return "NONE";
    case Refusal::kUniqueConflict: return "UNIQUE_CONFLICT";
    case Refusal::kLimitExceeded: return "LIMIT_EXCEEDED";
    case Refusal::kComponentLimit: return "COMPONENT_LIMIT";
    case Refusal::kCannotLink: return "CANNOT_LINK";
    case Refusal::kSharedIdentifier: return "SHARED_IDENTIFIER";
    case Refusal::kBlockedValue: return "BLOCKED_VALUE";
    case Refusal::kRevoked: return "REVOKED";
    case Refusal::kTooManyRefused: return "TOO_MANY_REFUSED";
  }
  return "NONE";
}

bool IsBefore(const Edge& one, const Edge& other) {
  const auto rank = [](const Edge& e) {
    const bool is_by_hand = e.strength >= Strength::kManual;
    const Strength strength =
        e.strength == Strength::kOneCustomer ? Strength::kDeterministic : e.strength;
    // The stored strength comes last: two sources may have seen the same pair at the same time.
    return std::tuple(!is_by_hand, is_by_hand || e.judged != Judged::kStands,
                      -static_cast<int>(strength), e.first_evidence, e.a, e.b, e.strength);
  };
  return rank(one) < rank(other);
}

bool LeavesGraph(Refusal refusal) { return refusal >= Refusal::kSharedIdentifier; }

Resolution Resolve(const Graph& graph, const Ruleset& rules) {
  return Resolver(graph, rules).Run();
}

}  // namespace selfsame::identity
