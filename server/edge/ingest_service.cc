#include "server/edge/ingest_service.h"

#include <optional>
#include <utility>
#include <vector>

#include "server/edge/encode.h"
#include "server/edge/status.h"
#include "server/ingest/batch.h"
#include "server/ingest/limits.h"

namespace selfsame::edge {

using ingest::RecordKind;
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
  const Result<Gate::Pass> pass = edge_.gate.Enter();
  if (!pass.ok()) return fail(pass.error());
  Result<Caller> caller =
      Authenticate(edge_.directory.Get(), BearerToken(*context), storage::Scope::kIngest);
  if (!caller.ok()) return fail(caller.error());
  grpc::ByteBuffer bytes(request);  // Shares the slices.
  auto decoded = DecodeBatch(bytes, kind);
  if (!decoded.ok()) return fail(decoded.error());
  const Status submitted = Submit(
      edge_, *caller, std::move(*decoded), [context] { return context->IsCancelled(); },
      [this, reactor, response, watch, fail, caller = *caller,
       pass = *pass](ingest::Submission& submission) {
        CountOutcomes(edge_, caller, submission);
        if (submission.error()) {
          fail(*submission.error());
          return;
        }
        if (const auto mismatch = AloneAndStale(submission.records())) {
          fail(*mismatch);
          return;
        }
        *response = EncodeOutcomes(submission.records());
        watch.Succeeded();
        reactor->Finish(grpc::Status::OK);
      });
  if (!submitted.ok()) return fail(submitted.error());
  return reactor;
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
  const Result<Gate::Pass> pass = edge_.gate.Enter();
  if (!pass.ok()) return fail(pass.error());
  const Result<Caller> caller =
      Authenticate(edge_.directory.Get(), BearerToken(*context), storage::Scope::kIngest);
  if (!caller.ok()) return fail(caller.error());
  response->set_records_per_call_max(ingest::kRecordsPerCallMax);
  response->set_stream_requests_in_flight_max(kStreamRequestsInFlightMax);
  response->set_request_bytes_max(kRequestBytesMax);
  response->set_payload_bytes_max(ingest::kPayloadBytesMax);
  response->set_key_bytes_max(ingest::kKeyBytesMax);
  response->set_identifiers_per_record_max(ingest::kIdentifiersMax);
  response->set_identifier_value_bytes_max(ingest::kIdentifierValueBytesMax);
  response->set_event_time_ahead_seconds_max(
      static_cast<std::uint32_t>(std::chrono::seconds(ingest::kEventTimeAheadMax).count()));
  watch.Succeeded();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace selfsame::edge
