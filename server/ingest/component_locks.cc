#include "server/ingest/component_locks.h"

#include <algorithm>
#include <vector>

namespace selfsame::ingest {
namespace {

using Holds = std::map<ComponentId, Hold>;

// Runs of components that are held alike, in the order of their ids: one statement can lock in one
// way only, and nobody may lock out of order.
Status LockInOrder(pg::BulkConnection& connection, const storage::TenantShard& where,
                   const Holds& holds) {
  std::vector<ComponentId> run;
  for (auto at = holds.begin(); at != holds.end();) {
    const Hold hold = at->second;
    run.clear();
    for (; at != holds.end() && at->second == hold; ++at) run.push_back(at->first);
    SELFSAME_RETURN_IF_ERROR(hold == Hold::kExclusive
                                 ? storage::LockComponents(connection, where, run)
                                 : storage::LockComponentsShared(connection, where, run));
  }
  return {};
}

}  // namespace

Result<bool> LockComponentsOf(pg::BulkConnection& connection, const storage::TenantShard& where,
                              HeldNodes& nodes) {
  if (nodes.empty()) return true;
  Holds holds;
  std::vector<NodeId> ids;
  for (const auto& [node, held] : nodes) {
    Hold& hold = holds.try_emplace(held.standing.component_id, held.hold).first->second;
    hold = std::max(hold, held.hold);
    ids.push_back(node);
  }
  SELFSAME_RETURN_IF_ERROR(LockInOrder(connection, where, holds));
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::KnownIdentifier> now,
                            storage::FindIdentifiers(connection, where, ids));
  for (const storage::KnownIdentifier& identifier : now) {
    HeldNode& held = nodes.at(identifier.node);
    const auto locked = holds.find(identifier.standing.component_id);
    if (locked == holds.end() || locked->second < held.hold) return false;
    if (identifier.exclusion != held.exclusion) return false;
    held.standing = identifier.standing;
  }
  return true;
}

}  // namespace selfsame::ingest
