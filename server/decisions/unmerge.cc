// Taking back: the evidence between two sides is revoked, and a cannot-link keeps them apart.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "server/decisions/changing.h"
#include "server/decisions/decide.h"

namespace selfsame::decisions {
namespace {

using identity::Edge;
using identity::Ends;
using identity::Refusal;
using identity::Strength;

constexpr const char* kUnmergedByHand = "UNMERGED_BY_HAND";

Error Invalid(const char* reason, const char* message) {
  return {.code = ErrorCode::kInvalidArgument, .reason = reason, .message = message};
}

bool IsByHand(const Edge& edge) { return edge.strength >= Strength::kManual; }

// Evidence in the graph between identifiers that leave a profile and those that stay in it.
struct Crossing {
  std::set<Ends> pairs;
  std::set<NodeId> stayers;
};

Crossing CrossingOf(const View& view, const std::set<NodeId>& leavers,
                    const std::set<NodeId>& profile) {
  Crossing crossing;
  for (const storage::StoredEdge& stored : view.graph.edges) {
    const bool leaves_a = leavers.contains(stored.edge.a);
    const bool leaves_b = leavers.contains(stored.edge.b);
    if (leaves_a == leaves_b) continue;
    const NodeId stayer = leaves_a ? stored.edge.b : stored.edge.a;
    if (!profile.contains(stayer)) continue;
    crossing.pairs.insert({stored.edge.a, stored.edge.b});
    crossing.stayers.insert(stayer);
  }
  return crossing;
}

Result<GraphChange> DecideByIdentifiers(const View& view, const identity::Ruleset& rules) {
  const ProfileId profile = view.ProfileOf(view.targets.front());
  for (const NodeId node : view.targets) {
    if (view.ProfileOf(node) == profile) continue;
    return Invalid("UNMERGE_NOT_ONE_PROFILE", "the identifiers are not of one profile");
  }
  const std::vector<NodeId> members = view.MembersOf(profile);
  const std::set<NodeId> all(members.begin(), members.end());
  const std::set<NodeId> leavers(view.targets.begin(), view.targets.end());
  std::vector<NodeId> stayers;
  std::set_difference(all.begin(), all.end(), leavers.begin(), leavers.end(),
                      std::back_inserter(stayers));
  if (stayers.empty()) return Invalid("UNMERGE_EMPTY", "these are all identifiers of the profile");
  GraphChange change;
  const Crossing crossing = CrossingOf(view, leavers, all);
  for (const Ends& ends : crossing.pairs) change.revoked.push_back({ends, std::nullopt});
  // Evidence tied them to the side they do not go with.
  const NodeId head = view.HeadOf(stayers, rules);
  for (const NodeId node : crossing.stayers) {
    if (node != head) change.in_doubt.push_back(node);
  }
  change.parted = identity::CannotLink{
      .id = {}, .one = {leavers.begin(), leavers.end()}, .other = std::move(stayers)};
  return change;
}

// What taking back a merge revokes.
struct Revoking {
  std::set<Ends> pairs;                        // All evidence between them.
  std::set<std::pair<Ends, Strength>> stated;  // What the same decision states of other pairs.

  bool Has(const Edge& edge) const {
    const Ends ends{edge.a, edge.b};
    return pairs.contains(ends) || stated.contains({ends, edge.strength});
  }
};

// What the profile of a pair falls into without some evidence: those that evidence in force reaches
// from either of the two, and not through the other.
struct Sides {
  std::set<NodeId> a;
  std::set<NodeId> b;
};

Sides SidesOf(const View& view, const Ends& pair, const Revoking& without) {
  std::map<NodeId, std::vector<NodeId>> neighbours;
  for (const storage::StoredEdge& stored : view.graph.edges) {
    if (stored.refusal != Refusal::kNone || without.Has(stored.edge)) continue;
    neighbours[stored.edge.a].push_back(stored.edge.b);
    neighbours[stored.edge.b].push_back(stored.edge.a);
  }
  const auto reach = [&](NodeId from, NodeId other) {
    std::set<NodeId> reached = {from};
    std::vector<NodeId> open = {from};
    while (!open.empty()) {
      const NodeId node = open.back();
      open.pop_back();
      for (const NodeId next : neighbours[node]) {
        if (next != other && reached.insert(next).second) open.push_back(next);
      }
    }
    return reached;
  };
  return {reach(pair.a, pair.b), reach(pair.b, pair.a)};
}

// The pairs that the records linked that link this one: what was seen together with it. Of a
// decision that states it, all that it states.
Revoking SaidWith(const View& view, const Ends& pair) {
  std::set<RecordId> records;
  for (const storage::StoredEdge& stored : view.graph.edges) {
    if (Ends{stored.edge.a, stored.edge.b} == pair) records.insert(stored.edge.record_id);
  }
  Revoking said{.pairs = {pair}, .stated = {}};
  for (const storage::StoredEdge& stored : view.graph.edges) {
    const Edge& edge = stored.edge;
    if (!records.contains(edge.record_id)) continue;
    if (IsByHand(edge)) {
      said.stated.insert({{edge.a, edge.b}, edge.strength});
    } else {
      said.pairs.insert({edge.a, edge.b});
    }
  }
  return said;
}

std::vector<NodeId> OnlyIn(const std::set<NodeId>& some, const std::set<NodeId>& others) {
  std::vector<NodeId> only;
  std::set_difference(some.begin(), some.end(), others.begin(), others.end(),
                      std::back_inserter(only));
  return only;
}

// Takes back the evidence of a merge: the pair, what was seen together with it where that leads
// from one side to the other, and all that the same decision states. Who stays tied to both sides
// is on neither of them.
GraphChange DecideByPair(const View& view, const Ends& pair) {
  const Revoking said = SaidWith(view, pair);
  const Sides apart = SidesOf(view, pair, said);
  Revoking revoking{.pairs = {pair}, .stated = said.stated};
  for (const Ends& other : said.pairs) {
    const bool is_across = (apart.a.contains(other.a) && apart.b.contains(other.b)) ||
                           (apart.a.contains(other.b) && apart.b.contains(other.a));
    const bool is_within = apart.a.contains(other.a) && apart.a.contains(other.b);
    if (is_across && !is_within) revoking.pairs.insert(other);
  }
  GraphChange change;
  change.revoked.push_back({pair, std::nullopt});  // First: the cause in the history.
  for (const Ends& ends : revoking.pairs) {
    if (ends != pair) change.revoked.push_back({ends, std::nullopt});
  }
  for (const auto& [ends, strength] : revoking.stated) {
    if (!revoking.pairs.contains(ends)) change.revoked.push_back({ends, strength});
  }
  const Sides left = SidesOf(view, pair, revoking);
  std::set_intersection(left.a.begin(), left.a.end(), left.b.begin(), left.b.end(),
                        std::back_inserter(change.in_doubt));
  change.parted = identity::CannotLink{
      .id = {}, .one = OnlyIn(left.a, left.b), .other = OnlyIn(left.b, left.a)};
  return change;
}

}  // namespace

Result<Made> Unmerge(pg::BulkConnection& connection, const ingest::CommitContext& context,
                     const storage::Decision& decision, Run run, const UnmergeRequest& request) {
  Changing changing{.kind = storage::OperationKind::kUnmerge, .rule = kUnmergedByHand};
  if (request.history.IsNil()) {
    if (request.nodes.empty()) return Invalid("UNMERGE_EMPTY", "names no identifier");
    changing.targets.assign(request.nodes.begin(), request.nodes.end());
    changing.decide = [&](const View& view, EventUuid) {
      return DecideByIdentifiers(view, context.rules);
    };
    return RunChange(connection, context, decision, run, changing);
  }
  SELFSAME_RETURN_IF_ERROR(connection.Begin(context.where.tenant));
  const auto cause = storage::FindHistoryCause(connection, context.where, request.history);
  if (connection.IsUsable()) SELFSAME_RETURN_IF_ERROR(connection.Rollback());
  if (!cause.ok()) return cause.error();
  if (!*cause || (*cause)->action != identity::Action::kMerged || (*cause)->a == (*cause)->b) {
    return Error{
        .code = ErrorCode::kNotFound,
        .reason = "HISTORY_NOT_FOUND",
        .message = "no entry of the merge history says that profiles merged under this id"};
  }
  const Ends pair = EndsOf((*cause)->a, (*cause)->b);
  changing.targets = {pair.a, pair.b};
  changing.decide = [pair](const View& view, EventUuid) -> Result<GraphChange> {
    if (!view.CannotLinksBetween({pair.a}, {pair.b}).empty()) {
      return GraphChange{.is_needed = false};
    }
    return DecideByPair(view, pair);
  };
  return RunChange(connection, context, decision, run, changing);
}

}  // namespace selfsame::decisions
