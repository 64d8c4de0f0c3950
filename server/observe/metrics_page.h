// Metrics as the text that Prometheus reads. Not the HTTP server (metrics_server.h).
#ifndef SELFSAME_SERVER_OBSERVE_METRICS_PAGE_H_
#define SELFSAME_SERVER_OBSERVE_METRICS_PAGE_H_

#include <string>

#include "server/observe/metrics.h"

namespace selfsame::observe {

// All metrics as they are now, in Prometheus's text format 0.0.4. Reads atomics only. Thread-safe.
// May throw what the library throws (out of memory).
std::string MetricsPage(const Metrics& metrics);

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_METRICS_PAGE_H_
