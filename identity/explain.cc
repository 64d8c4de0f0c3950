#include "identity/explain.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "identity/disjoint_sets.h"

namespace selfsame::identity {
namespace {

bool IsChange(const Claim& claim) {
  return claim.operation == ClaimOperation::kAdd || claim.operation == ClaimOperation::kAppend ||
         claim.operation == ClaimOperation::kRemove;
}

bool IsSetOrUnset(const Claim& claim) {
  return claim.operation == ClaimOperation::kSet || claim.operation == ClaimOperation::kUnset;
}

// Judges the claims of one attribute, one by one.
class Judge {
 public:
  Judge(Survivorship rule, std::span<const Claim> claims)
      : rule_(rule),
        trace_(TraceFold(rule, claims)),
        parts_(trace_.parts.begin(), trace_.parts.end()) {
    for (const Claim* part : trace_.parts) {
      is_filled_once_ = is_filled_once_ || part->operation == ClaimOperation::kSetOnce;
    }
    for (const Claim& claim : claims) {
      const bool is_unset = claim.operation == ClaimOperation::kUnset;
      unset_undoes_ = unset_undoes_ || (!is_unset && !IsAfterUnset(claim));
      base_undoes_ = base_undoes_ ||
                     (IsChange(claim) && trace_.base != nullptr && !IsLater(claim, *trace_.base));
    }
  }

  Verdict Of(const Claim& claim) const {
    if (!trace_.folded) return Verdict::kNotChosen;
    const Claim& winner = trace_.folded->claim;
    if (claim.source == winner.source && claim.key == winner.key) return Verdict::kWins;
    if (parts_.contains(&claim) || Shapes(claim)) return Verdict::kContributes;
    if (IsSetOrUnset(claim)) return OfSetOrUnset(claim);
    // A set once that is not the first of those that might have filled it.
    const bool is_late =
        claim.operation == ClaimOperation::kSetOnce && is_filled_once_ && IsAfterUnset(claim);
    return is_late ? Verdict::kLater : Verdict::kOverridden;
  }

 private:
  // Not a part of the value, but without it others would be.
  bool Shapes(const Claim& claim) const {
    if (&claim == trace_.unset) return rule_ == Survivorship::kLatest || unset_undoes_;
    return &claim == trace_.base && base_undoes_;
  }

  Verdict OfSetOrUnset(const Claim& claim) const {
    if (rule_ == Survivorship::kLatest) {
      return claim.trust_priority > trace_.base->trust_priority ? Verdict::kLessTrusted
                                                                : Verdict::kEarlier;
    }
    if (claim.operation == ClaimOperation::kUnset || !IsAfterUnset(claim)) {
      return Verdict::kOverridden;
    }
    return rule_ == Survivorship::kEarliest ? Verdict::kLater : Verdict::kNotChosen;
  }

  bool IsAfterUnset(const Claim& claim) const {
    return trace_.unset == nullptr || IsLater(claim, *trace_.unset);
  }

  const Survivorship rule_;
  const FoldTrace trace_;
  const std::unordered_set<const Claim*> parts_;
  bool is_filled_once_ = false;  // A claim that sets once has a part in it.
  bool unset_undoes_ = false;    // Claims would count, were it not for the unset.
  bool base_undoes_ = false;     // Additions or elements would.
};

}  // namespace

std::vector<std::size_t> JoiningEdges(std::span<const Edge> edges) {
  std::vector<std::size_t> order(edges.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t x, std::size_t y) { return IsBefore(edges[x], edges[y]); });
  std::unordered_map<NodeId, std::uint32_t, Id128Hash> index;
  for (const Edge& edge : edges) {
    for (const NodeId& end : {edge.a, edge.b}) {
      index.try_emplace(end, static_cast<std::uint32_t>(index.size()));
    }
  }
  DisjointSets persons(index.size());
  std::erase_if(order, [&](std::size_t i) {
    const std::uint32_t a = persons.Root(index.at(edges[i].a));
    const std::uint32_t b = persons.Root(index.at(edges[i].b));
    if (a != b) persons.Unite(a, b);
    return a == b;
  });
  return order;
}

std::vector<std::size_t> PathBetween(std::span<const Edge> edges, NodeId from, NodeId to) {
  std::map<NodeId, std::vector<std::size_t>> edges_of;
  for (const std::size_t i : JoiningEdges(edges)) {
    edges_of[edges[i].a].push_back(i);
    edges_of[edges[i].b].push_back(i);
  }
  std::map<NodeId, std::size_t> reached_by;  // The edge each node was first reached by.
  std::vector<NodeId> open = {from};
  for (std::size_t next = 0; next < open.size() && !reached_by.contains(to); ++next) {
    for (const std::size_t i : edges_of[open[next]]) {
      const NodeId other = edges[i].a == open[next] ? edges[i].b : edges[i].a;
      if (other == from || !reached_by.emplace(other, i).second) continue;
      open.push_back(other);
    }
  }
  std::vector<std::size_t> path;
  for (NodeId node = to; node != from && reached_by.contains(node);) {
    const std::size_t i = reached_by.at(node);
    path.push_back(i);
    node = edges[i].a == node ? edges[i].b : edges[i].a;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kWins: return "WINS";
    case Verdict::kContributes: return "CONTRIBUTES";
    case Verdict::kLessTrusted: return "SOURCE_LESS_TRUSTED";
    case Verdict::kEarlier: return "EARLIER";
    case Verdict::kLater: return "LATER";
    case Verdict::kNotChosen: return "NOT_CHOSEN";
    case Verdict::kOverridden: return "OVERRIDDEN";
  }
  return "";
}

std::vector<Verdict> JudgeClaims(Survivorship rule, std::span<const Claim> claims) {
  const Judge judge(rule, claims);
  std::vector<Verdict> verdicts;
  for (const Claim& claim : claims) verdicts.push_back(judge.Of(claim));
  return verdicts;
}

}  // namespace selfsame::identity
