#include "server/decisions/lift.h"

#include <map>
#include <set>

#include "base/seal.h"

namespace selfsame::decisions {
namespace {

using identity::Exclusion;

struct Seen {
  std::set<NodeId> unique;  // Neighbours of unique kinds.
  std::vector<const storage::OutsideNeighbour*> all;
};

Result<bool> IsBlockedNow(const ingest::CommitContext& context,
                          const storage::SealedIdentifier& identifier) {
  SELFSAME_ASSIGN_OR_RETURN(
      const std::string value,
      Unseal(context.tenant.seal_key.reveal(), identifier.node.view(), identifier.value_sealed));
  return context.rules.blocked->Blocks(identifier.kind, value);
}

bool IsSharedStill(const identity::KindRule* rule, const Seen& seen, std::size_t spare) {
  if (rule == nullptr || rule->shared_above == 0) return false;
  return seen.unique.size() > static_cast<std::size_t>(rule->shared_above) + spare ||
         seen.all.size() > static_cast<std::size_t>(kLiftLinksMax);
}

}  // namespace

Result<std::vector<NodeId>> FindLifts(pg::BulkConnection& connection,
                                      const ingest::CommitContext& context,
                                      std::span<const storage::ComponentMember> excluded,
                                      std::size_t spare, ingest::HeldNodes& held) {
  std::vector<NodeId> nodes;
  for (const storage::ComponentMember& member : excluded) nodes.push_back(member.identifier.node);
  if (nodes.empty()) return std::vector<NodeId>();
  SELFSAME_ASSIGN_OR_RETURN(
      const std::vector<storage::OutsideNeighbour> neighbours,
      storage::ListOutsideNeighbours(connection, context.where, nodes, kLiftLinksMax));
  std::map<NodeId, Seen> seen;
  for (const storage::OutsideNeighbour& one : neighbours) {
    const identity::KindRule* rule = context.rules.Find(one.other_kind);
    seen[one.node].all.push_back(&one);
    const bool counts = one.other_exclusion != Exclusion::kBlocked;
    if (counts && rule != nullptr && rule->IsUnique()) seen[one.node].unique.insert(one.other);
  }
  std::vector<NodeId> lifts;
  for (const storage::ComponentMember& member : excluded) {
    SELFSAME_ASSIGN_OR_RETURN(const bool is_blocked, IsBlockedNow(context, member.identifier));
    const Seen& links = seen[member.identifier.node];
    if (is_blocked || IsSharedStill(context.rules.Find(member.identifier.kind), links, spare)) {
      continue;
    }
    lifts.push_back(member.identifier.node);
    for (const storage::OutsideNeighbour* one : links.all) {
      held.emplace(one->other, ingest::HeldNode{.standing = one->other_standing,
                                                .exclusion = one->other_exclusion});
    }
  }
  return lifts;
}

Status Lift(pg::BulkConnection& connection, const ingest::CommitContext& context,
            std::span<const NodeId> nodes) {
  if (nodes.empty()) return {};
  std::vector<storage::NodeExclusion> none;
  for (const NodeId node : nodes) none.push_back({node, Exclusion::kNone});
  SELFSAME_RETURN_IF_ERROR(storage::SetExclusions(connection, context.where, none));
  return storage::ReturnEdges(connection, context.where, nodes);
}

}  // namespace selfsame::decisions
