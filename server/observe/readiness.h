// Readiness: whether this server serves and, if not, why. The one place that whoever asks reads it
// from: /readyz, gRPC health, refused callers.
#ifndef SELFSAME_SERVER_OBSERVE_READINESS_H_
#define SELFSAME_SERVER_OBSERVE_READINESS_H_

#include <functional>
#include <memory>

#include "base/mutex.h"
#include "base/snapshot.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "server/observe/standing.h"

namespace selfsame::observe {

// Starts as STARTING. Thread-safe.
class Readiness {
 public:
  // Requires: metrics and log outlive this.
  Readiness(Metrics& metrics, const Logger& log);

  std::shared_ptr<const Standing> Get() const { return standing_.Get(); }

  // Logs each change of the reason, the first one included, and moves the metric. Once it is
  // SHUTTING_DOWN it stays so. Returns whether the reason changed.
  bool Set(Standing standing);

 private:
  Metrics& metrics_;
  const Logger& log_;
  Mutex mutex_;  // One change at a time.
  Snapshot<Standing> standing_{std::make_shared<const Standing>()};
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_READINESS_H_
