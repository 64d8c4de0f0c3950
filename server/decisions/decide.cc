#include "server/decisions/decide.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "server/decisions/changing.h"

namespace selfsame::decisions {
namespace {

using identity::Edge;
using identity::Exclusion;
using identity::Strength;

constexpr const char* kMergedByHand = "MERGED_BY_HAND";
constexpr const char* kUnmergedByHand = "UNMERGED_BY_HAND";
constexpr const char* kPinned = "PINNED";
constexpr const char* kCannotLink = "CANNOT_LINK";

Error Invalid(const char* reason, const char* message) {
  return {.code = ErrorCode::kInvalidArgument, .reason = reason, .message = message};
}

// The identifier that stands for some of them in statements by hand: in the graph, of the strongest
// kind, and then by node id, so that the same decision made twice is the same edge.
NodeId StandsFor(const View& view, const identity::Ruleset& rules,
                 const std::vector<NodeId>& nodes) {
  const auto rank = [&](NodeId node) {
    const identity::Node& one = view.graph.nodes[view.IndexOf(node)];
    const identity::KindRule* rule = rules.Find(one.kind);
    const int priority = rule == nullptr ? rules.custom.priority : rule->priority;
    return std::tuple(one.exclusion != Exclusion::kNone, priority, one.kind, one.id);
  };
  return *std::min_element(nodes.begin(), nodes.end(),
                           [&](NodeId a, NodeId b) { return rank(a) < rank(b); });
}

Edge StatementOf(NodeId a, NodeId b, const Overrides& overrides, TimeUs now, EventUuid operation) {
  const Pair ends = PairOf(a, b);
  return {.a = ends.a,
          .b = ends.b,
          .strength = overrides.limits ? Strength::kForced : Strength::kManual,
          .first_evidence = now,
          .record_id = RecordId{operation.bytes}};
}

bool Holds(const View& view, const Edge& statement) {
  return std::any_of(view.graph.edges.begin(), view.graph.edges.end(), [&](const auto& stored) {
    return stored.edge.a == statement.a && stored.edge.b == statement.b &&
           stored.edge.strength == statement.strength && stored.refusal == identity::Refusal::kNone;
  });
}

// The cannot-links between two groups of identifiers.
std::vector<Pair> CannotLinksBetween(const View& view, const std::vector<NodeId>& some,
                                     const std::vector<NodeId>& others) {
  const std::set<NodeId> one(some.begin(), some.end());
  const std::set<NodeId> other(others.begin(), others.end());
  std::vector<Pair> between;
  for (const Pair& pair : view.graph.cannot_links) {
    if ((one.contains(pair.a) && other.contains(pair.b)) ||
        (one.contains(pair.b) && other.contains(pair.a))) {
      between.push_back(pair);
    }
  }
  return between;
}

// Evidence in the graph between identifiers that leave a profile and those that stay in it.
struct Crossing {
  std::vector<Pair> pairs;
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
    crossing.pairs.push_back({stored.edge.a, stored.edge.b});
    crossing.stayers.insert(stayer);
  }
  return crossing;
}

// The groups into which identifiers fall by the evidence among them alone.
std::vector<std::vector<NodeId>> GroupsOf(const View& view, const std::set<NodeId>& nodes) {
  std::map<NodeId, std::vector<NodeId>> neighbours;
  for (const storage::StoredEdge& stored : view.graph.edges) {
    if (stored.refusal != identity::Refusal::kNone) continue;
    if (!nodes.contains(stored.edge.a) || !nodes.contains(stored.edge.b)) continue;
    neighbours[stored.edge.a].push_back(stored.edge.b);
    neighbours[stored.edge.b].push_back(stored.edge.a);
  }
  std::vector<std::vector<NodeId>> groups;
  std::set<NodeId> open = nodes;
  while (!open.empty()) {
    std::vector<NodeId> group = {*open.begin()};
    open.erase(open.begin());
    for (std::size_t i = 0; i < group.size(); ++i) {
      for (const NodeId next : neighbours[group[i]]) {
        if (open.erase(next) == 1) group.push_back(next);
      }
    }
    groups.push_back(std::move(group));
  }
  return groups;
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
  std::set<NodeId> stayers;
  std::set_difference(all.begin(), all.end(), leavers.begin(), leavers.end(),
                      std::inserter(stayers, stayers.end()));
  if (stayers.empty()) return Invalid("UNMERGE_EMPTY", "these are all identifiers of the profile");
  GraphChange change;
  const Crossing crossing = CrossingOf(view, leavers, all);
  change.revoked = crossing.pairs;
  for (const auto& leaving : GroupsOf(view, leavers)) {
    for (const auto& staying : GroupsOf(view, stayers)) {
      change.parted.push_back(
          PairOf(StandsFor(view, rules, leaving), StandsFor(view, rules, staying)));
    }
  }
  // Evidence tied them to the side they do not go with.
  const NodeId head = StandsFor(view, rules, {stayers.begin(), stayers.end()});
  for (const NodeId node : crossing.stayers) {
    if (node != head) change.in_doubt.push_back(node);
  }
  return change;
}

// What the profile of a pair falls into without some of the evidence between identifiers: those
// that evidence in force reaches from either of the two, and not through the other.
struct Sides {
  std::set<NodeId> a;
  std::set<NodeId> b;
};

Sides SidesOf(const View& view, const Pair& pair, const std::set<Pair>& without) {
  std::map<NodeId, std::vector<NodeId>> neighbours;
  for (const storage::StoredEdge& stored : view.graph.edges) {
    const Pair ends{stored.edge.a, stored.edge.b};
    if (stored.refusal != identity::Refusal::kNone || without.contains(ends)) continue;
    neighbours[ends.a].push_back(ends.b);
    neighbours[ends.b].push_back(ends.a);
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

// The pairs that the records linked that link this one: what was seen together with it.
std::set<Pair> SeenWith(const View& view, const Pair& pair) {
  std::set<RecordId> records;
  for (const storage::StoredEdge& stored : view.graph.edges) {
    if (Pair{stored.edge.a, stored.edge.b} == pair) records.insert(stored.edge.record_id);
  }
  std::set<Pair> seen = {pair};
  for (const storage::StoredEdge& stored : view.graph.edges) {
    if (records.contains(stored.edge.record_id)) seen.insert({stored.edge.a, stored.edge.b});
  }
  return seen;
}

// Takes back the evidence of a merge: the pair, and what was seen together with it, where that
// leads from one side to the other.
GraphChange DecideByPair(const View& view, const Pair& pair) {
  const std::set<Pair> seen = SeenWith(view, pair);
  const Sides apart = SidesOf(view, pair, seen);
  GraphChange change{.parted = {pair}};
  std::set<Pair> revoked = {pair};
  for (const Pair& other : seen) {
    const bool is_across = (apart.a.contains(other.a) && apart.b.contains(other.b)) ||
                           (apart.a.contains(other.b) && apart.b.contains(other.a));
    const bool is_within = apart.a.contains(other.a) && apart.a.contains(other.b);
    if (is_across && !is_within) revoked.insert(other);
  }
  change.revoked.assign(revoked.begin(), revoked.end());
  const Sides left = SidesOf(view, pair, revoked);
  std::set_intersection(left.a.begin(), left.a.end(), left.b.begin(), left.b.end(),
                        std::back_inserter(change.in_doubt));
  return change;
}

}  // namespace

Result<Made> Merge(pg::BulkConnection& connection, const ingest::CommitContext& context,
                   const storage::Decision& decision, Run run, const MergeRequest& request) {
  const auto decide = [&](const View& view, EventUuid operation) -> Result<GraphChange> {
    const ProfileId one = view.ProfileOf(view.targets[0]);
    const ProfileId other = view.ProfileOf(view.targets[1]);
    if (one == other) return GraphChange{.is_needed = false};
    const std::vector<NodeId> some = view.MembersOf(one);
    const std::vector<NodeId> others = view.MembersOf(other);
    GraphChange change{.must_join = true};
    change.statement =
        StatementOf(StandsFor(view, context.rules, some), StandsFor(view, context.rules, others),
                    request.overrides, context.now, operation);
    if (request.overrides.cannot_links) change.cleared = CannotLinksBetween(view, some, others);
    return change;
  };
  return RunChange(connection, context, decision, run,
                   {.kind = storage::OperationKind::kMerge,
                    .rule = kMergedByHand,
                    .targets = {request.one, request.other},
                    .decide = decide});
}

Result<Made> Pin(pg::BulkConnection& connection, const ingest::CommitContext& context,
                 const storage::Decision& decision, Run run, const PinRequest& request) {
  const auto decide = [&](const View& view, EventUuid operation) -> Result<GraphChange> {
    std::vector<NodeId> others = view.MembersOf(view.ProfileOf(view.targets[1]));
    std::erase(others, request.identifier);
    if (others.empty()) return GraphChange{.is_needed = false};
    GraphChange change{.must_join = true};
    change.statement = StatementOf(request.identifier, StandsFor(view, context.rules, others),
                                   request.overrides, context.now, operation);
    if (Holds(view, *change.statement)) return GraphChange{.is_needed = false};
    if (request.overrides.cannot_links) {
      const auto mine = view.MembersOf(view.ProfileOf(request.identifier));
      change.cleared = CannotLinksBetween(view, mine, others);
    }
    return change;
  };
  return RunChange(connection, context, decision, run,
                   {.kind = storage::OperationKind::kPin,
                    .rule = kPinned,
                    .targets = {request.identifier, request.profile},
                    .decide = decide});
}

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
  const Pair pair = PairOf((*cause)->a, (*cause)->b);
  changing.targets = {pair.a, pair.b};
  changing.decide = [pair](const View& view, EventUuid) -> Result<GraphChange> {
    const auto& parted = view.graph.cannot_links;
    if (std::find(parted.begin(), parted.end(), pair) != parted.end()) {
      return GraphChange{.is_needed = false};
    }
    return DecideByPair(view, pair);
  };
  return RunChange(connection, context, decision, run, changing);
}

Result<Made> Part(pg::BulkConnection& connection, const ingest::CommitContext& context,
                  const storage::Decision& decision, Run run, const PartRequest& request) {
  if (request.a == request.b) return Invalid("SAME_IDENTIFIER", "the two are one identifier");
  const Pair pair = PairOf(request.a, request.b);
  const auto decide = [&](const View& view, EventUuid) -> Result<GraphChange> {
    const auto& parted = view.graph.cannot_links;
    const bool holds = std::find(parted.begin(), parted.end(), pair) != parted.end();
    GraphChange change{.is_needed = holds == request.is_cleared};
    (request.is_cleared ? change.cleared : change.parted).push_back(pair);
    return change;
  };
  return RunChange(connection, context, decision, run,
                   {.kind = storage::OperationKind::kCannotLink,
                    .rule = kCannotLink,
                    .targets = {request.a, request.b},
                    .decide = decide});
}

}  // namespace selfsame::decisions
