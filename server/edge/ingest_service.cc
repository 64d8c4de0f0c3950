#include "server/edge/ingest_service.h"

#include <optional>
#include <utility>
#include <vector>

#include "server/edge/encode.h"
#include "server/edge/status.h"
#include "server/ingest/batch.h"
#include "server/ingest/limits.h"
#include "server/schema/descriptor_limits.h"
#include "storage/schemas.h"
#include "storage/vocabularies.h"

namespace selfsame::edge {

using ingest::RecordKind;
using observe::Entry;
using observe::Method;

namespace {

// The one update of a call wanted another revision of its profile: then the call itself fails.
std::optional<Error> AloneAndStale(const std::vector<ingest::PreparedRecord>& records) {
  if (records.size() != 1 || records[0].outcome.reason != ingest::kRevisionMismatch) {
    return std::nullopt;
  }
  return Error{.code = ErrorCode::kAborted,
               .reason = std::string(ingest::kRevisionMismatch),
               .message = "the profile is at another revision by now: read it, and decide again"};
}

void SetLimits(ingest::v1::GetLimitsResponse* response) {
  response->set_records_per_call_max(ingest::kRecordsPerCallMax);
  response->set_stream_requests_in_flight_max(kStreamRequestsInFlightMax);
  response->set_request_bytes_max(kRequestBytesMax);
  response->set_payload_bytes_max(ingest::kPayloadBytesMax);
  response->set_key_bytes_max(ingest::kKeyBytesMax);
  response->set_identifiers_per_record_max(ingest::kIdentifiersMax);
  response->set_identifier_value_bytes_max(ingest::kIdentifierValueBytesMax);
  response->set_event_time_ahead_seconds_max(
      static_cast<std::uint32_t>(std::chrono::seconds(ingest::kEventTimeAheadMax).count()));
  response->set_attribute_bytes_max(ingest::kAttributeBytesMax);
  response->set_attribute_elements_max(ingest::kAttributeElementsMax);
  response->set_profile_attributes_max(ingest::kProfileAttributesMax);
  response->set_profile_bytes_max(ingest::kProfileBytesMax);
  response->set_schema_bytes_max(schema::kDescriptorSetBytesMax);
  response->set_schema_versions_max(storage::kSchemaVersionsMax);
  response->set_schemas_max(storage::kSchemasMax);
  response->set_schema_bytes_total_max(storage::kSchemaBytesTotalMax);
  response->set_vocabulary_bytes_max(storage::kVocabularyBytesMax);
  response->set_vocabulary_versions_max(storage::kVocabularyVersionsMax);
  response->set_vocabularies_max(storage::kVocabulariesMax);
  response->set_vocabulary_bytes_total_max(storage::kVocabularyBytesTotalMax);
}

Status AnswerOf(const ingest::Submission& submission, grpc::ByteBuffer* response) {
  if (submission.error()) return *submission.error();
  if (const auto mismatch = AloneAndStale(submission.records())) return *mismatch;
  *response = EncodeOutcomes(submission.records());
  return {};
}

}  // namespace

grpc::ServerUnaryReactor* IngestService::TrackEvents(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return Handle(context, *request, response, RecordKind::kEvent, Method::kTrackEvents);
}

grpc::ServerUnaryReactor* IngestService::UpdateProfiles(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return Handle(context, *request, response, RecordKind::kProfileUpdate, Method::kUpdateProfiles);
}

grpc::ServerUnaryReactor* IngestService::Handle(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer& request,
                                                grpc::ByteBuffer* response, RecordKind kind,
                                                Method method) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const RequestWatch watch(edge_, method);
  const auto fail = [reactor, watch](const Error& error) {
    watch.Failed(error);
    reactor->Finish(GrpcStatus(error, watch.request_id()));
    return reactor;
  };
  const Status submitted = edge_.barrier.Run(Entry::kCall, watch.request_id(), [&]() -> Status {
    SELFSAME_ASSIGN_OR_RETURN(Gate::Pass pass, edge_.gate.Enter());
    SELFSAME_ASSIGN_OR_RETURN(Caller caller,
                              Authenticate(edge_.directory.Get(), CredentialsOf(*context),
                                           storage::Scope::kIngest, edge_.readiness));
    grpc::ByteBuffer bytes(request);  // Shares the slices.
    SELFSAME_ASSIGN_OR_RETURN(auto decoded, DecodeBatch(bytes, kind));
    return Submit(
        edge_, caller, std::move(decoded), [context] { return context->IsCancelled(); },
        [this, reactor, response, watch, fail, caller,
         pass = std::move(pass)](ingest::Submission& submission) {
          const Status done = edge_.barrier.Run(Entry::kAnswer, watch.request_id(), [&] {
            CountOutcomes(edge_, caller, submission);
            return AnswerOf(submission, response);
          });
          if (!done.ok()) {
            fail(done.error());
            return;
          }
          watch.Succeeded();
          reactor->Finish(grpc::Status::OK);
        });
  });
  return submitted.ok() ? reactor : fail(submitted.error());
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* IngestService::Stream(
    grpc::CallbackServerContext* context) {
  return streams_.Start(*context);
}

grpc::ServerUnaryReactor* IngestService::GetLimits(grpc::CallbackServerContext* context,
                                                   const ingest::v1::GetLimitsRequest*,
                                                   ingest::v1::GetLimitsResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const RequestWatch watch(edge_, Method::kGetLimits);
  const auto fail = [reactor, &watch](const Error& error) {
    watch.Failed(error);
    reactor->Finish(GrpcStatus(error, watch.request_id()));
    return reactor;
  };
  const Status allowed = edge_.barrier.Run(Entry::kCall, watch.request_id(), [&]() -> Status {
    SELFSAME_RETURN_IF_ERROR(edge_.gate.Enter());
    SELFSAME_RETURN_IF_ERROR(Authenticate(edge_.directory.Get(), CredentialsOf(*context),
                                          storage::Scope::kIngest, edge_.readiness));
    return {};
  });
  if (!allowed.ok()) return fail(allowed.error());
  SetLimits(response);
  watch.Succeeded();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace selfsame::edge
