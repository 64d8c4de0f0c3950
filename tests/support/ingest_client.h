// A thin synchronous client of the server's services for tests: what was sent, what came back, and
// nothing retried. gRPC's headers stay out of the tests; they are slow to compile.
#ifndef SELFSAME_TESTS_SUPPORT_INGEST_CLIENT_H_
#define SELFSAME_TESTS_SUPPORT_INGEST_CLIENT_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "selfsame/identity/v1/identity.pb.h"
#include "selfsame/ingest/v1/ingest.pb.h"
#include "selfsame/profile/v1/profile.pb.h"

namespace selfsame::test {

// gRPC's codes, those a server of ours may answer with.
enum class RpcCode {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kUnauthenticated = 16,
};

// How a call ended, with what its details say.
struct RpcStatus {
  RpcCode code = RpcCode::kOk;
  std::string message;
  std::string reason;                                    // Of google.rpc.ErrorInfo.
  std::optional<std::chrono::milliseconds> retry_after;  // Of google.rpc.RetryInfo.
  std::vector<std::string> violations;                   // Fields of google.rpc.BadRequest.

  bool ok() const { return code == RpcCode::kOk; }
};

// The same, from the status in a StreamResponse.
RpcStatus DecodeStatus(const google::rpc::Status& status);

template <typename Response>
struct Reply {
  RpcStatus status;
  Response response;

  bool ok() const { return status.ok(); }
};

// One open stream. Reading and writing may be done by two threads. Cancelled when it goes before
// Finish.
class IngestStream {
 public:
  ~IngestStream();
  IngestStream(const IngestStream&) = delete;
  IngestStream& operator=(const IngestStream&) = delete;

  // False once the stream is broken or over.
  bool Write(const ingest::v1::StreamRequest& request);
  // `request` in protobuf's binary form, whatever it holds.
  bool WriteBytes(const std::string& request);
  void WritesDone();
  // Blocks; nothing once the server has ended the stream.
  std::optional<ingest::v1::StreamResponse> Read();
  // Blocks until the server has ended the stream. Requires: Read returned nothing.
  RpcStatus Finish();

 private:
  friend class IngestClient;
  struct Impl;
  explicit IngestStream(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

// One connection of its own to one server. Thread-safe.
class IngestClient {
 public:
  // Sends no credentials when api_key is empty. Every call has this deadline.
  IngestClient(const std::string& address, std::string api_key,
               std::chrono::milliseconds deadline = std::chrono::seconds(60));
  ~IngestClient();
  IngestClient(const IngestClient&) = delete;
  IngestClient& operator=(const IngestClient&) = delete;

  Reply<ingest::v1::TrackEventsResponse> Track(const ingest::v1::TrackEventsRequest& request);
  Reply<ingest::v1::UpdateProfilesResponse> Update(
      const ingest::v1::UpdateProfilesRequest& request);
  // The request in protobuf's binary form, whatever it holds.
  Reply<ingest::v1::TrackEventsResponse> TrackBytes(const std::string& request);
  Reply<ingest::v1::UpdateProfilesResponse> UpdateBytes(const std::string& request);
  std::unique_ptr<IngestStream> OpenStream();
  Reply<ingest::v1::GetLimitsResponse> GetLimits();

  Reply<profile::v1::GetProfileResponse> GetProfile(const profile::v1::GetProfileRequest& request);
  Reply<profile::v1::ListEventsResponse> ListEvents(const profile::v1::ListEventsRequest& request);
  Reply<profile::v1::GetMergeHistoryResponse> GetMergeHistory(
      const profile::v1::GetMergeHistoryRequest& request);

  Reply<identity::v1::DecisionResult> MergeProfiles(
      const identity::v1::MergeProfilesRequest& request);
  Reply<identity::v1::DecisionResult> UnmergeProfiles(
      const identity::v1::UnmergeProfilesRequest& request);
  Reply<identity::v1::DecisionResult> Pin(const identity::v1::PinRequest& request);
  Reply<identity::v1::DecisionResult> CannotLink(const identity::v1::CannotLinkRequest& request);
  Reply<identity::v1::ExplainProfileResponse> ExplainProfile(
      const identity::v1::ExplainProfileRequest& request);
  Reply<identity::v1::ExplainAttributeResponse> ExplainAttribute(
      const identity::v1::ExplainAttributeRequest& request);
  Reply<identity::v1::ListOperationsResponse> ListOperations(
      const identity::v1::ListOperationsRequest& request);
  Reply<identity::v1::ReresolvePage> Reresolve(const identity::v1::ReresolveRequest& request);
  Reply<identity::v1::ReresolvePage> RollBackReresolve(
      const identity::v1::RollBackReresolveRequest& request);

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

// Whether grpc.health.v1 says SERVING of a service (empty: of the server).
bool IsServing(const std::string& address, const std::string& service);
// Waits for that of the server as a whole; false when it did not come within `wait`.
bool AwaitServing(const std::string& address, std::chrono::milliseconds wait);
// An open watch of a server's health, as load balancers keep one. Ended when it goes.
class HealthWatch {
 public:
  // Blocks until the server has said its first state.
  explicit HealthWatch(const std::string& address);
  ~HealthWatch();
  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

// The names of services that server reflection lists, sorted; empty when it does not answer.
std::vector<std::string> ReflectedServices(const std::string& address);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_INGEST_CLIENT_H_
