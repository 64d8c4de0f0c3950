#include "server/edge/status.h"

#include <chrono>

#include "base/time.h"
#include "base/uuid.h"
#include "google/rpc/error_details.pb.h"

namespace selfsame::edge {
namespace {

using RequestId = Id128<struct RequestTag>;

grpc::StatusCode CodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kUnauthenticated: return grpc::StatusCode::UNAUTHENTICATED;
    case ErrorCode::kPermissionDenied: return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorCode::kNotFound: return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::kFailedPrecondition: return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorCode::kResourceExhausted: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorCode::kUnavailable: return grpc::StatusCode::UNAVAILABLE;
    // A race that the caller lost: it has to look again. Ingestion tries again by itself.
    case ErrorCode::kAborted: return grpc::StatusCode::ABORTED;
    // Settled by sending the same keys again.
    case ErrorCode::kInDoubt: return grpc::StatusCode::UNAVAILABLE;
    case ErrorCode::kDeadlineExceeded: return grpc::StatusCode::DEADLINE_EXCEEDED;
    case ErrorCode::kInternal: return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

void AddBadRequest(const Error& error, google::rpc::Status* status) {
  google::rpc::BadRequest bad_request;
  for (const Violation& violation : error.violations) {
    auto* added = bad_request.add_field_violations();
    added->set_field(violation.field);
    added->set_description(violation.reason + ": " + violation.message);
  }
  status->add_details()->PackFrom(bad_request);
}

void AddRetryInfo(std::chrono::milliseconds after, google::rpc::Status* status) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(after.count() / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int>(after.count() % 1000 * 1'000'000));
  status->add_details()->PackFrom(retry);
}

}  // namespace

std::string NewRequestId() { return FormatUuid(NewUuidV7<RequestId>(Now())); }

int GrpcCode(ErrorCode code) { return CodeOf(code); }

google::rpc::Status RpcStatus(const Error& error, std::string_view request_id) {
  google::rpc::Status status;
  const bool is_internal = error.code == ErrorCode::kInternal;
  status.set_code(CodeOf(error.code));
  status.set_message(is_internal ? "internal error" : error.message);
  google::rpc::ErrorInfo info;
  info.set_reason(is_internal ? "INTERNAL" : error.reason);
  info.set_domain("selfsame");
  (*info.mutable_metadata())["request_id"] = std::string(request_id);
  status.add_details()->PackFrom(info);
  if (!error.violations.empty()) AddBadRequest(error, &status);
  if (error.retry_after.count() > 0) AddRetryInfo(error.retry_after, &status);
  return status;
}

grpc::Status GrpcStatus(const Error& error, std::string_view request_id) {
  const google::rpc::Status status = RpcStatus(error, request_id);
  return grpc::Status(CodeOf(error.code), status.message(), status.SerializeAsString());
}

}  // namespace selfsame::edge
