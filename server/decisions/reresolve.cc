#include "server/decisions/reresolve.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/seal.h"
#include "base/uuid.h"
#include "server/decisions/lift.h"
#include "server/ingest/component_locks.h"
#include "server/ingest/profile_writer.h"
#include "server/ingest/relink.h"
#include "storage/identifier_names.h"

namespace selfsame::decisions {
namespace {

using identity::Exclusion;
using storage::ComponentMember;

constexpr int kTriesMax = 32;
constexpr const char* kRulesetChanged = "RULESET_CHANGED";

Error OperationNotFound() {
  return {.code = ErrorCode::kNotFound,
          .reason = "OPERATION_NOT_FOUND",
          .message = "no batch of reresolve has this id"};
}

// Some components, resolved anew within an open transaction.
class Page {
 public:
  Page(pg::BulkConnection& connection, const ingest::CommitContext& context, EventUuid batch)
      : connection_(connection), context_(context), batch_(batch) {}

  // False when others changed the components first.
  Result<bool> Resolve(std::span<const ComponentId> components) {
    SELFSAME_ASSIGN_OR_RETURN(
        members_, storage::ListComponentMembers(connection_, context_.where, components));
    SELFSAME_RETURN_IF_ERROR(FindBlocked());
    SELFSAME_RETURN_IF_ERROR(FindCrowded());
    SELFSAME_RETURN_IF_ERROR(Hold());
    SELFSAME_ASSIGN_OR_RETURN(const bool are_held, LockFor(connection_, context_, lifts_, held_));
    if (!are_held) return false;
    if (!leaving_.empty()) {
      SELFSAME_RETURN_IF_ERROR(storage::SetExclusions(connection_, context_.where, leaving_));
    }
    SELFSAME_RETURN_IF_ERROR(Lift(connection_, context_, lifts_, held_));
    SELFSAME_RETURN_IF_ERROR(Relink());
    RefoldTheRest();
    SELFSAME_ASSIGN_OR_RETURN(const ingest::Written written,
                              ingest::WriteProfiles(connection_, context_, linked_, {}, {}));
    counts_ = ingest::CountsOf(linked_, written.created);
    return true;
  }

  // What joined or parted; profiles that were only folded anew are none of these.
  Result<std::vector<MadeProfile>> Made() const {
    ingest::Linked moved;
    std::copy(linked_.changed.begin(), linked_.changed.begin() + static_cast<long>(moved_),
              std::back_inserter(moved.changed));
    return MadeProfiles(connection_, context_, moved);
  }

  const ingest::IdentityCounts& counts() const { return counts_; }

 private:
  Status FindBlocked() {
    for (const ComponentMember& member : members_) {
      if (member.exclusion == Exclusion::kBlocked) continue;
      SELFSAME_ASSIGN_OR_RETURN(const std::string value, Unseal(context_.tenant.seal_key.reveal(),
                                                                member.identifier.node.view(),
                                                                member.identifier.value_sealed));
      if (!context_.rules.LinksNobody(member.identifier.kind, value)) continue;
      leaving_.push_back({member.identifier.node, Exclusion::kBlocked});
    }
    return {};
  }

  // Identifiers that have been seen with more names than the rules of now allow one person.
  Status FindCrowded() {
    std::vector<NodeId> nodes;
    for (const ComponentMember& member : members_) {
      const identity::KindRule* rule = context_.rules.Find(member.identifier.kind);
      const bool is_counted = rule != nullptr && rule->names_above > 0;
      if (is_counted && member.exclusion == Exclusion::kNone)
        nodes.push_back(member.identifier.node);
    }
    if (nodes.empty()) return {};
    SELFSAME_ASSIGN_OR_RETURN(const auto names,
                              storage::CountIdentifierNames(connection_, context_.where, nodes));
    for (const ComponentMember& member : members_) {
      const auto count = names.find(member.identifier.node);
      if (count == names.end() || IsLeaving(member.identifier.node)) continue;
      if (count->second > context_.rules.Find(member.identifier.kind)->names_above) {
        leaving_.push_back({member.identifier.node, Exclusion::kShared});
      }
    }
    return {};
  }

  bool IsLeaving(NodeId node) const {
    return std::any_of(leaving_.begin(), leaving_.end(),
                       [&](const storage::NodeExclusion& one) { return one.node == node; });
  }

  Status Hold() {
    std::vector<ComponentMember> excluded;
    for (const ComponentMember& member : members_) {
      held_[member.identifier.node] = {.standing = member.standing, .exclusion = member.exclusion};
      if (member.exclusion != Exclusion::kNone) excluded.push_back(member);
    }
    SELFSAME_ASSIGN_OR_RETURN(lifts_, FindLifts(connection_, context_, excluded, 0, held_));
    return {};
  }

  Status Relink() {
    std::set<ComponentId> components;
    for (const auto& [node, held] : held_) components.insert(held.standing.component_id);
    const std::vector<ComponentId> ordered(components.begin(), components.end());
    SELFSAME_ASSIGN_OR_RETURN(storage::Components loaded,
                              storage::LoadComponents(connection_, context_.where, ordered));
    identity::Occasion occasion{.joined_rule = kRulesetChanged, .parted_rule = kRulesetChanged};
    occasion.cause.record_id = RecordId{batch_.bytes};
    SELFSAME_ASSIGN_OR_RETURN(const identity::Resolution resolution,
                              ingest::Relink(connection_, context_, loaded,
                                             {.changed = {},
                                              .created = {},
                                              .lifted = lifts_.back,
                                              .occasion = occasion,
                                              .operation = batch_,
                                              .judges_all = true},
                                             &linked_));
    moved_ = linked_.changed.size();
    for (std::size_t i = 0; i < loaded.nodes.size(); ++i) {
      by_profile_[resolution.profile_of[i]].push_back(loaded.nodes[i].id);
    }
    return {};
  }

  // Rules about attributes may have changed as well.
  void RefoldTheRest() {
    for (ingest::LinkedProfile& changed : linked_.changed) {
      changed.is_refold = true;
      by_profile_.erase(changed.profile_id);
    }
    for (auto& [profile, members] : by_profile_) {
      linked_.changed.push_back({.profile_id = profile,
                                 .from = {profile},
                                 .members = std::move(members),
                                 .is_refold = true,
                                 .is_same = true});
    }
  }

  pg::BulkConnection& connection_;
  const ingest::CommitContext& context_;
  const EventUuid batch_;
  std::vector<ComponentMember> members_;
  std::vector<storage::NodeExclusion> leaving_;  // By the rules of now: blocked, or crowded.
  Lifts lifts_;
  ingest::HeldNodes held_;
  ingest::Linked linked_;
  ingest::IdentityCounts counts_;
  std::size_t moved_ = 0;  // How many of linked_.changed have other members than before.
  std::map<ProfileId, std::vector<NodeId>> by_profile_;
};

ingest::CommitContext WithRules(const ingest::CommitContext& context,
                                const identity::Ruleset& rules) {
  return {.tenant = context.tenant,
          .directory = context.directory,
          .rules = rules,
          .cache = context.cache,
          .where = context.where,
          .now = context.now,
          .counts_quality = context.counts_quality,
          .metrics = context.metrics};
}

// In a transaction of its own, which `body` wants kept when it returns true.
template <typename Body>
Status InTransaction(pg::BulkConnection& connection, TenantId tenant, Body body) {
  SELFSAME_RETURN_IF_ERROR(connection.Begin(tenant));
  Result<bool> keep = body();
  if (keep.ok() && *keep) return connection.Commit();
  if (connection.IsUsable()) SELFSAME_RETURN_IF_ERROR(connection.Rollback());
  return ToStatus(keep);
}

Error NotInForce(int version) {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "RULESET_NOT_IN_FORCE",
          .message = "ruleset " + std::to_string(version) + " is in force"};
}

Error Settling() {
  return {.code = ErrorCode::kUnavailable,
          .reason = "RULESET_SETTLING",
          .message = "not every server goes by this ruleset yet",
          .retry_after = std::chrono::seconds(1)};
}

Status CheckInForce(const storage::InForce& active, int version) {
  if (active.version != version) return NotInForce(active.version);
  return active.age < kSettleWait ? Status(Settling()) : Status();
}

// Resolves a page of components after `after` in a transaction, again where others were first;
// `note` runs before COMMIT.
template <typename Note>
Status ResolvePage(pg::BulkConnection& connection, const ingest::CommitContext& context, Run run,
                   ComponentId after, ReresolvePage& page, Note note) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    bool is_done = false;
    ingest::IdentityCounts counts;
    const auto body = [&]() -> Result<bool> {
      SELFSAME_ASSIGN_OR_RETURN(
          const std::vector<ComponentId> components,
          storage::ListComponents(connection, context.where, after, kComponentsAPage));
      page.components = components.size();
      page.is_last = components.size() < static_cast<std::size_t>(kComponentsAPage);
      if (!components.empty()) page.next = components.back();
      Page work(connection, context, page.batch);
      SELFSAME_ASSIGN_OR_RETURN(is_done, work.Resolve(components));
      if (!is_done) return false;
      counts = work.counts();
      SELFSAME_ASSIGN_OR_RETURN(page.profiles, work.Made());
      if (run == Run::kDry) return false;
      SELFSAME_RETURN_IF_ERROR(note());
      // Whoever activates another one meanwhile resolves what is written here by it, later.
      SELFSAME_ASSIGN_OR_RETURN(const storage::InForce active,
                                storage::FindInForce(connection, context.where));
      SELFSAME_RETURN_IF_ERROR(CheckInForce(active, context.rules.version));
      return true;
    };
    const Status done = InTransaction(connection, context.where.tenant, body);
    if (!done.ok() && done.error().code != ErrorCode::kAborted) return done;
    if (!done.ok() || !is_done) continue;
    if (run == Run::kReal) CountMade(counts, context);
    return {};
  }
  return Error{.code = ErrorCode::kAborted,
               .reason = "SERIALIZATION",
               .message = "identity components keep changing"};
}

// The batch of an operation that must be a reresolve.
Result<storage::Operation> FindBatch(pg::BulkConnection& connection,
                                     const ingest::CommitContext& context, EventUuid id) {
  SELFSAME_ASSIGN_OR_RETURN(auto batch, storage::FindOperation(connection, context.where, id));
  if (!batch || batch->kind != storage::OperationKind::kReresolve) return OperationNotFound();
  return *std::move(batch);
}

}  // namespace

Result<ReresolvePage> Reresolve(pg::BulkConnection& connection,
                                const ingest::CommitContext& context,
                                const storage::Decision& decision, Run run,
                                const ReresolveRequest& request) {
  SELFSAME_RETURN_IF_ERROR(storage::CheckDecision(decision));
  const bool is_first = request.batch.IsNil();
  ReresolvePage page{.batch = is_first ? NewUuidV7<EventUuid>(context.now) : request.batch};
  std::shared_ptr<const identity::Ruleset> rules;
  const auto prepare = [&]() -> Result<bool> {
    SELFSAME_ASSIGN_OR_RETURN(rules,
                              storage::LoadRuleset(connection, context.where, request.version));
    if (run == Run::kDry) return false;
    SELFSAME_ASSIGN_OR_RETURN(const storage::InForce active,
                              storage::FindInForce(connection, context.where));
    SELFSAME_RETURN_IF_ERROR(CheckInForce(active, request.version));
    if (!is_first) {
      SELFSAME_ASSIGN_OR_RETURN(const auto batch, FindBatch(connection, context, request.batch));
      if (batch.to_version != request.version) return OperationNotFound();
      return false;
    }
    SELFSAME_ASSIGN_OR_RETURN(const int before,
                              storage::FindVersionBefore(connection, context.where));
    SELFSAME_RETURN_IF_ERROR(storage::InsertOperation(connection, context.where, context.now,
                                                      {.id = page.batch,
                                                       .kind = storage::OperationKind::kReresolve,
                                                       .decision = decision,
                                                       .from_version = before,
                                                       .to_version = request.version}));
    return true;
  };
  SELFSAME_RETURN_IF_ERROR(InTransaction(connection, context.where.tenant, prepare));
  const auto nothing = [] { return Status(); };
  SELFSAME_RETURN_IF_ERROR(
      ResolvePage(connection, WithRules(context, *rules), run, request.after, page, nothing));
  return page;
}

Result<ReresolvePage> RollBackReresolve(pg::BulkConnection& connection,
                                        const ingest::CommitContext& context,
                                        const storage::Decision& decision,
                                        const RollBackRequest& request) {
  SELFSAME_RETURN_IF_ERROR(storage::CheckDecision(decision));
  ReresolvePage page{.batch = NewUuidV7<EventUuid>(context.now)};
  std::shared_ptr<const identity::Ruleset> rules;
  bool is_activated_now = false;
  const auto prepare = [&]() -> Result<bool> {
    SELFSAME_ASSIGN_OR_RETURN(const auto batch, FindBatch(connection, context, request.batch));
    SELFSAME_ASSIGN_OR_RETURN(rules,
                              storage::LoadRuleset(connection, context.where, batch.from_version));
    SELFSAME_ASSIGN_OR_RETURN(const storage::InForce active,
                              storage::FindInForce(connection, context.where));
    is_activated_now = active.version == batch.to_version && request.after.IsNil();
    if (!is_activated_now) {
      SELFSAME_RETURN_IF_ERROR(CheckInForce(active, batch.from_version));
      return false;
    }
    SELFSAME_RETURN_IF_ERROR(
        storage::ActivateWithin(connection, context.where, batch.from_version, decision));
    return true;
  };
  SELFSAME_RETURN_IF_ERROR(InTransaction(connection, context.where.tenant, prepare));
  if (is_activated_now) return Settling();
  // Each page is a decision of its own in the history.
  const auto note = [&] {
    return storage::InsertOperation(connection, context.where, context.now,
                                    {.id = page.batch,
                                     .kind = storage::OperationKind::kRollBack,
                                     .decision = decision,
                                     .to_version = rules->version});
  };
  SELFSAME_RETURN_IF_ERROR(
      ResolvePage(connection, WithRules(context, *rules), Run::kReal, request.after, page, note));
  return page;
}

}  // namespace selfsame::decisions
