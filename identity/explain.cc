#include "identity/explain.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace selfsame::identity {
namespace {

bool IsSetOrUnset(const Claim& claim) {
  return claim.operation == ClaimOperation::kSet || claim.operation == ClaimOperation::kUnset;
}

// What additions and elements count from: the set or unset that holds.
const Claim* BaseOf(Survivorship rule, std::span<const Claim> claims) {
  const Claim* base = nullptr;
  for (const Claim& claim : claims) {
    if (!IsSetOrUnset(claim)) continue;
    const bool is_better =
        base == nullptr ||
        (rule == Survivorship::kLatest ? Prevails(claim, *base) : IsLater(claim, *base));
    if (is_better) base = &claim;
  }
  return base;
}

const Claim* LatestUnset(std::span<const Claim> claims) {
  const Claim* latest = nullptr;
  for (const Claim& claim : claims) {
    if (claim.operation != ClaimOperation::kUnset) continue;
    if (latest == nullptr || IsLater(claim, *latest)) latest = &claim;
  }
  return latest;
}

Verdict JudgeSet(Survivorship rule, const Claim& claim, const Folded& folded, const Claim* unset) {
  switch (rule) {
    case Survivorship::kLatest:
      return claim.trust_priority > folded.claim.trust_priority ? Verdict::kLessTrusted
                                                                : Verdict::kEarlier;
    case Survivorship::kEarliest: return Verdict::kLater;
    case Survivorship::kMin:
    case Survivorship::kMax:
    case Survivorship::kLongest:
    case Survivorship::kMostFrequent: return Verdict::kNotChosen;
    case Survivorship::kUnion:
    case Survivorship::kSum:
      return unset != nullptr && !IsLater(claim, *unset) ? Verdict::kOverridden
                                                         : Verdict::kContributes;
  }
  return Verdict::kNotChosen;
}

}  // namespace

std::vector<std::size_t> JoiningEdges(const Graph& graph, const Resolution& resolution) {
  std::vector<std::size_t> joining;
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    if (resolution.is_joining[i]) joining.push_back(i);
  }
  std::sort(joining.begin(), joining.end(), [&](std::size_t x, std::size_t y) {
    const auto rank = [&](const Edge& e) {
      return std::tuple(-static_cast<int>(e.strength), e.first_evidence, e.a, e.b);
    };
    return rank(graph.edges[x]) < rank(graph.edges[y]);
  });
  return joining;
}

std::vector<std::size_t> PathBetween(const Graph& graph, const Resolution& resolution, NodeId from,
                                     NodeId to) {
  std::map<NodeId, std::vector<std::size_t>> edges_of;
  for (const std::size_t i : JoiningEdges(graph, resolution)) {
    edges_of[graph.edges[i].a].push_back(i);
    edges_of[graph.edges[i].b].push_back(i);
  }
  std::map<NodeId, std::size_t> reached_by;  // The edge each node was first reached by.
  std::vector<NodeId> open = {from};
  for (std::size_t next = 0; next < open.size() && !reached_by.contains(to); ++next) {
    for (const std::size_t i : edges_of[open[next]]) {
      const Edge& edge = graph.edges[i];
      const NodeId other = edge.a == open[next] ? edge.b : edge.a;
      if (other == from || !reached_by.emplace(other, i).second) continue;
      open.push_back(other);
    }
  }
  std::vector<std::size_t> path;
  for (NodeId node = to; node != from && reached_by.contains(node);) {
    const std::size_t i = reached_by.at(node);
    path.push_back(i);
    node = graph.edges[i].a == node ? graph.edges[i].b : graph.edges[i].a;
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
  const auto folded = FoldField(rule, claims);
  if (!folded) return std::vector<Verdict>(claims.size(), Verdict::kNotChosen);
  const Claim* base = BaseOf(rule, claims);
  const Claim* unset = LatestUnset(claims);
  std::vector<Verdict> verdicts;
  for (const Claim& claim : claims) {
    const bool wins = claim.source == folded->claim.source && claim.key == folded->claim.key;
    if (wins) {
      verdicts.push_back(Verdict::kWins);
    } else if (claim.operation == ClaimOperation::kSet) {
      const bool counts = folded->is_composite && base == &claim;  // Something was added to it.
      verdicts.push_back(counts ? Verdict::kContributes : JudgeSet(rule, claim, *folded, unset));
    } else if (claim.operation == ClaimOperation::kUnset ||
               claim.operation == ClaimOperation::kSetOnce) {
      verdicts.push_back(Verdict::kOverridden);
    } else {
      const bool counts = base == nullptr || IsLater(claim, *base);
      verdicts.push_back(counts ? Verdict::kContributes : Verdict::kOverridden);
    }
  }
  return verdicts;
}

}  // namespace selfsame::identity
