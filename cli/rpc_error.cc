#include "cli/rpc_error.h"

#include <grpcpp/support/status.h>

#include "google/rpc/error_details.pb.h"

namespace selfsame::cli {
namespace {

// A status code of gRPC; a code of a later protocol counts as internal.
ErrorCode CodeOf(int code) {
  switch (static_cast<grpc::StatusCode>(code)) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE: return ErrorCode::kInvalidArgument;
    case grpc::StatusCode::UNAUTHENTICATED: return ErrorCode::kUnauthenticated;
    case grpc::StatusCode::PERMISSION_DENIED: return ErrorCode::kPermissionDenied;
    case grpc::StatusCode::NOT_FOUND: return ErrorCode::kNotFound;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::UNIMPLEMENTED: return ErrorCode::kFailedPrecondition;
    case grpc::StatusCode::RESOURCE_EXHAUSTED: return ErrorCode::kResourceExhausted;
    case grpc::StatusCode::CANCELLED:  // A server that shuts down cancels what it still serves.
    case grpc::StatusCode::UNAVAILABLE: return ErrorCode::kUnavailable;
    case grpc::StatusCode::ABORTED: return ErrorCode::kAborted;
    case grpc::StatusCode::DEADLINE_EXCEEDED: return ErrorCode::kDeadlineExceeded;
    case grpc::StatusCode::OK:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::DATA_LOSS:
    case grpc::StatusCode::DO_NOT_USE: return ErrorCode::kInternal;
  }
  return ErrorCode::kInternal;
}

void TakeDetail(const google::protobuf::Any& detail, Error& error) {
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  google::rpc::BadRequest bad_request;
  if (detail.UnpackTo(&info)) {
    error.reason = info.reason();
  } else if (detail.UnpackTo(&retry)) {
    error.retry_after = std::chrono::milliseconds(retry.retry_delay().seconds() * 1'000 +
                                                  retry.retry_delay().nanos() / 1'000'000);
  } else if (detail.UnpackTo(&bad_request)) {
    for (const auto& violation : bad_request.field_violations()) {
      error.violations.push_back({violation.field(), "", violation.description()});
    }
  }
}

// Said by gRPC itself, which gives no details: only its words tell this from a busy front.
bool IsTooLarge(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
         status.error_details().empty() &&
         status.error_message().find("larger than max") != std::string::npos;
}

}  // namespace

Error ErrorOf(const google::rpc::Status& status) {
  Error error{.code = CodeOf(status.code()), .message = status.message()};
  for (const auto& detail : status.details()) TakeDetail(detail, error);
  return error;
}

// gRPC carries a google.rpc.Status in the details of its own.
Error ErrorOf(const grpc::Status& status) {
  if (IsTooLarge(status)) {
    return {.code = ErrorCode::kInvalidArgument,
            .reason = kMessageTooLarge,
            .message =
                "the message is larger than the server or this client takes; send fewer or "
                "smaller records in a call (gRPC: " +
                status.error_message() + ")"};
  }
  google::rpc::Status rich;
  if (!rich.ParseFromString(status.error_details())) rich.Clear();
  rich.set_code(status.error_code());
  rich.set_message(status.error_message());
  return ErrorOf(rich);
}

bool MayRetry(ErrorCode code) {
  switch (code) {
    case ErrorCode::kResourceExhausted:
    case ErrorCode::kUnavailable:
    case ErrorCode::kAborted:
    case ErrorCode::kInDoubt:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kInternal: return true;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kNotFound:
    case ErrorCode::kFailedPrecondition: return false;
  }
  return false;
}

}  // namespace selfsame::cli
