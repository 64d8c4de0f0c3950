#include "cli/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "cli/rpc_error.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "selfsame/catalog/v1/catalog.grpc.pb.h"
#include "selfsame/identity/v1/identity.grpc.pb.h"
#include "selfsame/ingest/v1/ingest.grpc.pb.h"
#include "selfsame/profile/v1/profile.grpc.pb.h"
#include "selfsame/quality/v1/quality.grpc.pb.h"
#include "selfsame/quarantine/v1/quarantine.grpc.pb.h"
#include "selfsame/schema/v1/schema.grpc.pb.h"

namespace selfsame::cli {
namespace {

using catalog::v1::CatalogService;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using identity::v1::IdentityService;
using ingest::v1::IngestService;
using profile::v1::ProfileService;
using quality::v1::QualityService;
using quarantine::v1::QuarantineService;
using schema::v1::SchemaService;

constexpr int kReconnectMsMax = 1'000;
constexpr int kResponseBytesMax = 64 << 20;

// After a break gRPC would wait up to two minutes before it connects again; a person is waiting.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& server) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMsMax / 5);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectMsMax);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMsMax);
  arguments.SetMaxReceiveMessageSize(kResponseBytesMax);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

struct Client::Stubs {
  Stubs(std::shared_ptr<grpc::Channel> to_server, std::string key)
      : channel(std::move(to_server)),
        api_key(std::move(key)),
        health(grpc::health::v1::Health::NewStub(channel)),
        ingest(IngestService::NewStub(channel)),
        profile(ProfileService::NewStub(channel)),
        schema(SchemaService::NewStub(channel)),
        quarantine(QuarantineService::NewStub(channel)),
        catalog(CatalogService::NewStub(channel)),
        identity(IdentityService::NewStub(channel)),

        quality(QualityService::NewStub(channel)) {}

  // Runs one unary call: `method` is a method of `stub`.
  template <typename Stub, typename Request, typename Response>
  Result<Response> Call(Stub& stub,
                        grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                        const Request& request, Deadline deadline) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline.Left());
    if (!api_key.empty()) context.AddMetadata("authorization", "Bearer " + api_key);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return ErrorOf(status);
    return response;
  }

  const std::shared_ptr<grpc::Channel> channel;
  const std::string api_key;
  const std::unique_ptr<grpc::health::v1::Health::Stub> health;
  const std::unique_ptr<IngestService::Stub> ingest;
  const std::unique_ptr<ProfileService::Stub> profile;
  const std::unique_ptr<SchemaService::Stub> schema;
  const std::unique_ptr<QuarantineService::Stub> quarantine;
  const std::unique_ptr<CatalogService::Stub> catalog;
  const std::unique_ptr<IdentityService::Stub> identity;
  const std::unique_ptr<QualityService::Stub> quality;
};

Client::Client(const std::string& server, std::string api_key)
    : Client(OpenChannel(server), std::move(api_key)) {}

Client::Client(std::shared_ptr<grpc::Channel> channel, std::string api_key)
    : stubs_(std::make_unique<Stubs>(std::move(channel), std::move(api_key))) {}

Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

Result<Health> Client::CheckHealth(Deadline deadline) const {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + deadline.Left());
  HealthCheckResponse response;
  const grpc::Status status = stubs_->health->Check(&context, HealthCheckRequest(), &response);
  if (!status.ok()) return ErrorOf(status);
  const auto metadata = [&](const char* name) {
    const auto found = context.GetServerInitialMetadata().find(name);
    if (found == context.GetServerInitialMetadata().end()) return std::string();
    return std::string(found->second.data(), found->second.size());
  };
  return Health{.is_serving = response.status() == HealthCheckResponse::SERVING,
                .reason = metadata("selfsame-reason"),
                .message = metadata("selfsame-message")};
}

Result<ingest::v1::GetLimitsResponse> Client::GetLimits(Deadline deadline) const {
  return stubs_->Call(*stubs_->ingest, &IngestService::Stub::GetLimits,
                      ingest::v1::GetLimitsRequest(), deadline);
}

Result<ingest::v1::TrackEventsResponse> Client::TrackEvents(
    const ingest::v1::TrackEventsRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->ingest, &IngestService::Stub::TrackEvents, request, deadline);
}

Result<ingest::v1::UpdateProfilesResponse> Client::UpdateProfiles(
    const ingest::v1::UpdateProfilesRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->ingest, &IngestService::Stub::UpdateProfiles, request, deadline);
}

std::unique_ptr<RecordStream> Client::OpenStream() const {
  return std::make_unique<RecordStream>(stubs_->channel, stubs_->api_key);
}

Result<profile::v1::GetProfileResponse> Client::GetProfile(
    const profile::v1::GetProfileRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->profile, &ProfileService::Stub::GetProfile, request, deadline);
}

Result<profile::v1::ListEventsResponse> Client::ListEvents(
    const profile::v1::ListEventsRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->profile, &ProfileService::Stub::ListEvents, request, deadline);
}

Result<profile::v1::GetMergeHistoryResponse> Client::GetMergeHistory(
    const profile::v1::GetMergeHistoryRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->profile, &ProfileService::Stub::GetMergeHistory, request, deadline);
}

Result<schema::v1::RegisterSchemaResponse> Client::RegisterSchema(
    const schema::v1::RegisterSchemaRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->schema, &SchemaService::Stub::RegisterSchema, request, deadline);
}

Result<schema::v1::ListSchemasResponse> Client::ListSchemas(
    const schema::v1::ListSchemasRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->schema, &SchemaService::Stub::ListSchemas, request, deadline);
}

Result<schema::v1::GetSchemaResponse> Client::GetSchema(const schema::v1::GetSchemaRequest& request,
                                                        Deadline deadline) const {
  return stubs_->Call(*stubs_->schema, &SchemaService::Stub::GetSchema, request, deadline);
}

Result<schema::v1::DeprecateSchemaResponse> Client::DeprecateSchema(
    const schema::v1::DeprecateSchemaRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->schema, &SchemaService::Stub::DeprecateSchema, request, deadline);
}

Result<schema::v1::RetireSchemaResponse> Client::RetireSchema(
    const schema::v1::RetireSchemaRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->schema, &SchemaService::Stub::RetireSchema, request, deadline);
}

Result<schema::v1::RegisterVocabularyResponse> Client::RegisterVocabulary(
    const schema::v1::RegisterVocabularyRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->schema, &SchemaService::Stub::RegisterVocabulary, request, deadline);
}

Result<schema::v1::ListVocabulariesResponse> Client::ListVocabularies(
    const schema::v1::ListVocabulariesRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->schema, &SchemaService::Stub::ListVocabularies, request, deadline);
}

Result<schema::v1::GetVocabularyResponse> Client::GetVocabulary(
    const schema::v1::GetVocabularyRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->schema, &SchemaService::Stub::GetVocabulary, request, deadline);
}

Result<quarantine::v1::ListResponse> Client::ListQuarantine(
    const quarantine::v1::ListRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quarantine, &QuarantineService::Stub::List, request, deadline);
}

Result<quarantine::v1::CountResponse> Client::CountQuarantine(
    const quarantine::v1::CountRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quarantine, &QuarantineService::Stub::Count, request, deadline);
}

Result<quarantine::v1::GetResponse> Client::GetQuarantined(
    const quarantine::v1::GetRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quarantine, &QuarantineService::Stub::Get, request, deadline);
}

Result<quarantine::v1::PatchResponse> Client::PatchQuarantined(
    const quarantine::v1::PatchRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quarantine, &QuarantineService::Stub::Patch, request, deadline);
}

Result<quarantine::v1::ReplayResponse> Client::ReplayQuarantine(
    const quarantine::v1::ReplayRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quarantine, &QuarantineService::Stub::Replay, request, deadline);
}

Result<quarantine::v1::DiscardResponse> Client::DiscardQuarantine(
    const quarantine::v1::DiscardRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quarantine, &QuarantineService::Stub::Discard, request, deadline);
}

Result<catalog::v1::ListFieldsResponse> Client::ListFields(
    const catalog::v1::ListFieldsRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->catalog, &CatalogService::Stub::ListFields, request, deadline);
}

Result<catalog::v1::GetLineageResponse> Client::GetLineage(
    const catalog::v1::GetLineageRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->catalog, &CatalogService::Stub::GetLineage, request, deadline);
}

Result<catalog::v1::ListDriftResponse> Client::ListDrift(
    const catalog::v1::ListDriftRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->catalog, &CatalogService::Stub::ListDrift, request, deadline);
}

namespace {

template <typename Response>
Result<identity::v1::DecisionResult> ResultOf(Result<Response> response) {
  if (!response.ok()) return response.error();
  return std::move(*response->mutable_result());
}

template <typename Response>
Result<identity::v1::ReresolvePage> PageOf(Result<Response> response) {
  if (!response.ok()) return response.error();
  return std::move(*response->mutable_page());
}

}  // namespace

Result<identity::v1::DecisionResult> Client::MergeProfiles(
    const identity::v1::MergeProfilesRequest& request, Deadline deadline) const {
  return ResultOf(
      stubs_->Call(*stubs_->identity, &IdentityService::Stub::MergeProfiles, request, deadline));
}

Result<identity::v1::DecisionResult> Client::UnmergeProfiles(
    const identity::v1::UnmergeProfilesRequest& request, Deadline deadline) const {
  return ResultOf(
      stubs_->Call(*stubs_->identity, &IdentityService::Stub::UnmergeProfiles, request, deadline));
}

Result<identity::v1::DecisionResult> Client::Pin(const identity::v1::PinRequest& request,
                                                 Deadline deadline) const {
  return ResultOf(stubs_->Call(*stubs_->identity, &IdentityService::Stub::Pin, request, deadline));
}

Result<identity::v1::DecisionResult> Client::CannotLink(
    const identity::v1::CannotLinkRequest& request, Deadline deadline) const {
  return ResultOf(
      stubs_->Call(*stubs_->identity, &IdentityService::Stub::CannotLink, request, deadline));
}

Result<identity::v1::ExplainProfileResponse> Client::ExplainProfile(
    const identity::v1::ExplainProfileRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->identity, &IdentityService::Stub::ExplainProfile, request, deadline);
}

Result<identity::v1::ExplainAttributeResponse> Client::ExplainAttribute(
    const identity::v1::ExplainAttributeRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->identity, &IdentityService::Stub::ExplainAttribute, request,
                      deadline);
}

Result<identity::v1::ListOperationsResponse> Client::ListOperations(
    const identity::v1::ListOperationsRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->identity, &IdentityService::Stub::ListOperations, request, deadline);
}

Result<identity::v1::ReresolvePage> Client::Reresolve(const identity::v1::ReresolveRequest& request,
                                                      Deadline deadline) const {
  return PageOf(
      stubs_->Call(*stubs_->identity, &IdentityService::Stub::Reresolve, request, deadline));
}

Result<identity::v1::ReresolvePage> Client::RollBackReresolve(
    const identity::v1::RollBackReresolveRequest& request, Deadline deadline) const {
  return PageOf(stubs_->Call(*stubs_->identity, &IdentityService::Stub::RollBackReresolve, request,
                             deadline));
}

Result<quality::v1::GetQualityResponse> Client::GetQuality(
    const quality::v1::GetQualityRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quality, &QualityService::Stub::GetQuality, request, deadline);
}

Result<quality::v1::CountRecordsResponse> Client::CountRecords(
    const quality::v1::CountRecordsRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quality, &QualityService::Stub::CountRecords, request, deadline);
}

Result<quality::v1::FindKeysResponse> Client::FindKeys(const quality::v1::FindKeysRequest& request,
                                                       Deadline deadline) const {
  return stubs_->Call(*stubs_->quality, &QualityService::Stub::FindKeys, request, deadline);
}

Result<quality::v1::DrawSampleResponse> Client::DrawSample(
    const quality::v1::DrawSampleRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quality, &QualityService::Stub::DrawSample, request, deadline);
}

Result<quality::v1::ListAuditsResponse> Client::ListAudits(
    const quality::v1::ListAuditsRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quality, &QualityService::Stub::ListAudits, request, deadline);
}

Result<quality::v1::ListSamplesResponse> Client::ListSamples(
    const quality::v1::ListSamplesRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quality, &QualityService::Stub::ListSamples, request, deadline);
}

Result<quality::v1::SubmitVerdictResponse> Client::SubmitVerdict(
    const quality::v1::SubmitVerdictRequest& request, Deadline deadline) const {
  return stubs_->Call(*stubs_->quality, &QualityService::Stub::SubmitVerdict, request, deadline);
}

}  // namespace selfsame::cli
