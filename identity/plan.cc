#include "identity/plan.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/check.h"
#include "identity/disjoint_sets.h"

namespace selfsame::identity {
namespace {

using ProfileSet = std::set<ProfileId>;

std::vector<ProfileId> Sorted(const ProfileSet& ids) { return {ids.begin(), ids.end()}; }

class Planner {
 public:
  Planner(const Graph& graph, std::span<const Standing> standings,
          std::span<const EdgeStanding> edge_standings, const Resolution& resolution,
          const Occasion& occasion)
      : nodes_(graph.nodes),
        standings_(standings),
        edges_(graph.edges),
        edge_standings_(edge_standings),
        resolution_(resolution),
        occasion_(occasion) {
    SELFSAME_CHECK(nodes_.size() == standings.size() && edges_.size() == edge_standings.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      index_.emplace(nodes_[i].id, i);
      const ProfileId now = resolution.profile_of[i];
      members_[now].push_back(i);
      before_[now];
      if (standings[i].profile_id.IsNil()) continue;
      before_[now].insert(standings[i].profile_id);
      after_[standings[i].profile_id].insert(now);
    }
  }

  Plan Run() {
    PlanMoves();
    PlanExclusions();
    PlanRefusals();
    PlanJoins();
    PlanPartings();
    return std::move(plan_);
  }

 private:
  void PlanMoves() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const bool same = standings_[i].profile_id == resolution_.profile_of[i] &&
                        standings_[i].component_id == resolution_.component_of[i];
      if (!same) plan_.moves.push_back(i);
    }
  }

  void PlanExclusions() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (resolution_.exclusion_of[i] == nodes_[i].exclusion) continue;
      plan_.exclusions.push_back(i);
      if (!standings_[i].profile_id.IsNil()) {
        excluded_from_.emplace(standings_[i].profile_id, resolution_.exclusion_of[i]);
      }
    }
  }

  void PlanRefusals() {
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      const Refusal now = resolution_.refusal_of[i];
      const bool is_told = edge_standings_[i].is_told && LeavesGraph(now);
      if (edge_standings_[i].refusal == now) continue;
      plan_.refusals.push_back(i);
      if (now == Refusal::kTooManyRefused) {
        ++plan_.too_many_refused;
      } else if (now != Refusal::kNone && !is_told) {
        RecordRefusal(i, now);
      }
    }
  }

  void RecordRefusal(std::size_t edge, Refusal refusal) {
    const std::size_t a = index_.at(edges_[edge].a);
    const std::size_t b = index_.at(edges_[edge].b);
    ProfileSet before;
    for (const std::size_t node : {a, b}) {
      if (!standings_[node].profile_id.IsNil()) before.insert(standings_[node].profile_id);
    }
    plan_.history.push_back(
        {.action = Action::kRefused,
         .before = Sorted(before),
         .after = Sorted({resolution_.profile_of[a], resolution_.profile_of[b]}),
         .cause = CauseOf(edge),
         .rule = std::string(RefusalName(refusal))});
  }

  // Every profile after: unchanged, or changed from some profiles before.
  void PlanJoins() {
    for (const auto& [profile, from] : before_) {
      if (from.size() > 1) RecordMerges(profile, from);
      if (IsUnchanged(profile, from)) continue;
      const bool is_refold = std::any_of(from.begin(), from.end(),
                                         [&](ProfileId id) { return after_.at(id).size() > 1; });
      plan_.changes.push_back({.profile_id = profile,
                               .from = Sorted(from),
                               .members = members_.at(profile),
                               .is_refold = is_refold});
    }
  }

  // One entry for each edge that unites two profiles of before, so that each can be taken back.
  void RecordMerges(ProfileId profile, const ProfileSet& from) {
    if (!met_) FindJoining();
    // Nodes that were in one profile are one to begin with; nobody's are one each.
    std::map<ProfileId, std::size_t> first_of;
    for (const std::size_t i : members_.at(profile)) {
      const ProfileId before = standings_[i].profile_id;
      if (before.IsNil()) continue;
      const auto [first, is_new] = first_of.try_emplace(before, i);
      if (!is_new) met_->Unite(RootOf(first->second), RootOf(i));
    }
    // Of a root: the smallest profile that it stands for.
    std::unordered_map<std::uint32_t, ProfileId> smallest;
    for (const auto& [before, node] : first_of) smallest[RootOf(node)] = before;
    std::size_t left = from.size() - 1;
    for (const std::size_t i : joining_[profile]) {
      const std::uint32_t a = RootOf(index_.at(edges_[i].a));
      const std::uint32_t b = RootOf(index_.at(edges_[i].b));
      if (a == b) continue;
      const auto [stays, absorbed] = met_->Unite(a, b);
      const auto other = smallest.find(absorbed);
      if (other == smallest.end()) continue;
      const ProfileId theirs = other->second;
      const auto [mine, is_first] = smallest.try_emplace(stays, theirs);
      if (is_first) continue;
      RecordMerge(profile, {mine->second, theirs}, CauseOf(i));
      mine->second = std::min(mine->second, theirs);
      --left;
    }
    SELFSAME_CHECK(left == 0);  // Joining edges are a tree of each person.
  }

  std::uint32_t RootOf(std::size_t node) { return met_->Root(static_cast<std::uint32_t>(node)); }

  void RecordMerge(ProfileId profile, const ProfileSet& two, const Cause& cause) {
    plan_.history.push_back({.action = Action::kMerged,
                             .before = Sorted(two),
                             .after = {profile},
                             .cause = cause,
                             .rule = occasion_.joined_rule});
  }

  // Of each profile after, in the order in which they united. Most plans merge nobody and want
  // none.
  void FindJoining() {
    met_.emplace(nodes_.size());
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      if (!resolution_.is_joining[i]) continue;
      joining_[resolution_.profile_of[index_.at(edges_[i].a)]].push_back(i);
    }
    for (auto& [profile, edges] : joining_) {
      std::sort(edges.begin(), edges.end(),
                [&](std::size_t x, std::size_t y) { return IsBefore(edges_[x], edges_[y]); });
    }
  }

  bool IsUnchanged(ProfileId profile, const ProfileSet& from) const {
    if (from != ProfileSet{profile} || after_.at(profile).size() > 1) return false;
    const auto& members = members_.at(profile);
    return std::none_of(members.begin(), members.end(),
                        [&](std::size_t i) { return standings_[i].profile_id.IsNil(); });
  }

  // Every profile before: still there, gone, or parted into several.
  void PlanPartings() {
    for (const auto& [profile, into] : after_) {
      if (!members_.contains(profile)) plan_.gone.push_back(profile);
      if (into.size() < 2) continue;
      plan_.history.push_back({.action = Action::kUnmerged,
                               .before = {profile},
                               .after = Sorted(into),
                               .cause = CauseWithin(*into.begin()),
                               .rule = PartingRule(profile)});
    }
  }

  // A profile parts because an identifier of it left the graph, or on the occasion of the plan.
  std::string PartingRule(ProfileId profile) const {
    const auto found = excluded_from_.find(profile);
    if (found == excluded_from_.end()) return occasion_.parted_rule;
    switch (found->second) {
      case Exclusion::kShared: return std::string(RefusalName(Refusal::kSharedIdentifier));
      case Exclusion::kBlocked: return std::string(RefusalName(Refusal::kBlockedValue));
      case Exclusion::kNone: break;
    }
    return occasion_.parted_rule;
  }

  Cause CauseOf(std::size_t edge) const {
    return {edges_[edge].a, edges_[edge].b, edges_[edge].record_id};
  }

  // An edge that changed and now holds the profile together; failing that, any that changed.
  Cause CauseWithin(ProfileId profile) const {
    Cause cause = occasion_.cause;
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      if (!edge_standings_[i].is_changed) continue;
      cause = CauseOf(i);
      const std::size_t a = index_.at(edges_[i].a);
      const std::size_t b = index_.at(edges_[i].b);
      const bool is_within =
          resolution_.profile_of[a] == profile && resolution_.profile_of[b] == profile;
      if (is_within && standings_[a].profile_id != standings_[b].profile_id) return cause;
    }
    if (!cause.a.IsNil()) return cause;
    const NodeId any = nodes_[members_.at(profile).front()].id;
    return {any, any, cause.record_id};
  }

  const std::span<const Node> nodes_;
  const std::span<const Standing> standings_;
  const std::span<const Edge> edges_;
  const std::span<const EdgeStanding> edge_standings_;
  const Resolution& resolution_;
  const Occasion& occasion_;
  std::map<ProfileId, Exclusion> excluded_from_;  // Of each profile before.
  std::unordered_map<NodeId, std::size_t, Id128Hash> index_;
  std::map<ProfileId, std::vector<std::size_t>> members_;  // After.
  std::map<ProfileId, ProfileSet> before_;                 // Of each profile after.
  std::map<ProfileId, ProfileSet> after_;                  // Of each profile before.
  std::optional<DisjointSets> met_;  // Nodes, as the joining edges have united them so far.
  std::map<ProfileId, std::vector<std::size_t>> joining_;  // Edges, by profile after.
  Plan plan_;
};

}  // namespace

Plan MakePlan(const Graph& graph, std::span<const Standing> standings,
              std::span<const EdgeStanding> edge_standings, const Resolution& resolution,
              const Occasion& occasion) {
  return Planner(graph, standings, edge_standings, resolution, occasion).Run();
}

}  // namespace selfsame::identity
