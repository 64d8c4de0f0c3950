// What all calls of one load share: the completion queue, the records' numbers, the meter, and what
// went wrong.
#ifndef SELFSAME_TESTS_BENCH_TRAFFIC_H_
#define SELFSAME_TESTS_BENCH_TRAFFIC_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <optional>
#include <string>

#include "base/error.h"
#include "tests/bench/load.h"

namespace selfsame::bench {

// What the completion queue hands back: runs when an operation is done, with whether it succeeded.
using Tag = std::function<void(bool)>;

// Owned by one thread.
class Traffic {
 public:
  Traffic(const LoadOptions& options, const std::string& api_key);

  grpc::CompletionQueue& queue() { return queue_; }
  const LoadOptions& options() const { return options_; }
  void Authorize(grpc::ClientContext& context) const;

  // Makes the template the next request; false when no more are to be sent.
  bool Stamp(RequestTemplate& request);
  // Takes in a response with as many outcomes as its request had records.
  void Answered(Clock::time_point sent_at, std::uint64_t records, const grpc::ByteBuffer& response);
  // Ends the load with an error unless the status is OK.
  void Ended(const grpc::Status& status);

  // Calls that are to be waited for.
  void Opened() { ++open_calls_; }
  void Closed() { --open_calls_; }
  // Runs tags until all calls are closed.
  Status Run();
  Result<Slice> TakeSlice();

 private:
  void Fail(const std::string& what);

  const LoadOptions options_;
  const std::string authorization_;
  grpc::CompletionQueue queue_;
  Meter meter_;
  std::uint64_t next_number_;
  int open_calls_ = 0;
  std::optional<Error> error_;
};

// The outcomes of a TrackEventsResponse or StreamResponse; nothing unless all are ACCEPTED.
std::optional<std::uint64_t> CountAccepted(const grpc::ByteBuffer& response, bool is_stream);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_TRAFFIC_H_
