// Serves Metrics to Prometheus: plain HTTP, GET /metrics. Also /healthz and /readyz, for those who
// start and route to this process. Not the metrics themselves (metrics.h).
#ifndef SELFSAME_SERVER_OBSERVE_METRICS_SERVER_H_
#define SELFSAME_SERVER_OBSERVE_METRICS_SERVER_H_

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/observe/barrier.h"
#include "server/observe/metrics.h"
#include "server/observe/readiness.h"

namespace selfsame::observe {

// Connections open at a time; the oldest one gives way to the next.
inline constexpr std::size_t kScrapesOpenMax = 64;
// Pages in memory at a time: one may have tens of megabytes. Past it a scrape is answered 503.
inline constexpr std::size_t kPagesMax = 8;

struct MetricsServerOptions {
  std::string host = "127.0.0.1";  // An IPv4 or IPv6 address without brackets, or localhost.
  int port = 0;                    // 0 takes a free one; see port().
  // Outlives the server. Null: exceptions are stopped all the same, but not counted.
  const Barrier* barrier = nullptr;
  // Outlives the server. What /readyz answers: 200 READY, or 503 with reason and message. Null:
  // 404. /healthz answers 200 as long as the process does.
  const Readiness* readiness = nullptr;
  // From the accepted connection to the end of its one answer, however busy the connection is.
  std::chrono::milliseconds scrape_wait{10'000};
};

// Listens from Start until destroyed, on two threads of its own: one serves all connections without
// ever waiting for one, the other closes those that are out of time, so that clients that send or
// read slowly cannot keep others out. One answer per connection. There is no authentication:
// metrics hold nothing secret (INV-10), but bind it to an address that only Prometheus reaches.
// Owned by one thread.
class MetricsServer {
 public:
  // Requires: metrics outlive the server.
  // Errors: kInvalidArgument METRICS_ADDRESS_INVALID for a host or port of another form;
  // kFailedPrecondition METRICS_ADDRESS_IN_USE when another socket listens there, or
  // METRICS_ADDRESS_UNUSABLE when the address is not this machine's or not allowed.
  // May be retried.
  static Result<std::unique_ptr<MetricsServer>> Start(const Metrics& metrics,
                                                      const MetricsServerOptions& options);

  // Stops listening and closes what is open.
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
