#include "server/edge/profile_ref.h"

#include <utility>

#include "base/uuid.h"
#include "identity/node_id.h"
#include "server/edge/pool_call.h"
#include "server/ingest/canonical_identifier.h"

namespace selfsame::edge {

using profile::v1::ProfileRef;
using storage::ProfileKey;

Result<NodeId> NodeOf(const ::selfsame::ingest::v1::Identifier& identifier, const Caller& caller,
                      const std::string& field) {
  const identity::KindRule* rule = caller.tenant->rules->Find(identifier.kind());
  if (rule == nullptr) {
    return InvalidField(field + ".kind", "IDENTIFIER_KIND_UNKNOWN", "no such kind");
  }
  const std::string& region = caller.source->phone_region.empty() ? caller.tenant->phone_region
                                                                  : caller.source->phone_region;
  auto canonical = ingest::CanonicalIdentifier(rule->canonical, identifier.value(),
                                               {.default_phone_region = region});
  if (!canonical.ok()) {
    return InvalidField(field + ".value", canonical.error().reason, canonical.error().message);
  }
  return identity::NodeIdOf(caller.tenant->node_key.reveal(), identifier.kind(), *canonical);
}

Result<ProfileKey> KeyOf(const ProfileRef& ref, const Caller& caller, const std::string& field) {
  switch (ref.ref_case()) {
    case ProfileRef::kProfileId: {
      const auto id = ParseUuid(ref.profile_id());
      if (!id) return InvalidField(field + ".profile_id", "PROFILE_ID_MALFORMED", "not a UUID");
      return ProfileKey(ProfileId{*id});
    }
    case ProfileRef::kIdentifier: {
      SELFSAME_ASSIGN_OR_RETURN(const NodeId node,
                                NodeOf(ref.identifier(), caller, field + ".identifier"));
      return ProfileKey(node);
    }
    case ProfileRef::REF_NOT_SET: break;
  }
  return InvalidField(field, "PROFILE_REQUIRED", "name a profile by id or identifier");
}

}  // namespace selfsame::edge
