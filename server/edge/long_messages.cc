#include "server/edge/long_messages.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace selfsame::edge {
namespace {

LongMessagesOptions WithThreads(LongMessagesOptions options) {
  if (options.threads == 0) {
    options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency())) + 1;
  }
  return options;
}

}  // namespace

LongMessages::LongMessages(const LongMessagesOptions& options)
    : options_(WithThreads(options)),
      waiting_({.common_max = options_.waiting_max, .share = options_.waiting_share}) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

LongMessages::~LongMessages() {
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool LongMessages::Take(TenantId tenant, std::size_t bytes, std::function<void()> handle) {
  if (bytes < options_.bytes_min) return false;
  MutexLock lock(mutex_);
  if (is_stopped_ || !waiting_.Push(tenant, std::move(handle))) return false;
  changed_.notify_one();
  return true;
}

void LongMessages::Run() {
  // One tenant never has the last of the threads.
  const auto running_max = static_cast<std::size_t>(std::max(1, options_.threads - 1));
  for (;;) {
    std::optional<std::pair<TenantId, std::function<void()>>> next;
    {
      MutexLock lock(mutex_);
      changed_.wait(mutex_, [&]() SELFSAME_REQUIRES(mutex_) {
        next = waiting_.Take(running_max);
        return next || (is_stopped_ && waiting_.empty());
      });
    }
    if (!next) return;
    next->second();
    MutexLock lock(mutex_);
    waiting_.Done(next->first);
    changed_.notify_all();
  }
}

}  // namespace selfsame::edge
