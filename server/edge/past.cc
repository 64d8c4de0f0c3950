#include "server/edge/past.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "identity/fold.h"
#include "identity/resolve.h"
#include "server/edge/profile_ref.h"
#include "storage/graph_reader.h"

namespace selfsame::edge {
namespace {

using identity::Exclusion;
using identity::Strength;
using storage::AsOf;
using storage::GraphNode;
using EdgeKey = std::tuple<NodeId, NodeId, Strength>;

constexpr int kEdgesMax = 20'000;
constexpr int kClaimsMax = 100'000;

Error TooLarge() {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "PROFILE_TOO_LARGE",
          .message = "there is too much evidence around this profile to resolve its past"};
}

Error NotFound() {
  return {.code = ErrorCode::kNotFound,
          .reason = "PROFILE_NOT_FOUND",
          .message = "no profile had this identifier or id then"};
}

// The walk through the graph from one node, over the evidence that counts as of a time.
class Walk {
 public:
  Walk(pqxx::work& tx, const storage::TenantShard& where, const identity::Ruleset& rules,
       const AsOf& as_of)
      : tx_(tx), where_(where), rules_(rules), as_of_(as_of) {}

  // Collects all that has to be resolved together.
  Status From(NodeId start) {
    std::vector<NodeId> frontier = {start};
    SELFSAME_RETURN_IF_ERROR(ReadNodes(frontier));
    while (!frontier.empty()) {
      SELFSAME_RETURN_IF_ERROR(ReadEdges(frontier));
      SELFSAME_RETURN_IF_ERROR(ReadNodes(Ends(frontier)));
      std::vector<NodeId> next;
      for (const NodeId node : frontier) Expand(node, next);
      visited_.insert(frontier.begin(), frontier.end());
      std::sort(next.begin(), next.end());
      next.erase(std::unique(next.begin(), next.end()), next.end());
      std::erase_if(next, [&](NodeId node) { return visited_.contains(node); });
      frontier = std::move(next);
    }
    return {};
  }

  // The members of the profile that the node was in.
  std::vector<NodeId> MembersOf(NodeId start) {
    std::vector<identity::Node> nodes;
    for (const NodeId id : visited_) {
      nodes.push_back(nodes_.at(id).node);
      nodes.back().exclusion = exclusions_.at(id);
    }
    std::vector<identity::Edge> edges;
    for (const auto& [key, edge] : edges_) {
      if (late_.contains(key) || !visited_.contains(edge.a) || !visited_.contains(edge.b)) continue;
      edges.push_back(edge);
    }
    const std::vector<NodeId> ids(visited_.begin(), visited_.end());
    std::vector<identity::CannotLink> cannot_links;
    for (const auto& dated : storage::ReadCannotLinks(tx_, where_, ids)) {
      if (Held(dated.created_at, dated.cleared_at)) cannot_links.push_back(dated.pair);
    }
    const auto resolution = identity::Resolve({nodes, edges, cannot_links}, rules_);
    const auto at = std::find(ids.begin(), ids.end(), start) - ids.begin();
    std::vector<NodeId> members;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (resolution.profile_of[i] == resolution.profile_of[at]) members.push_back(ids[i]);
    }
    return members;
  }

  const GraphNode& Node(NodeId id) const { return nodes_.at(id); }

 private:
  bool Held(TimeUs from, const std::optional<TimeUs>& until) const {
    return from <= as_of_.known_at && (!until || *until > as_of_.known_at);
  }

  bool WasKnown(RecordId record) const { return UuidV7Time(record.view()) <= as_of_.known_at; }

  Status ReadEdges(const std::vector<NodeId>& frontier) {
    const auto edges = storage::ReadEdges(tx_, where_, frontier, kEdgesMax);
    if (edges.size() + edges_.size() >= static_cast<std::size_t>(kEdgesMax)) return TooLarge();
    const std::set<EdgeKey> revoked = RevokedAmong(edges);
    for (const storage::StoredEdge& stored : edges) {
      identity::Edge edge = stored.edge;
      const EdgeKey key{edge.a, edge.b, edge.strength};
      if (edges_.contains(key) || revoked.contains(key)) continue;
      if (!WasKnown(edge.record_id)) {
        // The evidence with the earliest event time came later; another one may have been there.
        const auto time =
            edge.strength < Strength::kManual
                ? storage::ReadEvidenceKnownAt(tx_, where_, {edge.a, edge.b}, as_of_.known_at)
                : std::nullopt;
        if (!time) continue;
        edge.first_evidence = *time;
      }
      known_[edge.a].insert(edge.b);
      known_[edge.b].insert(edge.a);
      edges_.emplace(key, edge);
      if (edge.first_evidence > as_of_.at) late_.insert(key);
    }
    return {};
  }

  std::set<EdgeKey> RevokedAmong(const std::vector<storage::StoredEdge>& edges) {
    std::set<NodeId> firsts;
    for (const storage::StoredEdge& stored : edges) firsts.insert(stored.edge.a);
    std::set<EdgeKey> revoked;
    for (const auto& dated :
         storage::ReadRevocations(tx_, where_, std::vector<NodeId>(firsts.begin(), firsts.end()))) {
      if (Held(dated.revoked_at, dated.restored_at)) {
        revoked.insert({dated.pair.a, dated.pair.b, dated.strength});
      }
    }
    return revoked;
  }

  std::vector<NodeId> Ends(const std::vector<NodeId>& frontier) const {
    std::set<NodeId> ends;
    for (const NodeId node : frontier) {
      const auto found = known_.find(node);
      if (found != known_.end()) ends.insert(found->second.begin(), found->second.end());
    }
    std::erase_if(ends, [&](NodeId node) { return nodes_.contains(node); });
    return {ends.begin(), ends.end()};
  }

  Status ReadNodes(const std::vector<NodeId>& ids) {
    for (GraphNode& node : storage::ReadNodes(tx_, where_, ids)) {
      const NodeId id = node.node.id;
      nodes_.emplace(id, std::move(node));
    }
    return {};
  }

  // What is shared counts by what was known, whenever it happened.
  Exclusion ExclusionOf(NodeId id) const {
    const GraphNode& node = nodes_.at(id);
    if (node.node.exclusion == Exclusion::kBlocked) return Exclusion::kBlocked;
    const identity::KindRule* rule = rules_.Find(node.node.kind);
    if (rule == nullptr || rule->shared_above == 0) return Exclusion::kNone;
    int unique = 0;
    const auto neighbours = known_.find(id);
    if (neighbours == known_.end()) return Exclusion::kNone;
    for (const NodeId other : neighbours->second) {
      const identity::KindRule* of_other = rules_.Find(nodes_.at(other).node.kind);
      if (of_other != nullptr && of_other->IsUnique()) ++unique;
    }
    return unique > rule->shared_above ? Exclusion::kShared : Exclusion::kNone;
  }

  // Where evidence that counts leads on from a node.
  void Expand(NodeId id, std::vector<NodeId>& next) {
    exclusions_[id] = ExclusionOf(id);
    const auto neighbours = known_.find(id);
    if (neighbours == known_.end()) return;
    for (const NodeId other : neighbours->second) {
      const auto ends = std::minmax(id, other);
      for (int strength = 1; strength <= 4; ++strength) {
        const EdgeKey key{ends.first, ends.second, static_cast<Strength>(strength)};
        if (!edges_.contains(key) || late_.contains(key)) continue;
        const bool is_out =
            exclusions_.at(id) != Exclusion::kNone && std::get<2>(key) < Strength::kManual;
        if (!is_out) next.push_back(other);
      }
    }
  }

  pqxx::work& tx_;
  const storage::TenantShard where_;
  const identity::Ruleset& rules_;
  const AsOf as_of_;
  std::map<NodeId, GraphNode> nodes_;
  std::map<EdgeKey, identity::Edge> edges_;   // Known then.
  std::set<EdgeKey> late_;                    // Of these, what happened after as_of_.at.
  std::map<NodeId, std::set<NodeId>> known_;  // Neighbours by edges_.
  std::map<NodeId, Exclusion> exclusions_;    // Of visited nodes.
  std::set<NodeId> visited_;
};

void FoldClaims(const std::vector<storage::NamedClaim>& named, const Caller& caller,
                const AsOf& as_of, identity::Attributes& attributes) {
  std::map<std::string, std::vector<identity::Claim>> by_name;
  for (const storage::NamedClaim& one : named) {
    if (one.claim.event_time > as_of.at) continue;
    if (UuidV7Time(one.claim.record_id.view()) > as_of.known_at) continue;
    identity::Claim claim = one.claim;
    claim.trust_priority = caller.directory->TrustPriority(claim.source);
    by_name[one.attribute].push_back(std::move(claim));
  }
  for (const auto& [name, claims] : by_name) {
    auto folded = identity::FoldField(caller.tenant->rules->SurvivorshipOf(name), claims);
    if (folded) attributes.emplace(name, std::move(*folded));
  }
}

}  // namespace

Result<storage::Profile> ReadPastProfile(pg::Session& session, const Caller& caller,
                                         const storage::ProfileKey& key, const AsOf& as_of) {
  const storage::TenantShard where = WhereOf(caller);
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<storage::Profile> {
    SELFSAME_ASSIGN_OR_RETURN(const NodeId start, storage::FindNode(tx, where, key));
    Walk walk(tx, where, *caller.tenant->rules, as_of);
    SELFSAME_RETURN_IF_ERROR(walk.From(start));
    if (walk.Node(start).first_seen_at > as_of.known_at) return NotFound();
    const std::vector<NodeId> members = walk.MembersOf(start);
    storage::Profile profile;
    profile.activity = storage::ReadActivity(tx, where, members, as_of);
    for (const NodeId id : members) {
      const GraphNode& node = walk.Node(id);
      if (profile.profile_id.IsNil() || node.node.birth_id < profile.profile_id) {
        profile.profile_id = node.node.birth_id;
      }
      profile.members.push_back({.node = id,
                                 .kind = node.node.kind,
                                 .value_sealed = node.value_sealed,
                                 .first_seen_at = node.first_seen_at});
    }
    profile.created_at = UuidV7Time(profile.profile_id.view());
    profile.updated_at = profile.created_at;
    const auto claims = storage::ReadClaims(tx, where, members, "", kClaimsMax);
    if (claims.size() == static_cast<std::size_t>(kClaimsMax)) return TooLarge();
    FoldClaims(claims, caller, as_of, profile.attributes);
    return profile;
  });
}

}  // namespace selfsame::edge
