#include "identity/plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/check.h"

namespace selfsame::identity {
namespace {

using ProfileSet = std::set<ProfileId>;

std::vector<ProfileId> Sorted(const ProfileSet& ids) { return {ids.begin(), ids.end()}; }

class Planner {
 public:
  Planner(std::span<const Node> nodes, std::span<const Standing> standings,
          std::span<const Edge> edges, std::span<const EdgeStanding> edge_standings,
          const Resolution& resolution)
      : nodes_(nodes),
        standings_(standings),
        edges_(edges),
        edge_standings_(edge_standings),
        resolution_(resolution) {
    SELFSAME_CHECK(nodes.size() == standings.size() && edges.size() == edge_standings.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      index_.emplace(nodes[i].id, i);
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

  void PlanRefusals() {
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      const Refusal now = resolution_.refusal_of[i];
      const bool is_new_refusal = now != Refusal::kNone && (edge_standings_[i].is_changed ||
                                                            edge_standings_[i].refusal != now);
      if (edge_standings_[i].refusal != now) plan_.refusals.push_back(i);
      if (is_new_refusal) RecordRefusal(i, now);
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
         .edge = edge,
         .rule = std::string(RefusalName(refusal))});
  }

  // Every profile after: unchanged, or changed from some profiles before.
  void PlanJoins() {
    for (const auto& [profile, from] : before_) {
      if (from.size() > 1) {
        plan_.history.push_back({.action = Action::kMerged,
                                 .before = Sorted(from),
                                 .after = {profile},
                                 .edge = CauseWithin(profile),
                                 .rule = "SEEN_TOGETHER"});
      }
      if (IsUnchanged(profile, from)) continue;
      const bool is_refold = std::any_of(from.begin(), from.end(),
                                         [&](ProfileId id) { return after_.at(id).size() > 1; });
      plan_.changes.push_back({.profile_id = profile,
                               .from = Sorted(from),
                               .members = members_.at(profile),
                               .is_refold = is_refold});
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
                               .edge = CauseWithin(*into.begin()),
                               .rule = "EARLIER_EVIDENCE"});
    }
  }

  // An edge that changed and now holds the profile together; failing that, any that changed.
  std::size_t CauseWithin(ProfileId profile) const {
    std::size_t cause = 0;
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      if (!edge_standings_[i].is_changed) continue;
      cause = i;
      const std::size_t a = index_.at(edges_[i].a);
      const std::size_t b = index_.at(edges_[i].b);
      const bool is_within =
          resolution_.profile_of[a] == profile && resolution_.profile_of[b] == profile;
      if (is_within && standings_[a].profile_id != standings_[b].profile_id) return i;
    }
    return cause;
  }

  const std::span<const Node> nodes_;
  const std::span<const Standing> standings_;
  const std::span<const Edge> edges_;
  const std::span<const EdgeStanding> edge_standings_;
  const Resolution& resolution_;
  std::unordered_map<NodeId, std::size_t, Id128Hash> index_;
  std::map<ProfileId, std::vector<std::size_t>> members_;  // After.
  std::map<ProfileId, ProfileSet> before_;                 // Of each profile after.
  std::map<ProfileId, ProfileSet> after_;                  // Of each profile before.
  Plan plan_;
};

}  // namespace

Plan MakePlan(std::span<const Node> nodes, std::span<const Standing> standings,
              std::span<const Edge> edges, std::span<const EdgeStanding> edge_standings,
              const Resolution& resolution) {
  return Planner(nodes, standings, edges, edge_standings, resolution).Run();
}

}  // namespace selfsame::identity
