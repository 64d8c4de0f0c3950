#include "server/edge/past_walk.h"

#include <algorithm>
#include <utility>

#include "base/uuid.h"
#include "server/ingest/limits.h"

namespace selfsame::edge {
namespace {

using identity::Exclusion;
using identity::KindRule;
using identity::Strength;
using storage::EdgeLimits;
using storage::FoundEdge;
using storage::GraphNode;
using storage::StoredEdge;

constexpr int kEdgesMax = 20'000;
// Of a node, as either end: with more it may be shared by very many, and is looked at alone.
constexpr int kEdgesOfEndMax = 100;
// Neighbours looked at to find whether an identifier was shared: so many at first, more each time.
constexpr int kSharersAtFirst = 100;
constexpr int kSharersMax = 1'000'000;

constexpr TimeUs kLatest = storage::AsOf{}.known_at;  // PostgreSQL gets no later times.

bool IsByHand(Strength strength) { return strength >= Strength::kManual; }

bool IsUniqueKind(const identity::Ruleset& rules, const std::string& kind) {
  const KindRule* rule = rules.Find(kind);
  return rule != nullptr && rule->IsUnique();
}

}  // namespace

Error PastTooLarge() {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "PROFILE_TOO_LARGE",
          .message = "there is too much evidence around this profile to resolve its past"};
}

PastWalk::PastWalk(pqxx::work& tx, const storage::TenantShard& where,
                   const identity::Ruleset& rules, const storage::AsOf& as_of)
    : tx_(tx),
      where_(where),
      rules_(rules),
      as_of_(as_of),
      evidence_until_(std::min(as_of.known_at, kLatest - ingest::kEventTimeAheadMax) +
                      ingest::kEventTimeAheadMax) {}

Status PastWalk::From(NodeId start) {
  std::vector<NodeId> frontier = {start};
  ReadNodes(frontier);
  if (!nodes_.contains(start)) {
    return Error{.code = ErrorCode::kNotFound,
                 .reason = "PROFILE_NOT_FOUND",
                 .message = "no profile has this identifier or id"};
  }
  while (!frontier.empty()) {
    SELFSAME_RETURN_IF_ERROR(Visit(frontier));
    std::set<NodeId> next;
    for (const NodeId node : frontier) Expand(node, next);
    visited_.insert(frontier.begin(), frontier.end());
    std::erase_if(next, [&](NodeId node) { return visited_.contains(node); });
    frontier.assign(next.begin(), next.end());
  }
  return {};
}

std::vector<NodeId> PastWalk::MembersOf(NodeId start) {
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
    if (Held(dated.created_at, dated.cleared_at)) cannot_links.push_back(dated.link);
  }
  const auto resolution = identity::Resolve({nodes, edges, cannot_links}, rules_);
  const auto at = std::find(ids.begin(), ids.end(), start) - ids.begin();
  std::vector<NodeId> members;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (resolution.profile_of[i] == resolution.profile_of[at]) members.push_back(ids[i]);
  }
  return members;
}

bool PastWalk::Held(TimeUs from, const std::optional<TimeUs>& until) const {
  return from <= as_of_.known_at && (!until || *until > as_of_.known_at);
}

bool PastWalk::WasKnown(RecordId record) const {
  return UuidV7Time(record.view()) <= as_of_.known_at;
}

std::optional<TimeUs> PastWalk::KnownSince(const identity::Edge& edge) {
  if (IsByHand(edge.strength)) {
    // The record is the latest decision that states it, which may have been revoked in between.
    const bool was_stated = edge.first_evidence <= as_of_.known_at;
    return was_stated ? std::optional(edge.first_evidence) : std::nullopt;
  }
  if (WasKnown(edge.record_id)) return edge.first_evidence;
  // The evidence with the earliest event time came later; another one may have been there, unless
  // one of the ends was not known at all.
  for (const NodeId end : {edge.a, edge.b}) {
    const auto found = nodes_.find(end);
    if (found != nodes_.end() && found->second.first_seen_at > as_of_.known_at) return std::nullopt;
  }
  return storage::ReadEvidenceKnownAt(tx_, where_, {edge.a, edge.b}, as_of_.known_at);
}

std::set<PastWalk::EdgeKey> PastWalk::RevokedAmong(const std::vector<StoredEdge>& edges) {
  std::set<NodeId> firsts;
  for (const StoredEdge& stored : edges) firsts.insert(stored.edge.a);
  std::set<EdgeKey> revoked;
  const std::vector<NodeId> nodes(firsts.begin(), firsts.end());
  for (const auto& dated : storage::ReadRevocations(tx_, where_, nodes)) {
    if (Held(dated.revoked_at, dated.restored_at)) {
      revoked.insert({dated.ends.a, dated.ends.b, dated.strength});
    }
  }
  return revoked;
}

Status PastWalk::Visit(const std::vector<NodeId>& frontier) {
  SELFSAME_ASSIGN_OR_RETURN(std::vector<StoredEdge> edges, ReadEdgesOf(frontier));
  SELFSAME_RETURN_IF_ERROR(ReadNodesOf(edges));
  // Of identifiers that were removed no evidence counts.
  std::erase_if(edges, [this](const StoredEdge& stored) {
    return !nodes_.contains(stored.edge.a) || !nodes_.contains(stored.edge.b);
  });
  SELFSAME_RETURN_IF_ERROR(Admit(edges));
  for (const NodeId node : frontier) {
    if (!exclusions_.contains(node)) exclusions_[node] = FindExclusion(node);
  }
  return {};
}

Result<std::vector<StoredEdge>> PastWalk::ReadEdgesOf(const std::vector<NodeId>& frontier) {
  std::vector<NodeId> out;  // Only what people stated of them counts.
  std::vector<NodeId> in;
  for (const NodeId node : frontier) {
    const bool is_blocked = nodes_.at(node).node.exclusion == Exclusion::kBlocked;
    if (is_blocked) exclusions_[node] = Exclusion::kBlocked;
    (is_blocked ? out : in).push_back(node);
  }
  std::vector<FoundEdge> found;
  if (!out.empty()) found = storage::ReadManualEdges(tx_, where_, out, kEdgesMax);
  std::vector<FoundEdge> more = storage::ReadEdges(
      tx_, where_, in, EdgeLimits{evidence_until_, kEdgesOfEndMax + 1, kEdgesMax});
  if (more.size() == static_cast<std::size_t>(kEdgesMax)) return PastTooLarge();
  std::map<std::pair<NodeId, bool>, int> counts;
  std::set<NodeId> large;
  for (const FoundEdge& one : more) {
    const std::pair end(one.of, one.of == one.stored.edge.a);
    if (++counts[end] > kEdgesOfEndMax) large.insert(one.of);
  }
  std::erase_if(more, [&](const FoundEdge& one) { return large.contains(one.of); });
  found.insert(found.end(), more.begin(), more.end());
  std::vector<StoredEdge> edges;
  for (const FoundEdge& one : found) edges.push_back(one.stored);
  for (const NodeId node : large) SELFSAME_RETURN_IF_ERROR(ReadEdgesOfLarge(node, edges));
  return edges;
}

Status PastWalk::ReadEdgesOfLarge(NodeId node, std::vector<StoredEdge>& edges) {
  const KindRule* rule = rules_.Find(nodes_.at(node).node.kind);
  bool is_shared = false;
  if (rule != nullptr && (rule->shared_above > 0 || rule->kind == identity::kAnonymousId)) {
    SELFSAME_ASSIGN_OR_RETURN(is_shared, IsSharedByMany(node, *rule));
  }
  if (is_shared) exclusions_[node] = Exclusion::kShared;
  const auto found = is_shared
                         ? storage::ReadManualEdges(tx_, where_, {node}, kEdgesMax)
                         : storage::ReadEdges(tx_, where_, {node},
                                              EdgeLimits{evidence_until_, kEdgesMax, kEdgesMax});
  if (found.size() == static_cast<std::size_t>(kEdgesMax)) return PastTooLarge();
  for (const FoundEdge& one : found) edges.push_back(one.stored);
  return {};
}

Result<bool> PastWalk::IsSharedByMany(NodeId node, const KindRule& rule) {
  storage::SharerFilter filter{.custom_kinds = rules_.custom.IsUnique(),
                               .seen_until = as_of_.known_at,
                               .evidence_until = evidence_until_};
  for (const KindRule& kind : rules_.kinds) {
    if (kind.IsUnique()) filter.kinds.push_back(kind.kind);
  }
  for (int limit = kSharersAtFirst + rule.shared_above; limit <= kSharersMax; limit *= 10) {
    const auto sharers = storage::ReadSharers(tx_, where_, node, filter, limit);
    if (AreTooMany(rule, node, sharers)) return true;
    if (sharers.size() < static_cast<std::size_t>(limit)) return false;
  }
  return PastTooLarge();
}

bool PastWalk::AreTooMany(const KindRule& rule, NodeId node,
                          const std::vector<StoredEdge>& sharers) {
  const std::set<EdgeKey> revoked = RevokedAmong(sharers);
  std::set<NodeId> known;
  bool is_judged = nodes_.at(node).node.exclusion == Exclusion::kShared;
  bool is_of_one_customer = false;
  std::vector<const StoredEdge*> unsure;
  const auto is_shared = [&] {
    const int most = rule.SharedAbove(is_of_one_customer);
    return most > 0 && known.size() > static_cast<std::size_t>(most);
  };
  const auto add = [&](const identity::Edge& edge) {
    known.insert(edge.a == node ? edge.b : edge.a);
    is_of_one_customer =
        is_of_one_customer || identity::AllowsOneCustomer(edge.strength, rule.kind);
  };
  for (const StoredEdge& stored : sharers) {
    const identity::Edge& edge = stored.edge;
    if (revoked.contains({edge.a, edge.b, edge.strength})) continue;
    is_judged = is_judged || stored.SeenBy(rules_.activation).judged == identity::Judged::kNow;
    WasKnown(edge.record_id) ? add(edge) : unsure.push_back(&stored);
  }
  for (const StoredEdge* stored : unsure) {
    if (is_shared()) return is_judged;
    if (KnownSince(stored->edge)) add(stored->edge);
  }
  return is_judged && is_shared();
}

Status PastWalk::ReadNodesOf(const std::vector<StoredEdge>& edges) {
  std::set<NodeId> ends;
  for (const StoredEdge& stored : edges) ends.insert({stored.edge.a, stored.edge.b});
  std::erase_if(ends, [&](NodeId node) { return nodes_.contains(node); });
  ReadNodes({ends.begin(), ends.end()});
  return nodes_.size() > static_cast<std::size_t>(kEdgesMax) ? Status(PastTooLarge()) : Status();
}

void PastWalk::ReadNodes(const std::vector<NodeId>& ids) {
  for (GraphNode& node : storage::ReadNodes(tx_, where_, ids)) {
    const NodeId id = node.node.id;
    nodes_.emplace(id, std::move(node));
  }
}

Status PastWalk::Admit(const std::vector<StoredEdge>& edges) {
  const std::set<EdgeKey> revoked = RevokedAmong(edges);
  for (const StoredEdge& stored : edges) {
    identity::Edge edge = stored.SeenBy(rules_.activation);
    const EdgeKey key{edge.a, edge.b, edge.strength};
    if (edges_.contains(key) || revoked.contains(key)) continue;
    const std::optional<TimeUs> since = KnownSince(edge);
    if (!since) continue;
    edge.first_evidence = *since;
    for (const NodeId end : {edge.a, edge.b}) known_[end].push_back(key);
    edges_.emplace(key, edge);
    if (edge.first_evidence > as_of_.at) late_.insert(key);
  }
  return edges_.size() >= static_cast<std::size_t>(kEdgesMax) ? Status(PastTooLarge()) : Status();
}

Exclusion PastWalk::FindExclusion(NodeId id) const {
  const KindRule* rule = rules_.Find(nodes_.at(id).node.kind);
  const auto known = known_.find(id);
  if (rule == nullptr || rule->IsUnique() || known == known_.end()) return Exclusion::kNone;
  std::set<NodeId> unique;
  // Rules make nothing shared by what earlier ones judged alone.
  bool is_judged = nodes_.at(id).node.exclusion == Exclusion::kShared;
  bool is_of_one_customer = false;
  for (const auto& [a, b, strength] : known->second) {
    const identity::Node& other = nodes_.at(a == id ? b : a).node;
    if (IsByHand(strength) || other.exclusion == Exclusion::kBlocked) continue;
    if (!IsUniqueKind(rules_, other.kind)) continue;
    unique.insert(other.id);
    is_of_one_customer = is_of_one_customer || identity::AllowsOneCustomer(strength, rule->kind);
    is_judged = is_judged || edges_.at({a, b, strength}).judged == identity::Judged::kNow;
  }
  const int most = rule->SharedAbove(is_of_one_customer);
  const bool is_shared = is_judged && most > 0 && unique.size() > static_cast<std::size_t>(most);
  return is_shared ? Exclusion::kShared : Exclusion::kNone;
}

void PastWalk::Expand(NodeId id, std::set<NodeId>& next) {
  const auto known = known_.find(id);
  if (known == known_.end()) return;
  const bool is_out = exclusions_.at(id) != Exclusion::kNone;
  for (const EdgeKey& key : known->second) {
    const auto& [a, b, strength] = key;
    if (late_.contains(key) || (is_out && !IsByHand(strength))) continue;
    next.insert(a == id ? b : a);
  }
}

}  // namespace selfsame::edge
