// Refold: attributes folded from their claims, where what is stored of a profile does not tell what
// they become.
#ifndef SELFSAME_SERVER_INGEST_REFOLD_H_
#define SELFSAME_SERVER_INGEST_REFOLD_H_

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "identity/fold.h"
#include "server/ingest/batch.h"
#include "storage/pg/bulk.h"
#include "storage/profiles.h"

namespace selfsame::ingest {

// By attribute: of which times claims are needed.
using RefoldSpans = std::map<std::string, storage::TimeSpan>;

// By profile. Requires: their components are locked or new; their claims are inserted.
using RefoldWanted = std::map<ProfileId, RefoldSpans>;

// The claims that were asked for, by profile and attribute, with the trust of their sources.
using ClaimsByName = std::map<std::string, std::vector<identity::Claim>>;
Result<std::map<ProfileId, ClaimsByName>> LoadWanted(pg::BulkConnection& connection,
                                                     const CommitContext& context,
                                                     const RefoldWanted& wanted);

// The attributes that were asked for, folded; one that nothing makes be anything is left out.
Result<std::map<ProfileId, identity::Attributes>> RefoldAttributes(pg::BulkConnection& connection,
                                                                   const CommitContext& context,
                                                                   const RefoldWanted& wanted);

// All attributes of profiles, by the members given.
using MembersOf = std::map<ProfileId, std::vector<NodeId>>;
Result<std::map<ProfileId, identity::Attributes>> RefoldProfiles(pg::BulkConnection& connection,
                                                                 const CommitContext& context,
                                                                 const MembersOf& members);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_REFOLD_H_
