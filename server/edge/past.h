// The past: a profile as it was at an event time, or as it was known at a time of receipt. Nothing
// is stored for it: evidence, claims and decisions all have their times, and are resolved and
// folded again without what is later.
#ifndef SELFSAME_SERVER_EDGE_PAST_H_
#define SELFSAME_SERVER_EDGE_PAST_H_

#include "base/result.h"
#include "server/edge/auth.h"
#include "storage/pg/session.h"
#include "storage/profile_reader.h"

namespace selfsame::edge {

// By the ruleset of now. Its revision is 0. An identifier that was not known yet has no profile.
// Errors: kNotFound PROFILE_NOT_FOUND; kFailedPrecondition PROFILE_TOO_LARGE; as
// Session::InTransaction.
Result<storage::Profile> ReadPastProfile(pg::Session& session, const Caller& caller,
                                         const storage::ProfileKey& key,
                                         const storage::AsOf& as_of);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_PAST_H_
