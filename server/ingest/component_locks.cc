#include "server/ingest/component_locks.h"

#include <algorithm>
#include <vector>

namespace selfsame::ingest {
namespace {

using Holds = std::map<ComponentId, Hold>;

// Runs of components that are held alike, in the order of their ids: one statement can lock in one
// way only, and nobody may lock out of order. Returns how those are held that are there still.
Result<Holds> LockInOrder(pg::BulkConnection& connection, const storage::TenantShard& where,
                          const Holds& holds) {
  Holds locked;
  std::vector<ComponentId> run;
  for (auto at = holds.begin(); at != holds.end();) {
    const Hold hold = at->second;
    run.clear();
    for (; at != holds.end() && at->second == hold; ++at) run.push_back(at->first);
    SELFSAME_ASSIGN_OR_RETURN(const std::vector<ComponentId> there,
                              hold == Hold::kExclusive
                                  ? storage::LockComponents(connection, where, run)
                                  : storage::LockComponentsShared(connection, where, run));
    for (const ComponentId component : there) locked[component] = hold;
  }
  return locked;
}

}  // namespace

Result<bool> LockComponentsOf(pg::BulkConnection& connection, const storage::TenantShard& where,
                              HeldNodes& nodes) {
  if (nodes.empty()) return true;
  Holds wanted;
  std::vector<NodeId> ids;
  for (const auto& [node, held] : nodes) {
    if (held.is_born) continue;
    Hold& hold = wanted.try_emplace(held.standing.component_id, held.hold).first->second;
    hold = std::max(hold, held.hold);
    ids.push_back(node);
  }
  if (ids.empty()) return true;
  SELFSAME_ASSIGN_OR_RETURN(const Holds holds, LockInOrder(connection, where, wanted));
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::KnownIdentifier> now,
                            storage::FindIdentifiers(connection, where, ids));
  if (now.size() != ids.size()) return false;  // One of them is not there any more.
  for (const storage::KnownIdentifier& identifier : now) {
    HeldNode& held = nodes[identifier.node];
    const auto locked = holds.find(identifier.standing.component_id);
    if (locked == holds.end() || locked->second < held.hold) return false;
    if (identifier.exclusion != held.exclusion) return false;
    held.standing = identifier.standing;
  }
  return true;
}

}  // namespace selfsame::ingest
