// Streams: IngestService.Stream, pipelined. Each request is prepared and queued as it arrives;
// responses go out in the order of the requests, as each is settled.
#ifndef SELFSAME_SERVER_EDGE_STREAM_CALL_H_
#define SELFSAME_SERVER_EDGE_STREAM_CALL_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <set>
#include <string>

#include "base/mutex.h"
#include "server/edge/intake.h"
#include "server/edge/long_messages.h"

namespace selfsame::edge {

// Requests of one stream that may be unanswered at a time; the server reads no further meanwhile.
inline constexpr int kStreamRequestsInFlightMax = 16;

using StreamReactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

class StreamCall;

// All open streams. Thread-safe.
class Streams {
 public:
  // Requires: both outlive this, and all streams are done before this goes.
  Streams(const EdgeContext& edge, LongMessages& long_messages)
      : edge_(edge), long_messages_(long_messages) {}

  // A reactor that owns itself.
  StreamReactor* Start(const grpc::CallbackServerContext& context);
  // Ends every stream, and every later one, once what it has read is answered.
  void Stop();

 private:
  friend class StreamCall;
  void Forget(StreamCall* call);

  const EdgeContext& edge_;
  LongMessages& long_messages_;
  Mutex mutex_;
  std::set<StreamCall*> calls_ SELFSAME_GUARDED_BY(mutex_);
  bool is_stopped_ SELFSAME_GUARDED_BY(mutex_) = false;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_STREAM_CALL_H_
