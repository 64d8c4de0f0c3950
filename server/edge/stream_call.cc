#include "server/edge/stream_call.h"

#include <deque>
#include <optional>
#include <utility>

#include "server/edge/encode.h"
#include "server/edge/status.h"

namespace selfsame::edge {

using observe::Entry;

namespace {

Error Stopping() {
  return {.code = ErrorCode::kUnavailable,
          .reason = "SHUTTING_DOWN",
          .message = "the server is stopping",
          .retry_after = std::chrono::seconds(1)};
}

}  // namespace

// One stream. Lives until gRPC is done with it, which is not before every request is answered.
// What to do next is decided under the mutex and done after it: reactions may come on any thread.
class StreamCall final : public StreamReactor {
 public:
  // `pass` is null for a stream that is refused: only BeginStop may follow.
  StreamCall(Streams& streams, const EdgeContext& edge, const grpc::CallbackServerContext& context,
             Gate::Pass pass)
      : streams_(streams),
        edge_(edge),
        context_(context),
        credentials_(CredentialsOf(context)),
        pass_(std::move(pass)) {}

  void Begin() {
    const Status allowed =
        edge_.barrier.Run(Entry::kStream, "", [this] { return Reauthenticate(); });
    if (!allowed.ok()) {
      const RequestWatch watch(edge_, observe::Method::kStream);
      watch.Failed(allowed.error());
      return End(GrpcStatus(allowed.error(), watch.request_id()));
    }
    StartRead(&incoming_);
  }

  // Answers what was read, then ends the stream.
  void BeginStop() {
    const RequestWatch watch(edge_, observe::Method::kStream);
    {
      MutexLock lock(mutex_);
      is_reading_over_ = true;
      status_ = GrpcStatus(Stopping(), watch.request_id());
    }
    Advance();
  }

  void OnReadDone(bool ok) override {
    if (!ok || !caller_) return React([this, ok] { TakeRead(ok); });
    {
      MutexLock lock(mutex_);
      ++handling_;
    }
    const auto handle = [this] {
      React([this] { TakeRead(true); });
      Advance(1);
    };
    if (!streams_.long_messages_.Take(caller_->tenant->id, incoming_.Length(), handle)) handle();
  }

  void OnWriteDone(bool) override {
    React([this] { TakeWritten(); });
  }

  void OnDone() override {
    streams_.Forget(this);
    delete this;
  }

 private:
  // One request and, once it is settled, its response.
  struct Slot {
    explicit Slot(const EdgeContext& edge) : watch(edge, observe::Method::kStream) {}
    const RequestWatch watch;
    std::uint64_t sequence = 0;
    std::optional<grpc::ByteBuffer> response;  // Guarded by mutex_.
  };

  // A reaction that throws ends the stream, once what it has read is answered: the client sends
  // the rest again on another one.
  template <typename Reaction>
  void React(Reaction reaction) {
    const Status reacted = edge_.barrier.Run(Entry::kStream, "", reaction);
    if (reacted.ok()) return;
    const RequestWatch watch(edge_, observe::Method::kStream);
    watch.Failed(reacted.error());
    End(GrpcStatus(reacted.error(), watch.request_id()));
  }

  void TakeRead(bool ok) {
    if (!ok) {
      {
        MutexLock lock(mutex_);
        is_reading_over_ = true;
      }
      return Advance();
    }
    Accept();
    bool read_on = false;
    {
      MutexLock lock(mutex_);
      is_paused_ = slots_.size() >= kStreamRequestsInFlightMax;
      read_on = !is_paused_ && !is_reading_over_;
    }
    if (read_on) StartRead(&incoming_);
  }

  void TakeWritten() {
    // A failed write means the client is gone: what is left is settled all the same, unheard.
    bool read_on = false;
    {
      MutexLock lock(mutex_);
      slots_.pop_front();
      is_writing_ = false;
      read_on = is_paused_ && !is_reading_over_;
      is_paused_ = false;
    }
    if (read_on) StartRead(&incoming_);
    Advance();
  }

  // A key that is revoked stops working within a stream too; looked up again only when the
  // directory has changed.
  Status Reauthenticate() {
    std::shared_ptr<const storage::Directory> directory = edge_.directory.Get();
    if (caller_ && caller_->directory == directory) return {};
    SELFSAME_ASSIGN_OR_RETURN(caller_, Authenticate(std::move(directory), credentials_,
                                                    storage::Scope::kIngest, edge_.readiness));
    return {};
  }

  // Takes in the request that was just read. Once reading is over the stream may end any moment:
  // what still arrives is not taken in, and the client, unanswered, sends it again.
  void Accept() {
    auto slot = std::make_shared<Slot>(edge_);
    {
      MutexLock lock(mutex_);
      if (is_reading_over_) return;
      slots_.push_back(slot);
    }
    const Status submitted =
        edge_.barrier.Run(Entry::kCall, slot->watch.request_id(), [&] { return SubmitTo(slot); });
    if (!submitted.ok()) Answer(*slot, submitted.error());
  }

  Status SubmitTo(const std::shared_ptr<Slot>& slot) {
    auto request = DecodeStreamRequest(incoming_, &slot->sequence);
    if (!request.ok()) return std::move(request).error();
    SELFSAME_RETURN_IF_ERROR(Reauthenticate());
    return Submit(
        edge_, *caller_, std::move(*request), [this] { return context_.IsCancelled(); },
        [this, slot, caller = *caller_](ingest::Submission& submission) {
          Settle(*slot, caller, submission);
        });
  }

  void Settle(Slot& slot, const Caller& caller, const ingest::Submission& submission) {
    grpc::ByteBuffer response;
    const Status encoded =
        edge_.barrier.Run(Entry::kAnswer, slot.watch.request_id(), [&]() -> Status {
          CountOutcomes(edge_, caller, submission);
          if (submission.error()) return *submission.error();
          response = EncodeStreamOutcomes(slot.sequence, submission.records());
          return {};
        });
    if (!encoded.ok()) return Answer(slot, encoded.error());
    slot.watch.Succeeded();
    Respond(slot, std::move(response));
  }

  void Answer(Slot& slot, const Error& error) {
    slot.watch.Failed(error);
    Respond(slot, EncodeStreamError(slot.sequence, error, slot.watch.request_id()));
  }

  void Respond(Slot& slot, grpc::ByteBuffer response) {
    {
      MutexLock lock(mutex_);
      slot.response = std::move(response);
    }
    Advance();
  }

  // Starts whatever can be started: the next write in order, or the end. What takes a message says
  // so by `handled`, and does not touch the stream after it.
  void Advance(int handled = 0) {
    grpc::ByteBuffer* next = nullptr;
    grpc::WriteOptions options;
    std::optional<grpc::Status> end;
    {
      MutexLock lock(mutex_);
      handling_ -= handled;
      if (is_writing_ || is_ended_) return;
      if (!slots_.empty() && slots_.front()->response) {
        is_writing_ = true;
        next = &*slots_.front()->response;
        // More responses are ready: let gRPC send them together. Never with the first one: it is
        // done only when the headers are sent, and the hint would hold them back for ever.
        if (has_written_ && slots_.size() > 1 && slots_[1]->response) options.set_buffer_hint();
        has_written_ = true;
      } else if (slots_.empty() && is_reading_over_ && handling_ == 0) {
        is_ended_ = true;
        end = status_;
      }
    }
    if (next != nullptr) StartWrite(next, options);
    if (end) Finish(*end);
  }

  void End(grpc::Status status) {
    {
      MutexLock lock(mutex_);
      is_reading_over_ = true;
      status_ = std::move(status);
    }
    Advance();
  }

  Streams& streams_;
  const EdgeContext& edge_;
  const grpc::CallbackServerContext& context_;  // Lives until OnDone.
  const Credentials credentials_;
  const Gate::Pass pass_;

  // Owned by the reads, of which there is one at a time.
  grpc::ByteBuffer incoming_;
  std::optional<Caller> caller_;

  Mutex mutex_;
  std::deque<std::shared_ptr<Slot>> slots_ SELFSAME_GUARDED_BY(mutex_);  // In order of arrival.
  bool is_writing_ SELFSAME_GUARDED_BY(mutex_) = false;
  bool has_written_ SELFSAME_GUARDED_BY(mutex_) = false;
  bool is_paused_ SELFSAME_GUARDED_BY(mutex_) = false;  // Not reading: too many requests are open.
  bool is_reading_over_ SELFSAME_GUARDED_BY(mutex_) = false;
  bool is_ended_ SELFSAME_GUARDED_BY(mutex_) = false;
  // Messages that were read and not taken in yet; one, and for a moment the next. They may be on
  // threads that gRPC does not wait for.
  int handling_ SELFSAME_GUARDED_BY(mutex_) = 0;
  grpc::Status status_ SELFSAME_GUARDED_BY(mutex_);  // What the stream ends with.
};

StreamReactor* Streams::Start(const grpc::CallbackServerContext& context) {
  const Result<Gate::Pass> pass = edge_.gate.Enter();
  // Deletes itself in OnDone.
  auto* call = new StreamCall(*this, edge_, context, pass.ok() ? *pass : nullptr);
  bool is_stopped = !pass.ok();
  {
    MutexLock lock(mutex_);
    calls_.insert(call);
    is_stopped = is_stopped || is_stopped_;
  }
  is_stopped ? call->BeginStop() : call->Begin();
  return call;
}

void Streams::Stop() {
  MutexLock lock(mutex_);
  is_stopped_ = true;
  // Under the lock, so that none is forgotten, and deleted, meanwhile.
  for (StreamCall* call : calls_) call->BeginStop();
}

void Streams::Forget(StreamCall* call) {
  MutexLock lock(mutex_);
  calls_.erase(call);
}

}  // namespace selfsame::edge
