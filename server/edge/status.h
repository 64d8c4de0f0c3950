// Errors as gRPC knows them: the one place where our codes become gRPC's. Internal text never
// leaves; the request id does.
#ifndef SELFSAME_SERVER_EDGE_STATUS_H_
#define SELFSAME_SERVER_EDGE_STATUS_H_

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "google/rpc/status.pb.h"

namespace selfsame::edge {

// A fresh id that the reply and the log lines of one request share.
std::string NewRequestId();

// With google.rpc.ErrorInfo (reason, domain "selfsame", request_id), and BadRequest and RetryInfo
// where the error has violations or advice. Of kInternal errors only the request id is told.
google::rpc::Status RpcStatus(const Error& error, std::string_view request_id);

// The same as the status of a call.
grpc::Status GrpcStatus(const Error& error, std::string_view request_id);

// The numeric gRPC code of an error.
int GrpcCode(ErrorCode code);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_STATUS_H_
