#include "tests/bench/answer_server.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <csignal>
#include <deque>

#include "base/mutex.h"
#include "selfsame/ingest/v1/ingest.grpc.pb.h"
#include "selfsame/wire/v1/wire.pb.h"

namespace selfsame::bench {
namespace {

namespace pb = ::selfsame::ingest::v1;

using grpc::ByteBuffer;

template <typename Message>
bool Parse(const ByteBuffer& bytes, Message* message) {
  ByteBuffer readable(bytes);  // Shares the slices.
  grpc::ProtoBufferReader reader(&readable);
  return reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
}

template <typename Response>
ByteBuffer Accepted(int records, Response response) {
  for (int i = 0; i < records; ++i) response.add_outcomes()->set_outcome(pb::OUTCOME_ACCEPTED);
  ByteBuffer bytes;
  bool own = false;
  grpc::SerializationTraits<Response>::Serialize(response, &bytes, &own);
  return bytes;
}

// Reads on while it writes, as the server's streams do. Owns itself.
class AnswerStream final : public grpc::ServerBidiReactor<ByteBuffer, ByteBuffer> {
 public:
  AnswerStream() { StartRead(&incoming_); }

  void OnReadDone(bool ok) override {
    wire::v1::StreamBatch request;
    if (!ok || !Parse(incoming_, &request)) {
      {
        MutexLock lock(mutex_);
        is_over_ = true;
      }
      return Advance();
    }
    pb::StreamResponse response;
    response.set_sequence(request.sequence());
    ByteBuffer bytes = Accepted(request.records_size(), std::move(response));
    {
      MutexLock lock(mutex_);
      answers_.push_back(std::move(bytes));
    }
    Advance();
    StartRead(&incoming_);
  }

  void OnWriteDone(bool) override {
    {
      MutexLock lock(mutex_);
      answers_.pop_front();
      is_writing_ = false;
    }
    Advance();
  }

  void OnDone() override { delete this; }

 private:
  void Advance() {
    ByteBuffer* next = nullptr;
    {
      MutexLock lock(mutex_);
      if (is_writing_ || is_finished_) return;
      if (answers_.empty() && !is_over_) return;
      is_finished_ = answers_.empty();
      is_writing_ = !is_finished_;
      if (is_writing_) next = &answers_.front();
    }
    next == nullptr ? Finish(grpc::Status::OK) : StartWrite(next);
  }

  ByteBuffer incoming_;
  Mutex mutex_;
  std::deque<ByteBuffer> answers_ SELFSAME_GUARDED_BY(mutex_);
  bool is_writing_ SELFSAME_GUARDED_BY(mutex_) = false;
  bool is_over_ SELFSAME_GUARDED_BY(mutex_) = false;
  bool is_finished_ SELFSAME_GUARDED_BY(mutex_) = false;
};

class AnswerService final
    : public pb::IngestService::WithRawCallbackMethod_TrackEvents<
          pb::IngestService::WithRawCallbackMethod_Stream<pb::IngestService::Service>> {
 public:
  grpc::ServerUnaryReactor* TrackEvents(grpc::CallbackServerContext* context,
                                        const ByteBuffer* request, ByteBuffer* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    wire::v1::RecordBatch batch;
    if (!Parse(*request, &batch)) {
      reactor->Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "not a request"));
      return reactor;
    }
    *response = Accepted(batch.records_size(), pb::TrackEventsResponse());
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerBidiReactor<ByteBuffer, ByteBuffer>* Stream(grpc::CallbackServerContext*) override {
    return new AnswerStream();  // Deletes itself in OnDone.
  }
};

}  // namespace

bool ServeAnswers(const std::function<void(const std::string& address)>& on_listening) {
  AnswerService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return false;
  on_listening("127.0.0.1:" + std::to_string(port));
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  int signal = 0;
  sigwait(&stop, &signal);
  server->Shutdown(std::chrono::system_clock::now());
  return true;
}

}  // namespace selfsame::bench
