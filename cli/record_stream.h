// One call of IngestService.Stream: requests go out as fast as the server takes them, responses
// are picked up one by one. Whether and when to send a request again is not its business
// (cli/import/sender.h).
#ifndef SELFSAME_CLI_RECORD_STREAM_H_
#define SELFSAME_CLI_RECORD_STREAM_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "selfsame/ingest/v1/ingest.pb.h"

namespace grpc {
class Channel;
}

namespace selfsame::cli {

// Used by one thread, its owner; gRPC's threads call in underneath. Nothing here waits for the
// server but Next, and that no longer than it is told.
class RecordStream {
 public:
  // Starts the call; an empty key is not sent.
  RecordStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& api_key);
  // Cancels what still runs.
  ~RecordStream();
  RecordStream(const RecordStream&) = delete;
  RecordStream& operator=(const RecordStream&) = delete;

  // Queues a request; the bound of the queue is the caller's window. Ignored after the end.
  void Write(std::shared_ptr<const ingest::v1::StreamRequest> request);

  enum class Event { kResponse, kEnded, kNothing };
  // Waits for the next response, for the end of the call, or until the deadline.
  Event Next(Deadline deadline, ingest::v1::StreamResponse& response);

  // Why the call ended; success when the server closed it without an error.
  // Requires: Next returned kEnded.
  Status status() const;

 private:
  class Reactor;
  std::unique_ptr<Reactor> reactor_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_RECORD_STREAM_H_
