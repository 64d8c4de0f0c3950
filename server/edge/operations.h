// What people decided, as IdentityService lists it.
#ifndef SELFSAME_SERVER_EDGE_OPERATIONS_H_
#define SELFSAME_SERVER_EDGE_OPERATIONS_H_

#include "base/result.h"
#include "selfsame/identity/v1/identity.pb.h"
#include "server/edge/auth.h"
#include "storage/pg/session.h"

namespace selfsame::edge {

// Errors: kInvalidArgument PAGE_TOKEN_MALFORMED, PAGE_SIZE_OUT_OF_RANGE, or as KeyOf
// (profile_ref.h); kNotFound PROFILE_NOT_FOUND; kInternal SEAL_BROKEN; as Session::InTransaction.
Status ListOperations(pg::Session& session, const Caller& caller,
                      const identity::v1::ListOperationsRequest& request,
                      identity::v1::ListOperationsResponse* response);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_OPERATIONS_H_
