#include "server/decisions/view.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "identity/explain.h"

namespace selfsame::decisions {
namespace {

bool HasAny(const std::vector<NodeId>& side, const std::set<NodeId>& nodes) {
  return std::any_of(side.begin(), side.end(),
                     [&](const NodeId& node) { return nodes.contains(node); });
}

}  // namespace

std::size_t View::IndexOf(NodeId node) const {
  const auto found = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                  [&](const identity::Node& one) { return one.id == node; });
  SELFSAME_CHECK(found != graph.nodes.end());
  return static_cast<std::size_t>(found - graph.nodes.begin());
}

std::vector<NodeId> View::MembersOf(ProfileId profile) const {
  std::vector<NodeId> members;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.standings[i].profile_id == profile) members.push_back(graph.nodes[i].id);
  }
  return members;
}

std::vector<identity::Edge> View::JoiningAmong(const std::set<NodeId>& nodes) const {
  std::vector<identity::Edge> standing;
  for (const storage::StoredEdge& stored : graph.edges) {
    if (stored.refusal != identity::Refusal::kNone) continue;
    if (nodes.contains(stored.edge.a) && nodes.contains(stored.edge.b)) {
      standing.push_back(stored.edge);
    }
  }
  std::vector<identity::Edge> joining;
  for (const std::size_t i : identity::JoiningEdges(standing)) joining.push_back(standing[i]);
  return joining;
}

std::vector<EventUuid> View::CannotLinksBetween(const std::vector<NodeId>& some,
                                                const std::vector<NodeId>& others) const {
  const std::set<NodeId> one(some.begin(), some.end());
  const std::set<NodeId> other(others.begin(), others.end());
  std::vector<EventUuid> between;
  for (const identity::CannotLink& link : graph.cannot_links) {
    if ((HasAny(link.one, one) && HasAny(link.other, other)) ||
        (HasAny(link.one, other) && HasAny(link.other, one))) {
      between.push_back(link.id);
    }
  }
  return between;
}

NodeId View::HeadOf(const std::vector<NodeId>& nodes, const identity::Ruleset& rules) const {
  using Rank = std::tuple<bool, int, std::string, ProfileId, NodeId>;
  std::vector<Rank> ranks;
  for (const NodeId& node : nodes) {
    const identity::Node& one = graph.nodes[IndexOf(node)];
    const identity::KindRule* rule = rules.Find(one.kind);
    const int priority = rule == nullptr ? rules.custom.priority : rule->priority;
    ranks.emplace_back(one.exclusion != identity::Exclusion::kNone, priority, one.kind,
                       one.birth_id, one.id);
  }
  return std::get<NodeId>(*std::min_element(ranks.begin(), ranks.end()));
}

identity::Ends EndsOf(NodeId a, NodeId b) {
  SELFSAME_CHECK(a != b);
  return a < b ? identity::Ends{a, b} : identity::Ends{b, a};
}

}  // namespace selfsame::decisions
