#include "server/decisions/lift.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/seal.h"
#include "storage/identifier_names.h"

namespace selfsame::decisions {
namespace {

using identity::Exclusion;
using storage::ComponentMember;
using storage::OutsideNeighbour;

Result<bool> IsBlockedNow(const ingest::CommitContext& context,
                          const storage::SealedIdentifier& identifier) {
  SELFSAME_ASSIGN_OR_RETURN(
      const std::string value,
      Unseal(context.tenant.seal_key.reveal(), identifier.node.view(), identifier.value_sealed));
  return context.rules.LinksNobody(identifier.kind, value);
}

// The links of one excluded node, as the rules see them.
struct Links {
  std::vector<const OutsideNeighbour*> all;
  std::set<NodeId> unique;          // Neighbours of unique kinds that stand for somebody.
  int names = 0;                    // Of people, that it was seen with.
  std::set<NodeId> blocked;         // Those that stand for nobody, and are not marked so yet.
  bool is_of_one_customer = false;  // Some evidence says so, if this is an anonymous id.

  bool AreTooMany() const { return all.size() >= static_cast<std::size_t>(kLiftLinksMax); }
};

Status Add(const ingest::CommitContext& context, const OutsideNeighbour& one, Links& links) {
  links.all.push_back(&one);
  const identity::KindRule* rule = context.rules.Find(one.other.kind);
  if (rule == nullptr || !rule->IsUnique()) return {};
  SELFSAME_ASSIGN_OR_RETURN(const bool is_blocked, IsBlockedNow(context, one.other));
  if (!is_blocked) {
    links.unique.insert(one.other.node);
    if (one.strength == identity::Strength::kOneCustomer) links.is_of_one_customer = true;
  } else if (one.other_exclusion != Exclusion::kBlocked) {
    links.blocked.insert(one.other.node);
  }
  return {};
}

bool IsSharedStill(const identity::KindRule* rule, const Links& links, std::size_t spare) {
  if (rule == nullptr) return false;
  if (rule->names_above > 0 && links.names > rule->names_above) return true;
  // What is about to be revoked may be all that allows one customer: then Resolve judges again.
  const int most = rule->SharedAbove(links.is_of_one_customer && spare == 0 &&
                                     rule->kind == identity::kAnonymousId);
  return most > 0 && links.unique.size() > static_cast<std::size_t>(most) + spare;
}

// Where an excluded node goes, and whom it takes along.
Status Sort(const ingest::CommitContext& context, const ComponentMember& member, const Links& links,
            std::size_t spare, ingest::HeldNodes& held, Lifts& lifts) {
  SELFSAME_ASSIGN_OR_RETURN(const bool is_blocked, IsBlockedNow(context, member.identifier));
  if (is_blocked || links.AreTooMany()) return {};
  const NodeId node = member.identifier.node;
  if (IsSharedStill(context.rules.Find(member.identifier.kind), links, spare)) {
    if (member.exclusion == Exclusion::kBlocked) lifts.shared.push_back(node);
    return {};
  }
  lifts.back.push_back(node);
  lifts.blocked.insert(lifts.blocked.end(), links.blocked.begin(), links.blocked.end());
  for (const OutsideNeighbour* one : links.all) {
    held.emplace(one->other.node, ingest::HeldNode{.standing = one->other_standing,
                                                   .exclusion = one->other_exclusion});
  }
  return {};
}

}  // namespace

Result<Lifts> FindLifts(pg::BulkConnection& connection, const ingest::CommitContext& context,
                        std::span<const ComponentMember> excluded, std::size_t spare,
                        ingest::HeldNodes& held) {
  Lifts lifts;
  if (excluded.empty()) return lifts;
  std::vector<NodeId> nodes;
  for (const ComponentMember& member : excluded) nodes.push_back(member.identifier.node);
  SELFSAME_ASSIGN_OR_RETURN(
      const std::vector<OutsideNeighbour> neighbours,
      storage::ListOutsideNeighbours(connection, context.where, nodes, kLiftLinksMax));
  std::map<NodeId, Links> links;
  for (const OutsideNeighbour& one : neighbours) {
    SELFSAME_RETURN_IF_ERROR(Add(context, one, links[one.node]));
  }
  SELFSAME_ASSIGN_OR_RETURN(const auto names,
                            storage::CountIdentifierNames(connection, context.where, nodes));
  for (const auto& [node, count] : names) links[node].names = count;
  for (const ComponentMember& member : excluded) {
    SELFSAME_RETURN_IF_ERROR(
        Sort(context, member, links[member.identifier.node], spare, held, lifts));
  }
  return lifts;
}

Result<bool> LockFor(pg::BulkConnection& connection, const ingest::CommitContext& context,
                     const Lifts& lifts, ingest::HeldNodes& held) {
  SELFSAME_ASSIGN_OR_RETURN(const bool is_locked,
                            ingest::LockComponentsOf(connection, context.where, held));
  if (!is_locked || lifts.back.empty()) return is_locked;
  SELFSAME_ASSIGN_OR_RETURN(
      const std::vector<OutsideNeighbour> neighbours,
      storage::ListOutsideNeighbours(connection, context.where, lifts.back, kLiftLinksMax));
  return std::all_of(neighbours.begin(), neighbours.end(),
                     [&](const OutsideNeighbour& one) { return held.contains(one.other.node); });
}

Status Lift(pg::BulkConnection& connection, const ingest::CommitContext& context,
            const Lifts& lifts, const ingest::HeldNodes& held) {
  std::vector<storage::NodeExclusion> exclusions;
  for (const NodeId node : lifts.back) exclusions.push_back({node, Exclusion::kNone});
  for (const NodeId node : lifts.shared) exclusions.push_back({node, Exclusion::kShared});
  for (const NodeId node : lifts.blocked) exclusions.push_back({node, Exclusion::kBlocked});
  if (exclusions.empty()) return {};
  SELFSAME_RETURN_IF_ERROR(storage::SetExclusions(connection, context.where, exclusions));
  if (!lifts.shared.empty()) {
    SELFSAME_RETURN_IF_ERROR(storage::RefuseAsShared(connection, context.where, lifts.shared));
  }
  if (lifts.back.empty()) return {};
  std::vector<NodeId> locked;
  for (const auto& [node, hold] : held) locked.push_back(node);
  return storage::ReturnEdges(connection, context.where, context.rules.activation, lifts.back,
                              locked);
}

}  // namespace selfsame::decisions
