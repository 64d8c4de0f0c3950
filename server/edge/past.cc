#include "server/edge/past.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "identity/fold.h"
#include "server/edge/past_walk.h"
#include "server/edge/profile_ref.h"
#include "storage/graph_reader.h"
#include "storage/source_trust.h"

namespace selfsame::edge {
namespace {

using storage::AsOf;
using storage::GraphNode;

constexpr int kClaimsMax = 100'000;

Error NotFound() {
  return {.code = ErrorCode::kNotFound,
          .reason = "PROFILE_NOT_FOUND",
          .message = "no profile had this identifier or id then"};
}

void FoldClaims(const std::vector<storage::NamedClaim>& named, const Caller& caller,
                const AsOf& as_of, identity::Attributes& attributes) {
  std::map<std::string, std::vector<identity::Claim>> by_name;
  for (const storage::NamedClaim& one : named) {
    if (one.claim.event_time > as_of.at) continue;
    if (UuidV7Time(one.claim.record_id.view()) > as_of.known_at) continue;
    by_name[one.attribute].push_back(one.claim);
  }
  for (const auto& [name, claims] : by_name) {
    auto folded = identity::FoldField(caller.tenant->rules->SurvivorshipOf(name), claims);
    if (folded) attributes.emplace(name, std::move(*folded));
  }
}

// Its members and what follows from them.
storage::Profile ProfileOf(const PastWalk& walk, const std::vector<NodeId>& ids) {
  storage::Profile profile;
  for (const NodeId id : ids) {
    const GraphNode& node = walk.Node(id);
    if (profile.profile_id.IsNil() || node.node.birth_id < profile.profile_id) {
      profile.profile_id = node.node.birth_id;
    }
    profile.members.push_back({.node = id,
                               .kind = node.node.kind,
                               .value_sealed = node.value_sealed,
                               .first_seen_at = node.first_seen_at,
                               .exclusion = walk.ExclusionOf(id)});
  }
  std::stable_sort(profile.members.begin(), profile.members.end(),
                   [](const auto& a, const auto& b) { return a.first_seen_at < b.first_seen_at; });
  profile.created_at = UuidV7Time(profile.profile_id.view());
  profile.updated_at = profile.created_at;
  return profile;
}

}  // namespace

Result<storage::Profile> ReadPastProfile(pg::Session& session, const Caller& caller,
                                         const storage::ProfileKey& key, const AsOf& as_of) {
  const storage::TenantShard where = WhereOf(caller);
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<storage::Profile> {
    SELFSAME_ASSIGN_OR_RETURN(const NodeId start, storage::FindNode(tx, where, key));
    PastWalk walk(tx, where, *caller.tenant->rules, as_of);
    SELFSAME_RETURN_IF_ERROR(walk.From(start));
    if (walk.Node(start).first_seen_at > as_of.known_at) return NotFound();
    const std::vector<NodeId> members = walk.MembersOf(start);
    storage::Profile profile = ProfileOf(walk, members);
    profile.activity = storage::ReadActivity(tx, where, members, as_of);
    auto claims = storage::ReadClaims(tx, where, members, "", kClaimsMax + 1);
    if (claims.size() > static_cast<std::size_t>(kClaimsMax)) return PastTooLarge();
    storage::SetTrust(tx, {where.tenant, *caller.directory, *caller.tenant->rules}, claims);
    FoldClaims(claims, caller, as_of, profile.attributes);
    return profile;
  });
}

}  // namespace selfsame::edge
