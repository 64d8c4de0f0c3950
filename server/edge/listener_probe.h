// Finds out when the server's own port no longer answers: a process that serves nobody must end, so
// that its supervisor starts another one.
#ifndef SELFSAME_SERVER_EDGE_LISTENER_PROBE_H_
#define SELFSAME_SERVER_EDGE_LISTENER_PROBE_H_

#include <functional>
#include <string>

#include "server/observe/log.h"
#include "server/observe/metrics.h"

namespace selfsame::edge {

// Consecutive probes without an answer after which the port counts as deaf.
inline constexpr int kProbeFailuresMax = 3;

// Where to reach a listen address from this machine: 0.0.0.0 and [::] become the loopback address.
std::string LoopbackOf(const std::string& listen_address);

// Asks the port for its health, over a new connection each time, because gRPC can lose its
// listening socket (a failed accept) while open connections and /metrics work on. Any state of
// health counts as an answer. Owned by its task's thread.
class ListenerProbe {
 public:
  // `on_deaf` runs once, on the task's thread, and must return soon.
  // Requires: metrics and log outlive this.
  ListenerProbe(const std::string& listen_address, observe::Metrics& metrics,
                const observe::Logger& log, std::function<void()> on_deaf);

  // One probe; takes at most five seconds.
  void Pass();

 private:
  const std::string address_;
  observe::Metrics& metrics_;
  const observe::Logger& log_;
  const std::function<void()> on_deaf_;
  int failures_ = 0;  // Since the last answer.
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_LISTENER_PROBE_H_
