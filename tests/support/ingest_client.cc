#include "tests/support/ingest_client.h"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/impl/codegen/client_unary_call.h>

#include <utility>

#include "base/check.h"
#include "selfsame/identity/v1/identity.grpc.pb.h"
#include "selfsame/ingest/v1/ingest.grpc.pb.h"
#include "selfsame/profile/v1/profile.grpc.pb.h"
#include "tests/support/rpc_channel.h"

namespace selfsame::test {
namespace {

constexpr const char* kTrackEvents = "/selfsame.ingest.v1.IngestService/TrackEvents";
constexpr const char* kUpdateProfiles = "/selfsame.ingest.v1.IngestService/UpdateProfiles";
constexpr const char* kStream = "/selfsame.ingest.v1.IngestService/Stream";

std::chrono::milliseconds Milliseconds(const google::protobuf::Duration& duration) {
  return std::chrono::seconds(duration.seconds()) +
         std::chrono::milliseconds(duration.nanos() / 1'000'000);
}

RpcStatus StatusOf(const grpc::Status& status) {
  RpcStatus decoded;
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) decoded = DecodeStatus(details);
  decoded.code = static_cast<RpcCode>(status.error_code());
  decoded.message = status.error_message();
  return decoded;
}

// Any bytes to any unary method.
template <typename Response>
Reply<Response> CallWithBytes(grpc::ChannelInterface* channel, const char* method,
                              grpc::ClientContext* context, const std::string& request) {
  Reply<Response> reply;
  const grpc::ByteBuffer bytes = ToByteBuffer(request);
  reply.status = StatusOf(grpc::internal::BlockingUnaryCall(
      channel, grpc::internal::RpcMethod(method, grpc::internal::RpcMethod::NORMAL_RPC), context,
      bytes, &reply.response));
  return reply;
}

}  // namespace

RpcStatus DecodeStatus(const google::rpc::Status& status) {
  RpcStatus decoded{.code = static_cast<RpcCode>(status.code()), .message = status.message()};
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    google::rpc::BadRequest bad_request;
    if (detail.UnpackTo(&info)) decoded.reason = info.reason();
    if (detail.UnpackTo(&retry)) decoded.retry_after = Milliseconds(retry.retry_delay());
    if (!detail.UnpackTo(&bad_request)) continue;
    for (const auto& field : bad_request.field_violations()) {
      decoded.violations.push_back(field.field());
    }
  }
  return decoded;
}

struct IngestStream::Impl {
  grpc::ClientContext context;
  std::unique_ptr<ByteStream> stream;
};

IngestStream::IngestStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

IngestStream::~IngestStream() { impl_->context.TryCancel(); }

bool IngestStream::Write(const ingest::v1::StreamRequest& request) {
  return WriteBytes(request.SerializeAsString());
}

bool IngestStream::WriteBytes(const std::string& request) {
  return impl_->stream->Write(ToByteBuffer(request));
}

void IngestStream::WritesDone() { impl_->stream->WritesDone(); }

std::optional<ingest::v1::StreamResponse> IngestStream::Read() {
  grpc::ByteBuffer bytes;
  ingest::v1::StreamResponse response;
  if (!impl_->stream->Read(&bytes)) return std::nullopt;
  SELFSAME_CHECK(response.ParseFromString(ToString(bytes)));
  return response;
}

RpcStatus IngestStream::Finish() { return StatusOf(impl_->stream->Finish()); }

struct IngestClient::Impl {
  Impl(const std::string& address, std::string api_key, std::chrono::milliseconds deadline)
      : api_key(std::move(api_key)),
        deadline(deadline),
        channel(OpenChannel(address)),
        ingest(ingest::v1::IngestService::NewStub(channel)),
        profile(profile::v1::ProfileService::NewStub(channel)),
        identity(identity::v1::IdentityService::NewStub(channel)) {}

  void Prepare(grpc::ClientContext* context) const {
    context->set_deadline(std::chrono::system_clock::now() + deadline);
    if (!api_key.empty()) context->AddMetadata("authorization", "Bearer " + api_key);
  }

  // A method of a generated stub.
  template <typename Response, typename Stub, typename Request>
  Reply<Response> Call(Stub& stub,
                       grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                       const Request& request) const {
    grpc::ClientContext context;
    Prepare(&context);
    Reply<Response> reply;
    reply.status = StatusOf((stub.*method)(&context, request, &reply.response));
    return reply;
  }

  const std::string api_key;
  const std::chrono::milliseconds deadline;
  const std::shared_ptr<grpc::Channel> channel;
  const std::unique_ptr<ingest::v1::IngestService::Stub> ingest;
  const std::unique_ptr<profile::v1::ProfileService::Stub> profile;
  const std::unique_ptr<identity::v1::IdentityService::Stub> identity;
};

IngestClient::IngestClient(const std::string& address, std::string api_key,
                           std::chrono::milliseconds deadline)
    : impl_(std::make_unique<Impl>(address, std::move(api_key), deadline)) {}

IngestClient::~IngestClient() = default;

using IngestStub = ingest::v1::IngestService::Stub;
using ProfileStub = profile::v1::ProfileService::Stub;
using IdentityStub = identity::v1::IdentityService::Stub;

Reply<ingest::v1::TrackEventsResponse> IngestClient::Track(
    const ingest::v1::TrackEventsRequest& request) {
  return impl_->Call(*impl_->ingest, &IngestStub::TrackEvents, request);
}

Reply<ingest::v1::UpdateProfilesResponse> IngestClient::Update(
    const ingest::v1::UpdateProfilesRequest& request) {
  return impl_->Call(*impl_->ingest, &IngestStub::UpdateProfiles, request);
}

Reply<ingest::v1::TrackEventsResponse> IngestClient::TrackBytes(const std::string& request) {
  grpc::ClientContext context;
  impl_->Prepare(&context);
  return CallWithBytes<ingest::v1::TrackEventsResponse>(impl_->channel.get(), kTrackEvents,
                                                        &context, request);
}

Reply<ingest::v1::UpdateProfilesResponse> IngestClient::UpdateBytes(const std::string& request) {
  grpc::ClientContext context;
  impl_->Prepare(&context);
  return CallWithBytes<ingest::v1::UpdateProfilesResponse>(impl_->channel.get(), kUpdateProfiles,
                                                           &context, request);
}

std::unique_ptr<IngestStream> IngestClient::OpenStream() {
  auto impl = std::make_unique<IngestStream::Impl>();
  impl_->Prepare(&impl->context);
  impl->stream = OpenByteStream(impl_->channel.get(), kStream, &impl->context);
  return std::unique_ptr<IngestStream>(new IngestStream(std::move(impl)));
}

Reply<ingest::v1::GetLimitsResponse> IngestClient::GetLimits() {
  return impl_->Call(*impl_->ingest, &IngestStub::GetLimits, ingest::v1::GetLimitsRequest());
}

Reply<profile::v1::GetProfileResponse> IngestClient::GetProfile(
    const profile::v1::GetProfileRequest& request) {
  return impl_->Call(*impl_->profile, &ProfileStub::GetProfile, request);
}

Reply<profile::v1::ListEventsResponse> IngestClient::ListEvents(
    const profile::v1::ListEventsRequest& request) {
  return impl_->Call(*impl_->profile, &ProfileStub::ListEvents, request);
}

Reply<profile::v1::GetMergeHistoryResponse> IngestClient::GetMergeHistory(
    const profile::v1::GetMergeHistoryRequest& request) {
  return impl_->Call(*impl_->profile, &ProfileStub::GetMergeHistory, request);
}

namespace {

template <typename Response>
Reply<identity::v1::DecisionResult> ResultOf(const Reply<Response>& reply) {
  return {reply.status, reply.response.result()};
}

template <typename Response>
Reply<identity::v1::ReresolvePage> PageOf(const Reply<Response>& reply) {
  return {reply.status, reply.response.page()};
}

}  // namespace

Reply<identity::v1::DecisionResult> IngestClient::MergeProfiles(
    const identity::v1::MergeProfilesRequest& request) {
  return ResultOf(impl_->Call(*impl_->identity, &IdentityStub::MergeProfiles, request));
}

Reply<identity::v1::DecisionResult> IngestClient::UnmergeProfiles(
    const identity::v1::UnmergeProfilesRequest& request) {
  return ResultOf(impl_->Call(*impl_->identity, &IdentityStub::UnmergeProfiles, request));
}

Reply<identity::v1::DecisionResult> IngestClient::Pin(const identity::v1::PinRequest& request) {
  return ResultOf(impl_->Call(*impl_->identity, &IdentityStub::Pin, request));
}

Reply<identity::v1::DecisionResult> IngestClient::CannotLink(
    const identity::v1::CannotLinkRequest& request) {
  return ResultOf(impl_->Call(*impl_->identity, &IdentityStub::CannotLink, request));
}

Reply<identity::v1::ExplainProfileResponse> IngestClient::ExplainProfile(
    const identity::v1::ExplainProfileRequest& request) {
  return impl_->Call(*impl_->identity, &IdentityStub::ExplainProfile, request);
}

Reply<identity::v1::ExplainAttributeResponse> IngestClient::ExplainAttribute(
    const identity::v1::ExplainAttributeRequest& request) {
  return impl_->Call(*impl_->identity, &IdentityStub::ExplainAttribute, request);
}

Reply<identity::v1::ListOperationsResponse> IngestClient::ListOperations(
    const identity::v1::ListOperationsRequest& request) {
  return impl_->Call(*impl_->identity, &IdentityStub::ListOperations, request);
}

Reply<identity::v1::ReresolvePage> IngestClient::Reresolve(
    const identity::v1::ReresolveRequest& request) {
  return PageOf(impl_->Call(*impl_->identity, &IdentityStub::Reresolve, request));
}

Reply<identity::v1::ReresolvePage> IngestClient::RollBackReresolve(
    const identity::v1::RollBackReresolveRequest& request) {
  return PageOf(impl_->Call(*impl_->identity, &IdentityStub::RollBackReresolve, request));
}

}  // namespace selfsame::test
