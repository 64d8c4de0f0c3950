// Keeps an entry that would be written at every try from filling the log: one per interval.
#ifndef SELFSAME_SERVER_OBSERVE_LOG_LIMIT_H_
#define SELFSAME_SERVER_OBSERVE_LOG_LIMIT_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace selfsame::observe {

// Owned by one thread.
class LogLimit {
 public:
  explicit LogLimit(std::chrono::milliseconds interval) : interval_(interval) {}

  // How many entries were left out since the last one that was written; nothing: leave this one out
  // as well.
  std::optional<std::uint64_t> Admit() {
    const auto now = std::chrono::steady_clock::now();
    if (last_ && now - *last_ < interval_) {
      ++left_out_;
      return std::nullopt;
    }
    last_ = now;
    return std::exchange(left_out_, 0);
  }

 private:
  const std::chrono::milliseconds interval_;
  std::optional<std::chrono::steady_clock::time_point> last_;
  std::uint64_t left_out_ = 0;
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_LOG_LIMIT_H_
