#include "tests/bench/load.h"

#include <grpcpp/generic/generic_stub.h>

#include <deque>
#include <memory>
#include <vector>

#include "tests/bench/traffic.h"

namespace selfsame::bench {
namespace {

constexpr const char* kTrackEvents = "/selfsame.ingest.v1.IngestService/TrackEvents";
constexpr const char* kStream = "/selfsame.ingest.v1.IngestService/Stream";

constexpr int kConnections = 4;
constexpr int kUnarySingleInFlight = 256;
constexpr int kUnaryBatchInFlight = 32;
constexpr int kStreamInFlight = 8;  // Of each stream; one stream a connection.

// A request's place: used again once its response is in, when nobody reads its bytes any more.
struct Slot {
  Slot(const LoadOptions& options, std::uint64_t number)
      : request(options.shape, options.seed + number * 1000) {}

  // A view of the template's bytes, not a copy.
  grpc::ByteBuffer Buffer() const {
    const std::string& bytes = request.bytes();
    const grpc::Slice slice(bytes.data(), bytes.size(), grpc::Slice::STATIC_SLICE);
    return grpc::ByteBuffer(&slice, 1);
  }

  RequestTemplate request;
  Clock::time_point sent_at;
};

// One unary call after the other. Owned by the load's thread, as its stream below.
class UnaryCaller {
 public:
  UnaryCaller(Traffic& traffic, grpc::GenericStub& stub, std::uint64_t number)
      : traffic_(traffic), stub_(stub), slot_(traffic.options(), number) {}

  void CallNext() {
    if (!traffic_.Stamp(slot_.request)) return;
    traffic_.Opened();
    slot_.sent_at = Clock::now();
    context_ = std::make_unique<grpc::ClientContext>();
    traffic_.Authorize(*context_);
    reader_ =
        stub_.PrepareUnaryCall(context_.get(), kTrackEvents, slot_.Buffer(), &traffic_.queue());
    reader_->StartCall();
    reader_->Finish(&response_, &status_, &on_finished_);
  }

 private:
  void OnFinished() {
    traffic_.Closed();
    if (!status_.ok()) return traffic_.Ended(status_);
    traffic_.Answered(slot_.sent_at, slot_.request.records(), response_);
    CallNext();
  }

  Traffic& traffic_;
  grpc::GenericStub& stub_;
  Slot slot_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader_;
  grpc::ByteBuffer response_;
  grpc::Status status_;
  Tag on_finished_ = [this](bool) { OnFinished(); };
};

// One stream with kStreamInFlight requests in flight; responses come in their order.
class Streamer {
 public:
  Streamer(Traffic& traffic, grpc::GenericStub& stub, std::uint64_t number) : traffic_(traffic) {
    for (int i = 0; i < kStreamInFlight; ++i) {
      slots_.emplace_back(traffic.options(), number * kStreamInFlight + i);
    }
    traffic_.Authorize(context_);
    rpc_ = stub.PrepareCall(&context_, kStream, &traffic_.queue());
  }

  void Start() {
    traffic_.Opened();
    rpc_->StartCall(&on_started_);
  }

 private:
  void OnStarted(bool ok) {
    if (!ok) return rpc_->Finish(&status_, &on_finished_);
    rpc_->Read(&response_, &on_read_);
    WriteNext();
  }

  void WriteNext() {
    if (is_writing_ || is_closing_ || sent_ - answered_ == slots_.size()) return;
    is_writing_ = true;
    Slot& slot = slots_[sent_ % slots_.size()];
    if (!traffic_.Stamp(slot.request)) {
      is_closing_ = true;
      return rpc_->WritesDone(&on_written_);
    }
    slot.sent_at = Clock::now();
    ++sent_;
    rpc_->Write(slot.Buffer(), &on_written_);
  }

  void OnWritten() {
    is_writing_ = false;
    WriteNext();
  }

  void OnRead(bool ok) {
    if (!ok) return rpc_->Finish(&status_, &on_finished_);
    const Slot& slot = slots_[answered_ % slots_.size()];
    traffic_.Answered(slot.sent_at, slot.request.records(), response_);
    ++answered_;
    rpc_->Read(&response_, &on_read_);
    WriteNext();
  }

  void OnFinished() {
    traffic_.Closed();
    traffic_.Ended(status_);
  }

  Traffic& traffic_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> rpc_;
  std::deque<Slot> slots_;
  std::uint64_t sent_ = 0;
  std::uint64_t answered_ = 0;
  bool is_writing_ = false;
  bool is_closing_ = false;
  grpc::ByteBuffer response_;
  grpc::Status status_;
  Tag on_started_ = [this](bool ok) { OnStarted(ok); };
  Tag on_written_ = [this](bool) { OnWritten(); };
  Tag on_read_ = [this](bool ok) { OnRead(ok); };
  Tag on_finished_ = [this](bool) { OnFinished(); };
};

// Each with a connection of its own, as clients on several machines have.
std::vector<std::unique_ptr<grpc::GenericStub>> Connect(const std::string& address) {
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  for (int i = 0; i < kConnections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stubs.push_back(std::make_unique<grpc::GenericStub>(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments)));
  }
  return stubs;
}

}  // namespace

Result<Slice> RunLoad(const LoadOptions& options, const std::string& api_key) {
  Traffic traffic(options, api_key);
  const auto stubs = Connect(options.address);
  std::deque<UnaryCaller> callers;
  std::deque<Streamer> streamers;
  if (options.shape.is_stream) {
    for (int i = 0; i < kConnections; ++i) streamers.emplace_back(traffic, *stubs[i], i).Start();
  } else {
    const int in_flight = options.shape.records == 1 ? kUnarySingleInFlight : kUnaryBatchInFlight;
    for (int i = 0; i < in_flight; ++i) {
      callers.emplace_back(traffic, *stubs[i % kConnections], i).CallNext();
    }
  }
  SELFSAME_RETURN_IF_ERROR(traffic.Run());
  return traffic.TakeSlice();
}

}  // namespace selfsame::bench
