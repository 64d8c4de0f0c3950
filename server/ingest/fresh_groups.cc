#include "server/ingest/fresh_groups.h"

#include <set>

#include "base/uuid.h"

namespace selfsame::ingest {
namespace {

// Nodes that the evidence connects, however far, with a known one.
storage::NodeIdSet ReachedFromKnown(const Evidence& evidence, const storage::NodeIdSet& known) {
  std::unordered_map<NodeId, std::vector<NodeId>, Id128Hash> neighbours;
  for (const auto& [edge, seen] : evidence.edges) {
    neighbours[edge.ends.first].push_back(edge.ends.second);
    neighbours[edge.ends.second].push_back(edge.ends.first);
  }
  storage::NodeIdSet reached = known;
  std::vector<NodeId> frontier(known.begin(), known.end());
  while (!frontier.empty()) {
    const NodeId node = frontier.back();
    frontier.pop_back();
    for (const NodeId next : neighbours[node]) {
      if (reached.insert(next).second) frontier.push_back(next);
    }
  }
  return reached;
}

}  // namespace

const FreshNode* FreshGroups::Find(NodeId node) const {
  const auto found = by_node_.find(node);
  return found == by_node_.end() ? nullptr : &found->second;
}

identity::Refusal FreshGroups::RefusalOf(const NodePair& ends) const {
  const auto found = refusals_.find(ends);
  return found == refusals_.end() ? identity::Refusal::kNone : found->second;
}

FreshGroups ResolveFreshGroups(const Evidence& evidence, const storage::NodeIdSet& known,
                               const identity::Ruleset& rules, TimeUs now) {
  const storage::NodeIdSet reached = ReachedFromKnown(evidence, known);
  FreshGroups groups;
  for (const auto& [node, mention] : evidence.nodes) {
    if (reached.contains(node)) continue;
    groups.nodes_.push_back(
        {.id = node, .kind = mention->kind, .birth_id = NewUuidV7<ProfileId>(now)});
  }
  for (const auto& [edge, seen] : evidence.edges) {
    if (reached.contains(edge.ends.first)) continue;
    groups.edges_.push_back({.a = edge.ends.first,
                             .b = edge.ends.second,
                             .strength = edge.strength,
                             .first_evidence = seen.first_evidence,
                             .record_id = seen.record_id});
  }
  const identity::Graph graph{groups.nodes_, groups.edges_};
  const identity::Resolution resolution = identity::Resolve(graph, rules);
  for (std::size_t i = 0; i < groups.nodes_.size(); ++i) {
    groups.by_node_[groups.nodes_[i].id] = {
        .birth_id = groups.nodes_[i].birth_id,
        .standing = {resolution.profile_of[i], resolution.component_of[i]},
        .exclusion = resolution.exclusion_of[i]};
  }
  for (std::size_t i = 0; i < groups.edges_.size(); ++i) {
    groups.refusals_[{groups.edges_[i].a, groups.edges_[i].b}] = resolution.refusal_of[i];
  }
  const std::vector<identity::Standing> nobodys(groups.nodes_.size());
  const std::vector<identity::EdgeStanding> changed(
      groups.edges_.size(), {.refusal = identity::Refusal::kNone, .is_changed = true});
  groups.plan_ = identity::MakePlan(graph, nobodys, changed, resolution, {});
  return groups;
}

}  // namespace selfsame::ingest
