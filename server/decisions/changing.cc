#include "server/decisions/changing.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/uuid.h"
#include "server/decisions/lift.h"
#include "server/ingest/component_locks.h"
#include "server/ingest/profile_writer.h"
#include "server/ingest/relink.h"
#include "server/ingest/rules_in_force.h"
#include "storage/operations.h"

namespace selfsame::decisions {
namespace {

using ingest::HeldNode;
using ingest::Linked;

// How often others may change the same components first.
constexpr int kTriesMax = 32;

Error NotFound() {
  return {.code = ErrorCode::kNotFound,
          .reason = "PROFILE_NOT_FOUND",
          .message = "no profile has this identifier or id"};
}

// One try within an open transaction; no value: others were first.
class Try {
 public:
  Try(pg::BulkConnection& connection, const ingest::CommitContext& context,
      const storage::Decision& decision, Run run, const Changing& changing)
      : connection_(connection),
        context_(context),
        decision_(decision),
        run_(run),
        changing_(changing),
        operation_(NewUuidV7<EventUuid>(context.now)) {}

  Result<std::optional<Made>> Execute() {
    SELFSAME_RETURN_IF_ERROR(FindTargets());
    SELFSAME_RETURN_IF_ERROR(HoldTargets());
    SELFSAME_ASSIGN_OR_RETURN(const bool are_held, LockFor(connection_, context_, lifts_, held_));
    if (!are_held) return std::optional<Made>();
    SELFSAME_ASSIGN_OR_RETURN(const storage::Components before, LoadHeld());
    SELFSAME_ASSIGN_OR_RETURN(change_, changing_.decide({before, targets_}, operation_));
    if (!change_.is_needed) return std::optional(Made{});
    SELFSAME_RETURN_IF_ERROR(WriteChange());
    SELFSAME_ASSIGN_OR_RETURN(storage::Components after, LoadHeld());
    SELFSAME_RETURN_IF_ERROR(Resolve(after));
    SELFSAME_ASSIGN_OR_RETURN(const ingest::Written written,
                              ingest::WriteProfiles(connection_, context_, linked_, {}));
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
    const std::vector<NodeId> nodes(distinct.begin(), distinct.end());
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

  Status WriteChange() {
    const storage::Operation operation{
        .id = operation_, .kind = changing_.kind, .decision = decision_};
    SELFSAME_RETURN_IF_ERROR(
        storage::InsertOperation(connection_, context_.where, context_.now, operation));
    SELFSAME_RETURN_IF_ERROR(
        storage::InsertOperationSubjects(connection_, context_.where, operation_, targets_));
    if (!change_.cleared.empty()) {
      SELFSAME_RETURN_IF_ERROR(
          storage::ClearCannotLinks(connection_, context_.where, context_.now, change_.cleared));
    }
    if (!change_.parted.empty()) {
      SELFSAME_RETURN_IF_ERROR(storage::InsertCannotLinks(connection_, context_.where, context_.now,
                                                          operation_, change_.parted));
    }
    if (!change_.revoked.empty()) {
      SELFSAME_RETURN_IF_ERROR(storage::RevokeEdges(connection_, context_.where, context_.now,
                                                    operation_, change_.revoked));
      SELFSAME_RETURN_IF_ERROR(Lift(connection_, context_, lifts_, held_));
    }
    if (!change_.statement) return {};
    SELFSAME_RETURN_IF_ERROR(
        storage::RestoreEdge(connection_, context_.where, context_.now, *change_.statement));
    const storage::StoredEdge edge{.edge = *change_.statement};
    return ToStatus(storage::InsertEdges(connection_, context_.where, std::span(&edge, 1)));
  }

  Status Resolve(storage::Components& loaded) {
    std::set<ingest::NodePair> changed;
    identity::Occasion occasion{.joined_rule = changing_.rule, .parted_rule = changing_.rule};
    occasion.cause.record_id = RecordId{operation_.bytes};
    if (change_.statement) changed.insert({change_.statement->a, change_.statement->b});
    if (!change_.revoked.empty()) {
      occasion.cause.a = change_.revoked.front().a;
      occasion.cause.b = change_.revoked.front().b;
    } else if (!change_.parted.empty()) {
      occasion.cause.a = change_.parted.front().a;
      occasion.cause.b = change_.parted.front().b;
    }
    SELFSAME_ASSIGN_OR_RETURN(const identity::Resolution resolution,
                              ingest::Relink(connection_, context_, loaded,
                                             {.changed = changed,
                                              .created = {},
                                              .lifted = lifts_.back,
                                              .occasion = occasion,
                                              .operation = operation_},
                                             &linked_));
    return change_.must_join ? CheckJoined(loaded, resolution) : Status();
  }

  Status CheckJoined(const storage::Components& loaded, const identity::Resolution& resolution) {
    const identity::Edge& stated = *change_.statement;
    for (std::size_t i = 0; i < loaded.edges.size(); ++i) {
      const identity::Edge& edge = loaded.edges[i].edge;
      if (edge.a != stated.a || edge.b != stated.b || edge.strength != stated.strength) continue;
      made_.refused = resolution.refusal_of[i];
    }
    if (made_.refused == identity::Refusal::kNone || run_ == Run::kDry) return {};
    return Error{.code = ErrorCode::kFailedPrecondition,
                 .reason = "MERGE_REFUSED",
                 .message = "refused for " + std::string(identity::RefusalName(made_.refused))};
  }

  pg::BulkConnection& connection_;
  const ingest::CommitContext& context_;
  const storage::Decision& decision_;
  const Run run_;
  const Changing& changing_;
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

Pair PairOf(NodeId a, NodeId b) {
  SELFSAME_CHECK(a != b);
  return a < b ? Pair{a, b} : Pair{b, a};
}

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

Result<Made> RunChange(pg::BulkConnection& connection, const ingest::CommitContext& context,
                       const storage::Decision& decision, Run run, const Changing& changing) {
  SELFSAME_RETURN_IF_ERROR(storage::CheckDecision(decision));
  for (int tries = 0;; ++tries) {
    SELFSAME_RETURN_IF_ERROR(connection.Begin(context.where.tenant));
    auto made = Try(connection, context, decision, run, changing).Execute();
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
