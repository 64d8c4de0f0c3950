// Serves Metrics to Prometheus: plain HTTP, GET /metrics. Not the metrics themselves (metrics.h).
#ifndef SELFSAME_SERVER_OBSERVE_METRICS_SERVER_H_
#define SELFSAME_SERVER_OBSERVE_METRICS_SERVER_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "server/observe/barrier.h"
#include "server/observe/metrics.h"

namespace selfsame::observe {

struct MetricsServerOptions {
  std::string host = "127.0.0.1";  // An IPv4 address, or localhost.
  int port = 0;                    // 0 takes a free one; see port().
  // Outlives the server. Null: exceptions are stopped all the same, but not counted.
  const Barrier* barrier = nullptr;
};

// Listens from Start until destroyed, on two threads of its own, which read atomics and touch
// nothing else. There is no authentication: metrics hold nothing secret (INV-10), but bind it to
// an address that only Prometheus reaches. Owned by one thread.
class MetricsServer {
 public:
  // Requires: metrics outlive the server.
  // Errors: kInvalidArgument METRICS_ADDRESS_INVALID for a host or port of another form;
  // kFailedPrecondition METRICS_ADDRESS_IN_USE when another socket listens there, or
  // METRICS_ADDRESS_UNUSABLE when the address is not this machine's or not allowed.
  // May be retried.
  static Result<std::unique_ptr<MetricsServer>> Start(const Metrics& metrics,
                                                      const MetricsServerOptions& options);

  // Answers what is under way, then stops listening.
  ~MetricsServer();

  // The port that is listened on.
  int port() const;

 private:
  struct State;
  explicit MetricsServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_METRICS_SERVER_H_
