#include "server/ingest/submission.h"

#include <utility>

#include "base/check.h"

namespace selfsame::ingest {

Submission::Submission(std::shared_ptr<const storage::Directory> directory,
                       const storage::Tenant& tenant, std::vector<PreparedRecord> records,
                       std::shared_ptr<const void> bytes, std::function<void(Submission&)> on_done,
                       selfsame::IsAbandoned is_abandoned)
    : directory_(std::move(directory)),
      tenant_(tenant),
      records_(std::move(records)),
      bytes_(std::move(bytes)),
      on_done_(std::move(on_done)),
      is_abandoned_(std::move(is_abandoned)),
      unfinished_(records_.size()) {}

void Submission::Finish(std::size_t count) {
  const std::size_t before = unfinished_.fetch_sub(count, std::memory_order_acq_rel);
  SELFSAME_CHECK(before >= count);
  if (before == count) on_done_(*this);
}

void Submission::Fail(const Error& error) {
  MutexLock lock(mutex_);
  if (!error_) error_ = error;
}

bool Submission::HasFailed() const {
  MutexLock lock(mutex_);
  return error_.has_value();
}

}  // namespace selfsame::ingest
