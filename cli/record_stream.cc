#include "cli/record_stream.h"

#include <grpcpp/channel.h>
#include <grpcpp/support/client_callback.h>

#include <deque>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "cli/rpc_error.h"
#include "selfsame/ingest/v1/ingest.grpc.pb.h"

namespace selfsame::cli {

using ingest::v1::IngestService;
using ingest::v1::StreamRequest;
using ingest::v1::StreamResponse;

// gRPC calls the On... methods on its own threads, one at a time a kind. The owner starts a write
// from outside only while it holds the call ("hold"): that keeps OnDone away.
class RecordStream::Reactor : public grpc::ClientBidiReactor<StreamRequest, StreamResponse> {
 public:
  Reactor(const std::shared_ptr<grpc::Channel>& channel, const std::string& api_key)
      : stub_(IngestService::NewStub(channel)) {
    if (!api_key.empty()) context_.AddMetadata("authorization", "Bearer " + api_key);
    stub_->async()->Stream(&context_, this);
    AddHold();
    StartRead(&incoming_);
    StartCall();
  }

  void Write(std::shared_ptr<const StreamRequest> request) {
    if (!held_) return;
    {
      MutexLock lock(mutex_);
      outgoing_.push_back(request);
      if (outgoing_.size() > 1) return;  // The front is being written.
    }
    StartWrite(request.get());
  }

  Event Next(Deadline deadline, StreamResponse& response) {
    while (true) {
      if (const auto event = Take(deadline, response)) return *event;
      held_ = false;
      RemoveHold();  // Not under the mutex: OnDone may run right here.
    }
  }

  void Cancel() { context_.TryCancel(); }

  // Requires: done; nothing changes any more.
  Status status() {
    MutexLock lock(mutex_);
    if (status_.ok()) return {};
    return ErrorOf(status_);
  }

 private:
  // Nothing when the call is over but for our hold on it.
  std::optional<Event> Take(Deadline deadline, StreamResponse& response) {
    MutexLock lock(mutex_);
    while (true) {
      if (!responses_.empty()) {
        response = std::move(responses_.front());
        responses_.pop_front();
        return Event::kResponse;
      }
      if (done_) return Event::kEnded;
      if (read_over_ && held_) return std::nullopt;
      if (deadline.Expired()) return Event::kNothing;
      changed_.wait_until(mutex_, deadline.at());
    }
  }

  void OnReadDone(bool ok) override {
    {
      MutexLock lock(mutex_);
      if (ok) {
        responses_.push_back(std::move(incoming_));
      } else {
        read_over_ = true;
      }
      changed_.notify_all();
    }
    if (ok) StartRead(&incoming_);
  }

  // After a failed write the queue stays as it is, so that no other is started.
  void OnWriteDone(bool ok) override {
    const StreamRequest* next = nullptr;
    {
      MutexLock lock(mutex_);
      if (!ok) return;
      outgoing_.pop_front();
      if (!outgoing_.empty()) next = outgoing_.front().get();
    }
    if (next != nullptr) StartWrite(next);
  }

  void OnDone(const grpc::Status& status) override {
    MutexLock lock(mutex_);
    status_ = status;
    done_ = true;
    changed_.notify_all();
  }

  const std::unique_ptr<IngestService::Stub> stub_;
  grpc::ClientContext context_;

  StreamResponse incoming_;  // Owned by the read in progress.
  bool held_ = true;         // Owned by the owner's thread.

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::shared_ptr<const StreamRequest>> outgoing_ SELFSAME_GUARDED_BY(mutex_);
  std::deque<StreamResponse> responses_ SELFSAME_GUARDED_BY(mutex_);
  bool read_over_ SELFSAME_GUARDED_BY(mutex_) = false;
  bool done_ SELFSAME_GUARDED_BY(mutex_) = false;
  grpc::Status status_ SELFSAME_GUARDED_BY(mutex_);
};

RecordStream::RecordStream(const std::shared_ptr<grpc::Channel>& channel,
                           const std::string& api_key)
    : reactor_(std::make_unique<Reactor>(channel, api_key)) {}

RecordStream::~RecordStream() {
  reactor_->Cancel();
  StreamResponse unread;
  while (reactor_->Next(Deadline::After(std::chrono::seconds(1)), unread) != Event::kEnded) {
  }
}

void RecordStream::Write(std::shared_ptr<const StreamRequest> request) {
  reactor_->Write(std::move(request));
}

RecordStream::Event RecordStream::Next(Deadline deadline, StreamResponse& response) {
  return reactor_->Next(deadline, response);
}

Status RecordStream::status() const { return reactor_->status(); }

}  // namespace selfsame::cli
