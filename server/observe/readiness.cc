#include "server/observe/readiness.h"

#include <utility>

namespace selfsame::observe {

Readiness::Readiness(Metrics& metrics, const Logger& log) : metrics_(metrics), log_(log) {
  metrics_.ready_reason.Of(kStarting).Set(1);
}

bool Readiness::Set(Standing standing) {
  MutexLock lock(mutex_);
  const std::shared_ptr<const Standing> before = standing_.Get();
  if (before->reason == kShuttingDown) return false;
  const auto now = std::make_shared<const Standing>(std::move(standing));
  standing_.Set(now);
  if (now->reason == before->reason) return false;
  metrics_.ready_reason.Of(before->reason).Set(0);
  metrics_.ready_reason.Of(now->reason).Set(1);
  if (now->is_ready()) {
    log_.Info("serving", {{"reason", now->reason}, {"before", before->reason}});
  } else if (now->reason != kShuttingDown) {
    log_.Warn("not serving", {{"reason", now->reason}, {"what", now->message}});
  }
  return true;
}

}  // namespace selfsame::observe
