// The barrier: where exceptions end. Own code throws nothing, but libraries do, and so does memory
// that runs out; an exception that leaves the entry of a thread ends the process, and one that
// leaves a handler of gRPC fails the call without a word. Every thread and every reaction to an
// event begins its work here.
#ifndef SELFSAME_SERVER_OBSERVE_BARRIER_H_
#define SELFSAME_SERVER_OBSERVE_BARRIER_H_

#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"

namespace selfsame::observe {

// Thread-safe. Whoever has it has also what it counts and logs with, which outlives it.
class Barrier {
 public:
  // Called before each piece of work, within the barrier. It lets a test throw at any entry.
  using Before = std::function<void(Entry)>;

  Barrier(Metrics& metrics, const Logger& log, Before before = nullptr)
      : metrics_(&metrics), log_(&log), before_(std::move(before)) {}

  // Runs `work`, which returns a Status or nothing, and returns what it did. An exception is
  // counted by entry, logged with its type and `request_id` (empty: no request), and returned as
  // kInternal INTERNAL. What `work` has changed until then stays: the caller puts it in order.
  template <typename Work>
  Status Run(Entry entry, std::string_view request_id, Work&& work) const {
    try {
      if (before_) before_(entry);
      if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
        std::forward<Work>(work)();
        return {};
      } else {
        return std::forward<Work>(work)();
      }
    } catch (...) {
      return Caught(entry, request_id);
    }
  }

 private:
  // Requires: an exception is being handled.
  Error Caught(Entry entry, std::string_view request_id) const noexcept;

  Metrics* metrics_;
  const Logger* log_;
  Before before_;
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_BARRIER_H_
