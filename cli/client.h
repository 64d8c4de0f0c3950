// The server, called over gRPC. Only this file, record_stream and rpc_error know gRPC's headers.
#ifndef SELFSAME_CLI_CLIENT_H_
#define SELFSAME_CLI_CLIENT_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "cli/record_stream.h"
#include "selfsame/catalog/v1/catalog.pb.h"
#include "selfsame/identity/v1/identity.pb.h"
#include "selfsame/ingest/v1/ingest.pb.h"
#include "selfsame/profile/v1/profile.pb.h"
#include "selfsame/quality/v1/quality.pb.h"
#include "selfsame/quarantine/v1/quarantine.pb.h"
#include "selfsame/schema/v1/schema.pb.h"

namespace grpc {
class Channel;
}

namespace selfsame::cli {

struct Health {
  bool is_serving = false;
  std::string reason;   // READY, or why it does not serve; empty where the server does not say.
  std::string message;  // For people.
};

// One server and one API key. Thread-safe.
//
// Every call ends by its deadline. Errors: what the server said (proto/selfsame/**), kUnavailable
// or kDeadlineExceeded where it does not answer. Every call may be retried.
class Client {
 public:
  // Connects at the first call, and again after a break.
  Client(const std::string& server, std::string api_key);
  // Over a channel that exists: for tests.
  Client(std::shared_ptr<grpc::Channel> channel, std::string api_key);
  ~Client();
  Client(Client&&) noexcept;

  // Whether the server as a whole serves, and why not. Needs no API key.
  Result<Health> CheckHealth(Deadline deadline) const;

  Result<ingest::v1::GetLimitsResponse> GetLimits(Deadline deadline) const;
  Result<ingest::v1::TrackEventsResponse> TrackEvents(const ingest::v1::TrackEventsRequest& request,
                                                      Deadline deadline) const;
  Result<ingest::v1::UpdateProfilesResponse> UpdateProfiles(
      const ingest::v1::UpdateProfilesRequest& request, Deadline deadline) const;
  // The stream may outlive the client.
  std::unique_ptr<RecordStream> OpenStream() const;

  Result<profile::v1::GetProfileResponse> GetProfile(const profile::v1::GetProfileRequest& request,
                                                     Deadline deadline) const;
  Result<profile::v1::ListEventsResponse> ListEvents(const profile::v1::ListEventsRequest& request,
                                                     Deadline deadline) const;
  Result<profile::v1::GetMergeHistoryResponse> GetMergeHistory(
      const profile::v1::GetMergeHistoryRequest& request, Deadline deadline) const;

  Result<schema::v1::RegisterSchemaResponse> RegisterSchema(
      const schema::v1::RegisterSchemaRequest& request, Deadline deadline) const;
  Result<schema::v1::ListSchemasResponse> ListSchemas(const schema::v1::ListSchemasRequest& request,
                                                      Deadline deadline) const;
  Result<schema::v1::GetSchemaResponse> GetSchema(const schema::v1::GetSchemaRequest& request,
                                                  Deadline deadline) const;
  Result<schema::v1::DeprecateSchemaResponse> DeprecateSchema(
      const schema::v1::DeprecateSchemaRequest& request, Deadline deadline) const;
  Result<schema::v1::RetireSchemaResponse> RetireSchema(
      const schema::v1::RetireSchemaRequest& request, Deadline deadline) const;
  Result<schema::v1::RegisterVocabularyResponse> RegisterVocabulary(
      const schema::v1::RegisterVocabularyRequest& request, Deadline deadline) const;
  Result<schema::v1::ListVocabulariesResponse> ListVocabularies(
      const schema::v1::ListVocabulariesRequest& request, Deadline deadline) const;
  Result<schema::v1::GetVocabularyResponse> GetVocabulary(
      const schema::v1::GetVocabularyRequest& request, Deadline deadline) const;

  Result<quarantine::v1::ListResponse> ListQuarantine(const quarantine::v1::ListRequest& request,
                                                      Deadline deadline) const;
  Result<quarantine::v1::CountResponse> CountQuarantine(const quarantine::v1::CountRequest& request,
                                                        Deadline deadline) const;
  Result<quarantine::v1::GetResponse> GetQuarantined(const quarantine::v1::GetRequest& request,
                                                     Deadline deadline) const;
  Result<quarantine::v1::PatchResponse> PatchQuarantined(
      const quarantine::v1::PatchRequest& request, Deadline deadline) const;
  Result<quarantine::v1::ReplayResponse> ReplayQuarantine(
      const quarantine::v1::ReplayRequest& request, Deadline deadline) const;
  Result<quarantine::v1::DiscardResponse> DiscardQuarantine(
      const quarantine::v1::DiscardRequest& request, Deadline deadline) const;

  Result<catalog::v1::ListFieldsResponse> ListFields(const catalog::v1::ListFieldsRequest& request,
                                                     Deadline deadline) const;
  Result<catalog::v1::GetLineageResponse> GetLineage(const catalog::v1::GetLineageRequest& request,
                                                     Deadline deadline) const;
  Result<catalog::v1::ListDriftResponse> ListDrift(const catalog::v1::ListDriftRequest& request,
                                                   Deadline deadline) const;
  Result<identity::v1::DecisionResult> MergeProfiles(
      const identity::v1::MergeProfilesRequest& request, Deadline deadline) const;
  Result<identity::v1::DecisionResult> UnmergeProfiles(
      const identity::v1::UnmergeProfilesRequest& request, Deadline deadline) const;
  Result<identity::v1::DecisionResult> Pin(const identity::v1::PinRequest& request,
                                           Deadline deadline) const;
  Result<identity::v1::DecisionResult> CannotLink(const identity::v1::CannotLinkRequest& request,
                                                  Deadline deadline) const;
  Result<identity::v1::ExplainProfileResponse> ExplainProfile(
      const identity::v1::ExplainProfileRequest& request, Deadline deadline) const;
  Result<identity::v1::ExplainAttributeResponse> ExplainAttribute(
      const identity::v1::ExplainAttributeRequest& request, Deadline deadline) const;
  Result<identity::v1::ListOperationsResponse> ListOperations(
      const identity::v1::ListOperationsRequest& request, Deadline deadline) const;
  Result<identity::v1::ReresolvePage> Reresolve(const identity::v1::ReresolveRequest& request,
                                                Deadline deadline) const;
  Result<identity::v1::ReresolvePage> RollBackReresolve(
      const identity::v1::RollBackReresolveRequest& request, Deadline deadline) const;

  Result<quality::v1::GetQualityResponse> GetQuality(const quality::v1::GetQualityRequest& request,
                                                     Deadline deadline) const;
  Result<quality::v1::CountRecordsResponse> CountRecords(
      const quality::v1::CountRecordsRequest& request, Deadline deadline) const;
  Result<quality::v1::FindKeysResponse> FindKeys(const quality::v1::FindKeysRequest& request,
                                                 Deadline deadline) const;
  Result<quality::v1::DrawSampleResponse> DrawSample(const quality::v1::DrawSampleRequest& request,
                                                     Deadline deadline) const;
  Result<quality::v1::ListAuditsResponse> ListAudits(const quality::v1::ListAuditsRequest& request,
                                                     Deadline deadline) const;
  Result<quality::v1::ListSamplesResponse> ListSamples(
      const quality::v1::ListSamplesRequest& request, Deadline deadline) const;
  Result<quality::v1::SubmitVerdictResponse> SubmitVerdict(
      const quality::v1::SubmitVerdictRequest& request, Deadline deadline) const;

 private:
  struct Stubs;
  std::unique_ptr<const Stubs> stubs_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_CLIENT_H_
