// How requests name profiles and identifiers, and what they mean to storage.
#ifndef SELFSAME_SERVER_EDGE_PROFILE_REF_H_
#define SELFSAME_SERVER_EDGE_PROFILE_REF_H_

#include <string>

#include "base/result.h"
#include "selfsame/profile/v1/profile.pb.h"
#include "server/edge/auth.h"
#include "storage/profile_reader.h"
#include "storage/tenant_shard.h"

namespace selfsame::edge {

// The node of an identifier, by its canonical form. `field` names it in errors.
// Errors: kInvalidArgument IDENTIFIER_KIND_UNKNOWN, or as ingest::CanonicalIdentifier.
Result<NodeId> NodeOf(const ::selfsame::ingest::v1::Identifier& identifier, const Caller& caller,
                      const std::string& field);

// Errors: kInvalidArgument PROFILE_REQUIRED, PROFILE_ID_MALFORMED, or as NodeOf.
Result<storage::ProfileKey> KeyOf(const profile::v1::ProfileRef& ref, const Caller& caller,
                                  const std::string& field = "profile");

inline storage::TenantShard WhereOf(const Caller& caller) {
  return {caller.tenant->shard, caller.tenant->id};
}

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_PROFILE_REF_H_
