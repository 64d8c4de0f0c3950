// Explanations as IdentityService replies them.
#ifndef SELFSAME_SERVER_EDGE_EXPLAIN_H_
#define SELFSAME_SERVER_EDGE_EXPLAIN_H_

#include "base/result.h"
#include "selfsame/identity/v1/identity.pb.h"
#include "server/edge/auth.h"
#include "storage/pg/session.h"

namespace selfsame::edge {

// Errors of both: as KeyOf and NodeOf (profile_ref.h); kNotFound PROFILE_NOT_FOUND;
// kFailedPrecondition PROFILE_TOO_LARGE; kInternal SEAL_BROKEN; as Session::InTransaction.
// ExplainProfile besides: kInvalidArgument NOT_ONE_PROFILE for ends that are not of the profile.
Status ExplainProfile(pg::Session& session, const Caller& caller,
                      const identity::v1::ExplainProfileRequest& request,
                      identity::v1::ExplainProfileResponse* response);
// Besides: kInvalidArgument ATTRIBUTE_REQUIRED.
Status ExplainAttribute(pg::Session& session, const Caller& caller,
                        const identity::v1::ExplainAttributeRequest& request,
                        identity::v1::ExplainAttributeResponse* response);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_EXPLAIN_H_
