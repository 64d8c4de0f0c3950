#include "server/decisions/made.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/seal.h"
#include "storage/decisions.h"

namespace selfsame::decisions {
namespace {

int PriorityOf(const identity::Ruleset& rules, const std::string& kind) {
  const identity::KindRule* rule = rules.Find(kind);
  return rule == nullptr ? rules.custom.priority : rule->priority;
}

}  // namespace

Result<std::vector<PlainIdentifier>> ReadPlain(pg::BulkConnection& connection,
                                               const ingest::CommitContext& context,
                                               const std::vector<NodeId>& nodes) {
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::SealedIdentifier> sealed,
                            storage::ReadSealedValues(connection, context.where, nodes));
  std::vector<PlainIdentifier> plain;
  for (const storage::SealedIdentifier& one : sealed) {
    SELFSAME_ASSIGN_OR_RETURN(std::string value, Unseal(context.tenant.seal_key.reveal(),
                                                        one.node.view(), one.value_sealed));
    plain.push_back({.kind = one.kind, .value = std::move(value)});
  }
  std::sort(plain.begin(), plain.end(), [&](const PlainIdentifier& a, const PlainIdentifier& b) {
    return std::tuple(PriorityOf(context.rules, a.kind), a.kind, a.value) <
           std::tuple(PriorityOf(context.rules, b.kind), b.kind, b.value);
  });
  return plain;
}

void CountMade(const ingest::IdentityCounts& counts, const ingest::CommitContext& context) {
  if (context.metrics == nullptr) return;
  ingest::CountIdentity(counts, context.metrics->ForTenant(context.tenant.name));
}

Result<std::vector<MadeProfile>> MadeProfiles(pg::BulkConnection& connection,
                                              const ingest::CommitContext& context,
                                              const ingest::Linked& linked) {
  std::vector<MadeProfile> made;
  for (const ingest::LinkedProfile& changed : linked.changed) {
    SELFSAME_ASSIGN_OR_RETURN(auto identifiers, ReadPlain(connection, context, changed.members));
    made.push_back({.profile_id = changed.profile_id,
                    .from = changed.from,
                    .identifiers = std::move(identifiers)});
  }
  return made;
}

}  // namespace selfsame::decisions
