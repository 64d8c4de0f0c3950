// A server in this process that answers IngestService.Stream by a script: without network, files
// or a database. It remembers keys, so that a record that arrives twice is seen to be a duplicate.
#ifndef SELFSAME_TESTS_UNIT_CLI_IMPORT_FAKE_INGEST_H_
#define SELFSAME_TESTS_UNIT_CLI_IMPORT_FAKE_INGEST_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "cli/client.h"
#include "google/rpc/error_details.pb.h"
#include "selfsame/ingest/v1/ingest.grpc.pb.h"

namespace selfsame::cli {

class FakeIngest : public ingest::v1::IngestService::Service {
 public:
  // What happens to one request, in the order of arrival; past the script, kAnswer.
  enum class Step {
    kAnswer,
    kRefuse,           // RESOURCE_EXHAUSTED with RetryInfo of a few milliseconds.
    kRefuseForGood,    // INVALID_ARGUMENT.
    kBreak,            // The stream ends with UNAVAILABLE; nothing was kept.
    kKeepAndBreak,     // The records are kept, and the stream ends without a word of it.
    kClose,            // The stream ends with OK.
    kTurnAway,         // The stream ends with PERMISSION_DENIED.
    kFewerOutcomes,    // One outcome too few.
    kAnotherSequence,  // An answer to a request that was never made.
    kSilence,          // No answer; the stream stays open until the caller cancels.
  };

  FakeIngest(std::deque<Step> script = {}) : script_(std::move(script)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeIngest() override { server_->Shutdown(std::chrono::system_clock::now()); }

  Client client() { return Client(server_->InProcessChannel({}), "key"); }

  // Called for each record; by default new keys are ACCEPTED and known ones DUPLICATE.
  std::function<void(const std::string& key, ingest::v1::RecordOutcome&)> decide;

  std::set<std::string> keys() {
    const std::lock_guard lock(mutex_);
    return keys_;
  }
  int streams() {
    const std::lock_guard lock(mutex_);
    return streams_;
  }
  std::string authorization() {
    const std::lock_guard lock(mutex_);
    return authorization_;
  }

  grpc::Status Stream(grpc::ServerContext* context,
                      grpc::ServerReaderWriter<ingest::v1::StreamResponse,
                                               ingest::v1::StreamRequest>* stream) override {
    Opened(*context);
    ingest::v1::StreamRequest request;
    while (stream->Read(&request)) {
      const Step step = NextStep();
      ingest::v1::StreamResponse response;
      response.set_sequence(request.sequence());
      switch (step) {
        case Step::kAnswer: Keep(request, &response); break;
        case Step::kRefuse: Refuse(grpc::StatusCode::RESOURCE_EXHAUSTED, &response); break;
        case Step::kRefuseForGood: Refuse(grpc::StatusCode::INVALID_ARGUMENT, &response); break;
        case Step::kBreak: return {grpc::StatusCode::UNAVAILABLE, "scripted break"};
        case Step::kKeepAndBreak:
          Keep(request, &response);
          return {grpc::StatusCode::UNAVAILABLE, "scripted break"};
        case Step::kClose: return grpc::Status::OK;
        case Step::kTurnAway: return {grpc::StatusCode::PERMISSION_DENIED, "no such scope"};
        case Step::kFewerOutcomes:
          Keep(request, &response);
          response.mutable_outcomes()->RemoveLast();
          break;
        case Step::kAnotherSequence:
          Keep(request, &response);
          response.set_sequence(request.sequence() + 1'000);
          break;
        case Step::kSilence: continue;
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

 private:
  void Opened(const grpc::ServerContext& context) {
    const std::lock_guard lock(mutex_);
    ++streams_;
    const auto found = context.client_metadata().find("authorization");
    if (found != context.client_metadata().end()) {
      authorization_ = std::string(found->second.data(), found->second.size());
    }
  }

  Step NextStep() {
    const std::lock_guard lock(mutex_);
    if (script_.empty()) return Step::kAnswer;
    const Step step = script_.front();
    script_.pop_front();
    return step;
  }

  void Keep(const ingest::v1::StreamRequest& request, ingest::v1::StreamResponse* response) {
    const std::lock_guard lock(mutex_);
    for (const auto& record : request.records()) {
      const std::string& key =
          record.has_event() ? record.event().key() : record.profile_update().key();
      auto* outcome = response->add_outcomes();
      outcome->set_outcome(keys_.insert(key).second ? ingest::v1::OUTCOME_ACCEPTED
                                                    : ingest::v1::OUTCOME_DUPLICATE);
      if (decide) decide(key, *outcome);
    }
  }

  static void Refuse(grpc::StatusCode code, ingest::v1::StreamResponse* response) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(5'000'000);
    response->mutable_status()->set_code(code);
    response->mutable_status()->set_message("scripted refusal");
    response->mutable_status()->add_details()->PackFrom(retry);
  }

  std::mutex mutex_;
  std::deque<Step> script_;
  std::set<std::string> keys_;
  int streams_ = 0;
  std::string authorization_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_TESTS_UNIT_CLI_IMPORT_FAKE_INGEST_H_
