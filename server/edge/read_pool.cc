#include "server/edge/read_pool.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "storage/pg/errors.h"

namespace selfsame::edge {
namespace {

constexpr std::chrono::seconds kCompany{10};  // After its last read a tenant counts as gone.

}  // namespace

ReadPool::ReadPool(ReadPoolOptions options, const observe::Barrier& barrier)
    : options_(std::move(options)),
      barrier_(barrier),
      reads_({.common_max = options_.queue_reads_max, .share = options_.queue_reads_share}) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

ReadPool::~ReadPool() { Stop(); }

Status ReadPool::Submit(TenantId tenant, IsAbandoned is_abandoned, Read read) {
  MutexLock lock(mutex_);
  if (is_stopped_) return StoppingServer();
  if (!reads_.Push(tenant, {std::move(is_abandoned), std::move(read)})) {
    return Error{.code = ErrorCode::kResourceExhausted,
                 .reason = "READS_BUSY",
                 .message = "too many reads are waiting",
                 .retry_after = std::chrono::milliseconds(200)};
  }
  changed_.notify_one();
  return {};
}

Status ReadPool::Due(const Queued& queued) const {
  if (queued.is_abandoned && queued.is_abandoned()) return AbandonedCall();
  if (options_.stop != nullptr && options_.stop->Expired()) return StoppingServer();
  return {};
}

std::size_t ReadPool::RunningMax() const {
  const bool has_company = others_at_ && std::chrono::steady_clock::now() - *others_at_ < kCompany;
  const int most = has_company ? options_.threads / 2 : options_.threads - 1;
  return static_cast<std::size_t>(std::max(1, most));
}

void ReadPool::NoteTurn(TenantId tenant) {
  MutexLock lock(mutex_);
  if (last_ && *last_ != tenant) others_at_ = std::chrono::steady_clock::now();
  last_ = tenant;
}

void ReadPool::Run() {
  std::unique_ptr<pg::Session> session;
  for (;;) {
    std::optional<std::pair<TenantId, Queued>> next;
    {
      MutexLock lock(mutex_);
      changed_.wait(mutex_, [&]() SELFSAME_REQUIRES(mutex_) {
        next = reads_.Take(RunningMax());
        return next || (is_stopped_ && reads_.empty());
      });
    }
    if (!next) return;
    const TenantId tenant = next->first;
    NoteTurn(tenant);
    Queued& queued = next->second;
    // Apart from the read: whatever happens here, the caller is answered.
    const Status ready = barrier_.Run(observe::Entry::kRead, "", [&]() -> Status {
      SELFSAME_RETURN_IF_ERROR(Due(queued));
      return Connect(session);
    });
    const Status done = barrier_.Run(observe::Entry::kRead, "", [&] {
      return ready.ok() ? queued.read(session.get()) : queued.read(ready.error());
    });
    // What stopped in the middle may have left a transaction open.
    if (!done.ok() && done.error().code == ErrorCode::kInternal) session.reset();
    next.reset();  // Lets the call go before its turn is counted as over.
    MutexLock lock(mutex_);
    reads_.Done(tenant);
    changed_.notify_all();
  }
}

Status ReadPool::Connect(std::unique_ptr<pg::Session>& session) const {
  if (session != nullptr) return {};
  auto connected = pg::Session::Connect(options_.database);
  if (!connected.ok()) return pg::ForCallers(std::move(connected).error());
  session = std::move(*connected);
  return {};
}

void ReadPool::Stop() {
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace selfsame::edge
