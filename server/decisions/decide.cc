#include "server/decisions/decide.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/decisions/changing.h"

namespace selfsame::decisions {
namespace {

using identity::Edge;
using identity::Strength;

constexpr const char* kMergedByHand = "MERGED_BY_HAND";
constexpr const char* kPinned = "PINNED";
constexpr const char* kCannotLink = "CANNOT_LINK";

Edge StatementOf(identity::Ends ends, Strength strength, TimeUs now, EventUuid operation) {
  return {.a = ends.a,
          .b = ends.b,
          .strength = strength,
          .first_evidence = now,
          .record_id = RecordId{operation.bytes}};
}

bool Holds(const View& view, const Edge& statement) {
  return std::any_of(view.graph.edges.begin(), view.graph.edges.end(), [&](const auto& stored) {
    return stored.edge.a == statement.a && stored.edge.b == statement.b &&
           stored.edge.strength == statement.strength && stored.refusal == identity::Refusal::kNone;
  });
}

// Against the limits, a statement of one pair would push out what holds the rest of the two persons
// together: what joins them is stated as well.
void StateWhole(const View& view, const std::set<NodeId>& persons, GraphChange& change) {
  const Edge named = change.statements.front();
  for (Edge edge : view.JoiningAmong(persons)) {
    const bool is_named = edge.a == named.a && edge.b == named.b;
    if (is_named || edge.strength == Strength::kForced) continue;
    edge.strength = Strength::kForced;
    edge.first_evidence = named.first_evidence;
    edge.record_id = named.record_id;
    change.statements.push_back(edge);
  }
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
    GraphChange change{.together = some};
    change.together.insert(change.together.end(), others.begin(), others.end());
    const Strength strength = request.overrides.limits ? Strength::kForced : Strength::kManual;
    // Between the identifiers that were named: taken back, it leaves each of them where it was.
    change.statements.push_back(
        StatementOf(EndsOf(view.targets[0], view.targets[1]), strength, context.now, operation));
    if (request.overrides.limits) {
      StateWhole(view, {change.together.begin(), change.together.end()}, change);
    }
    if (request.overrides.cannot_links) change.cleared = view.CannotLinksBetween(some, others);
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
    const NodeId named = view.targets[1];
    GraphChange change{.together = view.MembersOf(view.ProfileOf(named))};
    const std::set<NodeId> person(change.together.begin(), change.together.end());
    std::vector<NodeId> others = change.together;
    std::erase(others, request.identifier);
    if (others.empty()) return GraphChange{.is_needed = false};
    if (!person.contains(request.identifier)) change.together.push_back(request.identifier);
    const NodeId other = named == request.identifier ? view.HeadOf(others, context.rules) : named;
    const Strength strength = request.overrides.limits ? Strength::kForced : Strength::kManual;
    change.statements.push_back(
        StatementOf(EndsOf(request.identifier, other), strength, context.now, operation));
    if (Holds(view, change.statements.front())) return GraphChange{.is_needed = false};
    if (request.overrides.limits) StateWhole(view, person, change);
    if (request.overrides.cannot_links) {
      const auto mine = view.MembersOf(view.ProfileOf(request.identifier));
      change.cleared = view.CannotLinksBetween(mine, others);
    }
    return change;
  };
  return RunChange(connection, context, decision, run,
                   {.kind = storage::OperationKind::kPin,
                    .rule = kPinned,
                    .targets = {request.identifier, request.profile},
                    .decide = decide});
}

Result<Made> Part(pg::BulkConnection& connection, const ingest::CommitContext& context,
                  const storage::Decision& decision, Run run, const PartRequest& request) {
  if (request.a == request.b) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "SAME_IDENTIFIER",
                 .message = "the two are one identifier"};
  }
  const auto decide = [&](const View& view, EventUuid) -> Result<GraphChange> {
    std::vector<EventUuid> between = view.CannotLinksBetween({request.a}, {request.b});
    GraphChange change{.is_needed = between.empty() != request.is_cleared};
    if (request.is_cleared) {
      change.cleared = std::move(between);
    } else {
      change.parted = identity::CannotLink{.id = {}, .one = {request.a}, .other = {request.b}};
    }
    return change;
  };
  return RunChange(connection, context, decision, run,
                   {.kind = storage::OperationKind::kCannotLink,
                    .rule = kCannotLink,
                    .targets = {request.a, request.b},
                    .decide = decide});
}

}  // namespace selfsame::decisions
