#include "server/edge/reflection_service.h"

#include <google/rpc/error_details.pb.h>

#include <utility>

#include "grpc/health/v1/health.pb.h"
#include "server/edge/status.h"
#include "server/schema/contract_files.h"

namespace selfsame::edge {
namespace {

using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;

void SetError(const Error& error, ServerReflectionResponse* response) {
  auto* answer = response->mutable_error_response();
  answer->set_error_code(static_cast<int>(GrpcStatus(error, "").error_code()));
  answer->set_error_message(error.message);
}

void SetFiles(Result<schema::ContractFiles> files, ServerReflectionResponse* response) {
  if (!files.ok()) return SetError(files.error(), response);
  for (std::string& file : *files) {
    response->mutable_file_descriptor_response()->add_file_descriptor_proto(std::move(file));
  }
}

void SetNumbers(const std::string& message, ServerReflectionResponse* response) {
  const auto numbers = schema::ContractExtensionNumbers(message);
  if (!numbers.ok()) return SetError(numbers.error(), response);
  auto* answer = response->mutable_all_extension_numbers_response();
  answer->set_base_type_name(message);
  answer->mutable_extension_number()->Add(numbers->begin(), numbers->end());
}

void SetServices(const std::vector<std::string>& services, ServerReflectionResponse* response) {
  auto* answer = response->mutable_list_services_response();
  for (const std::string& service : services) answer->add_service()->set_name(service);
}

ServerReflectionResponse Answer(const ServerReflectionRequest& request,
                                const std::vector<std::string>& services) {
  ServerReflectionResponse response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case ServerReflectionRequest::kFileByFilename:
      SetFiles(schema::ContractFile(request.file_by_filename()), &response);
      break;
    case ServerReflectionRequest::kFileContainingSymbol:
      SetFiles(schema::ContractFileOfSymbol(request.file_containing_symbol()), &response);
      break;
    case ServerReflectionRequest::kFileContainingExtension: {
      const auto& extension = request.file_containing_extension();
      SetFiles(schema::ContractFileOfExtension(extension.containing_type(),
                                               extension.extension_number()),
               &response);
      break;
    }
    case ServerReflectionRequest::kAllExtensionNumbersOfType:
      SetNumbers(request.all_extension_numbers_of_type(), &response);
      break;
    case ServerReflectionRequest::kListServices: SetServices(services, &response); break;
    case ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      SetError({.code = ErrorCode::kInvalidArgument,
                .reason = "REQUEST_MALFORMED",
                .message = "expected one of the requests of grpc.reflection.v1"},
               &response);
      break;
  }
  return response;
}

grpc::Status Exhausted(const char* message) {
  return {grpc::StatusCode::RESOURCE_EXHAUSTED, message};
}

}  // namespace

// Read, answer, read again: gRPC calls one On...Done at a time. Deletes itself when gRPC is done.
class ReflectionService::Call final
    : public grpc::ServerBidiReactor<ServerReflectionRequest, ServerReflectionResponse> {
 public:
  Call(ReflectionService& service, const grpc::CallbackServerContext& context)
      : service_(service), context_(context) {}

  void Begin(bool has_place) {
    if (!has_place) return Finish(Exhausted("too many open reflection streams; try again later"));
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(context_.IsCancelled() ? grpc::Status::CANCELLED : grpc::Status::OK);
    if (++requests_ > kReflectionRequestsMax) {
      return Finish(Exhausted("too many requests on one reflection stream; open another"));
    }
    if (request_.ByteSizeLong() > kReflectionRequestBytesMax) {
      return Finish({grpc::StatusCode::INVALID_ARGUMENT, "the reflection request is too large"});
    }
    response_ = Answer(request_, service_.services_);
    StartWrite(&response_);
  }

  // A client that reads no answers gets no further request read.
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }

  void OnDone() override {
    --service_.open_;
    delete this;
  }

 private:
  ReflectionService& service_;
  const grpc::CallbackServerContext& context_;
  int requests_ = 0;
  ServerReflectionRequest request_;
  ServerReflectionResponse response_;
};

grpc::ServerBidiReactor<ServerReflectionRequest, ServerReflectionResponse>*
ReflectionService::ServerReflectionInfo(grpc::CallbackServerContext* context) {
  // The linker leaves out generated code that is not used, and its file would be in no answer.
  grpc::health::v1::HealthCheckRequest::descriptor();
  google::rpc::RetryInfo::descriptor();
  auto* call = new Call(*this, *context);
  call->Begin(open_.fetch_add(1) < kReflectionStreamsMax);
  return call;
}

}  // namespace selfsame::edge
