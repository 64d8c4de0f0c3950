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

namespace selfsame::ingest {

// Since when the claims of an attribute are needed; kAllClaims for all of them.
inline constexpr TimeUs kAllClaims{-62'135'596'800'000'000};  // 0001-01-01.
using RefoldSince = std::map<std::string, TimeUs>;

// By profile. Requires: their components are locked or new; their claims are inserted.
using RefoldWanted = std::map<ProfileId, RefoldSince>;

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
