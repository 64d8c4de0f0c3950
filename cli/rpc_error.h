// What a server said of a failed call, as our Error.
#ifndef SELFSAME_CLI_RPC_ERROR_H_
#define SELFSAME_CLI_RPC_ERROR_H_

#include "base/error.h"
#include "google/rpc/status.pb.h"

namespace grpc {
class Status;
}

namespace selfsame::cli {

// MESSAGE_TOO_LARGE: gRPC refused a message over the size limit, here or there. It says so with
// RESOURCE_EXHAUSTED, as a server does that is busy; but the same message never gets through.
inline constexpr const char* kMessageTooLarge = "MESSAGE_TOO_LARGE";

// The error of a failed call: code, message, and of the details the reason, the advice when to
// retry, and the violations. Requires: the status is not OK.
Error ErrorOf(const grpc::Status& status);

// The same for one request within a stream.
Error ErrorOf(const google::rpc::Status& status);

// Whether the same call may succeed later, unchanged.
bool MayRetry(ErrorCode code);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_RPC_ERROR_H_
