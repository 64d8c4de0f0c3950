#include "server/decisions/changing.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/uuid.h"
#include "server/decisions/lift.h"
#include "server/ingest/component_locks.h"
#include "server/ingest/profile_writer.h"
#include "server/ingest/relink.h"
#include "server/ingest/rules_in_force.h"
#include "storage/operations.h"

namespace selfsame::decisions {
namespace {

using identity::Refusal;
using ingest::HeldNode;
using ingest::Linked;

// How often others may change the same components first.
constexpr int kTriesMax = 32;

Error NotFound() {
  return {.code = ErrorCode::kNotFound,
          .reason = "PROFILE_NOT_FOUND",
          .message = "no profile has this identifier or id"};
}

// Why those that a decision makes one person are not one, or are no longer; kNone: they are. The
// statement itself may have been refused, or evidence that held one of the two persons together:
// then either of them would be torn apart, and the decision is refused whole.
Refusal WhyApart(const GraphChange& change, const storage::Components& graph,
                 const identity::Resolution& resolution) {
  const std::set<NodeId> together(change.together.begin(), change.together.end());
  std::set<ProfileId> persons;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (together.contains(graph.nodes[i].id)) persons.insert(resolution.profile_of[i]);
  }
  if (persons.size() <= 1) return Refusal::kNone;
  const auto is_statement = [&](const identity::Edge& edge) {
    return std::any_of(change.statements.begin(), change.statements.end(), [&](const auto& one) {
      return one.a == edge.a && one.b == edge.b && one.strength == edge.strength;
    });
  };
  const identity::Edge* first = nullptr;
  Refusal reason = Refusal::kLimitExceeded;
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    const identity::Edge& edge = graph.edges[i].edge;
    const Refusal before = graph.edges[i].refusal;
    const Refusal now = resolution.refusal_of[i];
    if (now == Refusal::kNone || !together.contains(edge.a) || !together.contains(edge.b)) continue;
    if (before != Refusal::kNone && !is_statement(edge)) continue;
    if (first != nullptr && !identity::IsBefore(edge, *first)) continue;
    first = &edge;
    reason = now;
  }
  return reason;
}

// The pairs with an anonymous id that records showed, of those of which all evidence is revoked.
std::set<identity::Ends> SeenWithAnonymous(const std::vector<storage::RevokedEvidence>& revoked,
                                           const storage::Components& graph) {
  std::set<NodeId> anonymous;
  std::set<NodeId> excluded;
  for (const identity::Node& node : graph.nodes) {
    if (node.kind == identity::kAnonymousId) anonymous.insert(node.id);
    if (node.exclusion != identity::Exclusion::kNone) excluded.insert(node.id);
  }
  std::set<identity::Ends> seen;
  std::set<identity::Ends> stated;
  for (const storage::StoredEdge& stored : graph.edges) {
    const bool is_by_hand = stored.edge.strength >= identity::Strength::kManual;
    (is_by_hand ? stated : seen).insert({stored.edge.a, stored.edge.b});
  }
  std::set<identity::Ends> pairs;
  for (const auto& [ends, strength] : revoked) {
    if (strength || !(anonymous.contains(ends.a) || anonymous.contains(ends.b))) continue;
    // What records showed of an excluded one has left the graph.
    const bool is_outside = excluded.contains(ends.a) || excluded.contains(ends.b);
    if (seen.contains(ends) || (is_outside && !stated.contains(ends))) pairs.insert(ends);
  }
  return pairs;
}

// One try within an open transaction; no value: others were first, or more has to be held.
class Try {
 public:
  Try(pg::BulkConnection& connection, const ingest::CommitContext& context,
      const storage::Decision& decision, Run run, const Changing& changing,
      std::set<NodeId>& released)
      : connection_(connection),
        context_(context),
        decision_(decision),
        run_(run),
        changing_(changing),
        released_(released),
        operation_(NewUuidV7<EventUuid>(context.now)) {}

  Result<std::optional<Made>> Execute() {
    SELFSAME_RETURN_IF_ERROR(FindTargets());
    SELFSAME_RETURN_IF_ERROR(HoldTargets());
    SELFSAME_ASSIGN_OR_RETURN(const bool are_held, LockFor(connection_, context_, lifts_, held_));
    if (!are_held) return std::optional<Made>();
    SELFSAME_ASSIGN_OR_RETURN(const storage::Components before, LoadHeld());
    SELFSAME_ASSIGN_OR_RETURN(change_, changing_.decide({before, targets_}, operation_));
    if (!change_.is_needed) return std::optional(Made{});
    SELFSAME_ASSIGN_OR_RETURN(const bool are_all_held, ClearCannotLinks(before));
    if (!are_all_held) return std::optional<Made>();
    SELFSAME_RETURN_IF_ERROR(WriteChange(before));
    SELFSAME_ASSIGN_OR_RETURN(storage::Components after, LoadHeld());
    SELFSAME_RETURN_IF_ERROR(Resolve(after));
    if (made_.refused != Refusal::kNone) return std::optional(Made{.refused = made_.refused});
    SELFSAME_ASSIGN_OR_RETURN(const ingest::Written written,
                              ingest::WriteProfiles(connection_, context_, linked_, {}, {}));
    made_.counts = ingest::CountsOf(linked_, written.created);
    SELFSAME_ASSIGN_OR_RETURN(made_.profiles, MadeProfiles(connection_, context_, linked_));
    SELFSAME_ASSIGN_OR_RETURN(made_.in_doubt, ReadPlain(connection_, context_, change_.in_doubt));
    if (run_ == Run::kReal) made_.operation = operation_;
    return std::optional(std::move(made_));
  }

 private:
  Status FindTargets() {
    for (const Target& target : changing_.targets) {
      if (const auto* node = std::get_if<NodeId>(&target)) {
        targets_.push_back(*node);
        continue;
      }
      SELFSAME_ASSIGN_OR_RETURN(
          const auto node,
          storage::FindNodeByBirth(connection_, context_.where, std::get<ProfileId>(target)));
      if (!node) return NotFound();
      targets_.push_back(*node);
    }
    return {};
  }

  // The targets' components, and those of whoever would be linked again with one of their
  // identifiers that has left the graph, were its evidence to become less: by a target each at
  // most.
  Status HoldTargets() {
    const std::set<NodeId> distinct(targets_.begin(), targets_.end());
    std::set<NodeId> held = released_;
    held.insert(targets_.begin(), targets_.end());
    const std::vector<NodeId> nodes(held.begin(), held.end());
    SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::KnownIdentifier> known,
                              storage::FindIdentifiers(connection_, context_.where, nodes));
    if (known.size() != nodes.size()) return NotFound();
    std::set<ComponentId> theirs;
    for (const storage::KnownIdentifier& one : known) {
      held_[one.node] = {.standing = one.standing, .exclusion = one.exclusion};
      theirs.insert(one.standing.component_id);
    }
    if (changing_.kind != storage::OperationKind::kUnmerge) return {};
    const std::vector<ComponentId> components(theirs.begin(), theirs.end());
    SELFSAME_ASSIGN_OR_RETURN(
        std::vector<storage::ComponentMember> members,
        storage::ListComponentMembers(connection_, context_.where, components));
    std::erase_if(members, [&](const storage::ComponentMember& member) {
      return member.exclusion == identity::Exclusion::kNone;
    });
    for (const storage::ComponentMember& member : members) {
      held_.try_emplace(member.identifier.node,
                        HeldNode{.standing = member.standing, .exclusion = member.exclusion});
    }
    SELFSAME_ASSIGN_OR_RETURN(lifts_,
                              FindLifts(connection_, context_, members, distinct.size(), held_));
    return {};
  }

  Result<storage::Components> LoadHeld() {
    std::set<ComponentId> components;
    for (const auto& [node, held] : held_) components.insert(held.standing.component_id);
    const std::vector<ComponentId> ordered(components.begin(), components.end());
    return storage::LoadComponents(connection_, context_.where, ordered);
  }

  // A cannot-link is cleared whole: evidence between other members, whose components may be others
  // by now, unites from here on, and not only once a record touches them. Locks are taken in one
  // order, so that theirs are taken by the next try. False: they are not held yet.
  Result<bool> ClearCannotLinks(const storage::Components& held) {
    if (change_.cleared.empty()) return true;
    SELFSAME_ASSIGN_OR_RETURN(
        const std::vector<NodeId> members,
        storage::ClearCannotLinks(connection_, context_.where, context_.now, change_.cleared));
    std::set<NodeId> missing(members.begin(), members.end());
    for (const identity::Node& node : held.nodes) missing.erase(node.id);
    released_.insert(missing.begin(), missing.end());
    return missing.empty();
  }

  Status WriteChange(const storage::Components& before) {
    const storage::Operation operation{
        .id = operation_, .kind = changing_.kind, .decision = decision_};
    SELFSAME_RETURN_IF_ERROR(
        storage::InsertOperation(connection_, context_.where, context_.now, operation));
    SELFSAME_RETURN_IF_ERROR(
        storage::InsertOperationSubjects(connection_, context_.where, operation_, targets_));
    if (change_.parted) {
      change_.parted->id = operation_;
      SELFSAME_RETURN_IF_ERROR(storage::InsertCannotLink(connection_, context_.where, context_.now,
                                                         operation_, *change_.parted));
    }
    if (!change_.revoked.empty()) {
      SELFSAME_RETURN_IF_ERROR(InsertUnseen(before));
      SELFSAME_RETURN_IF_ERROR(storage::RevokeEdges(connection_, context_.where, context_.now,
                                                    operation_, change_.revoked));
      SELFSAME_RETURN_IF_ERROR(Lift(connection_, context_, lifts_, held_));
    }
    return WriteStatements();
  }

  // Records say one thing of two identifiers by either of two strengths, as their source was set.
  // What is taken back is taken back in both, also where only one of them has been seen so far.
  Status InsertUnseen(const storage::Components& before) {
    std::vector<storage::StoredEdge> unseen;
    for (const identity::Ends& ends : SeenWithAnonymous(change_.revoked, before)) {
      for (const auto strength :
           {identity::Strength::kOneCustomer, identity::Strength::kDeterministic}) {
        unseen.push_back({.edge = {.a = ends.a,
                                   .b = ends.b,
                                   .strength = strength,
                                   .first_evidence = storage::kNeverSeen,
                                   .record_id = RecordId{operation_.bytes}}});
      }
    }
    if (unseen.empty()) return {};
    return ToStatus(
        storage::InsertEdges(connection_, context_.where, context_.rules.activation, unseen));
  }

  Status WriteStatements() {
    if (change_.statements.empty()) return {};
    SELFSAME_RETURN_IF_ERROR(storage::RestoreEdges(connection_, context_.where, context_.now,
                                                   context_.rules.activation, change_.statements));
    std::vector<storage::StoredEdge> edges;
    for (const identity::Edge& edge : change_.statements) edges.push_back({.edge = edge});
    return ToStatus(
        storage::InsertEdges(connection_, context_.where, context_.rules.activation, edges));
  }

  Status Resolve(storage::Components& loaded) {
    std::set<ingest::NodePair> changed;
    identity::Occasion occasion{.joined_rule = changing_.rule, .parted_rule = changing_.rule};
    occasion.cause.record_id = RecordId{operation_.bytes};
    for (const identity::Edge& edge : change_.statements) changed.insert({edge.a, edge.b});
    if (!change_.revoked.empty()) {
      occasion.cause.a = change_.revoked.front().ends.a;
      occasion.cause.b = change_.revoked.front().ends.b;
    } else if (change_.parted) {
      occasion.cause.a = change_.parted->one.front();
      occasion.cause.b = change_.parted->other.front();
    }
    SELFSAME_ASSIGN_OR_RETURN(const identity::Resolution resolution,
                              ingest::Relink(connection_, context_, loaded,
                                             {.changed = changed,
                                              .created = {},
                                              .lifted = lifts_.back,
                                              .occasion = occasion,
                                              .operation = operation_},
                                             &linked_));
    made_.refused = WhyApart(change_, loaded, resolution);
    if (made_.refused == Refusal::kNone || run_ == Run::kDry) return {};
    return Error{.code = ErrorCode::kFailedPrecondition,
                 .reason = "MERGE_REFUSED",
                 .message = "refused for " + std::string(identity::RefusalName(made_.refused))};
  }

  pg::BulkConnection& connection_;
  const ingest::CommitContext& context_;
  const storage::Decision& decision_;
  const Run run_;
  const Changing& changing_;
  std::set<NodeId>& released_;  // Members of cannot-links that an earlier try found cleared.
  const EventUuid operation_;
  std::vector<NodeId> targets_;
  ingest::HeldNodes held_;
  Lifts lifts_;
  GraphChange change_;
  Linked linked_;
  Made made_;
};

Status CommitByRules(pg::BulkConnection& connection, const ingest::CommitContext& context) {
  const Status in_force = ingest::CheckRulesInForce(connection, context);
  if (in_force.ok()) return connection.Commit();
  if (connection.IsUsable()) SELFSAME_RETURN_IF_ERROR(connection.Rollback());
  return in_force;
}

}  // namespace

Result<Made> RunChange(pg::BulkConnection& connection, const ingest::CommitContext& context,
                       const storage::Decision& decision, Run run, const Changing& changing) {
  SELFSAME_RETURN_IF_ERROR(storage::CheckDecision(decision));
  std::set<NodeId> released;
  for (int tries = 0;; ++tries) {
    SELFSAME_RETURN_IF_ERROR(connection.Begin(context.where.tenant));
    auto made = Try(connection, context, decision, run, changing, released).Execute();
    const bool is_made = made.ok() && made->has_value();
    if (is_made && run == Run::kReal && !(*made)->operation.IsNil()) {
      SELFSAME_RETURN_IF_ERROR(CommitByRules(connection, context));
      CountMade((*made)->counts, context);
    } else if (connection.IsUsable()) {
      SELFSAME_RETURN_IF_ERROR(connection.Rollback());
    }
    if (is_made) return std::move(**made);
    if (!made.ok() && made.error().code != ErrorCode::kAborted) return made.error();
    if (tries == kTriesMax) {
      return Error{.code = ErrorCode::kAborted,
                   .reason = "SERIALIZATION",
                   .message = "identity components keep changing"};
    }
  }
}

}  // namespace selfsame::decisions
