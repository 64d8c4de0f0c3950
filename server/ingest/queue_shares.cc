#include "server/ingest/queue_shares.h"

#include "base/check.h"

namespace selfsame::ingest {
namespace {

std::size_t Over(std::size_t used, std::size_t share) { return used > share ? used - share : 0; }

}  // namespace

QueueLoad QueueShares::Beyond(const QueueLoad& used) const {
  return {.rows = Over(used.rows, share_.rows), .bytes = Over(used.bytes, share_.bytes)};
}

bool QueueShares::Take(TenantId tenant, const QueueLoad& load) {
  MutexLock lock(mutex_);
  const auto found = used_.find(tenant);
  const QueueLoad before = found == used_.end() ? QueueLoad() : found->second;
  QueueLoad after = before;
  after += load;
  const QueueLoad had = Beyond(before);
  const QueueLoad wants = Beyond(after);
  const QueueLoad common{.rows = common_.rows - had.rows + wants.rows,
                         .bytes = common_.bytes - had.bytes + wants.bytes};
  const bool grows = wants.rows > had.rows || wants.bytes > had.bytes;
  if (grows && (common.rows > common_max_.rows || common.bytes > common_max_.bytes)) return false;
  if (load.rows == 0) return true;  // Nothing waits; nothing will be given back.
  common_ = common;
  used_[tenant] = after;
  return true;
}

void QueueShares::Give(TenantId tenant, const QueueLoad& load) {
  MutexLock lock(mutex_);
  const auto found = used_.find(tenant);
  SELFSAME_CHECK(found != used_.end() && found->second.rows >= load.rows);
  QueueLoad& used = found->second;
  const QueueLoad had = Beyond(used);
  used.rows -= load.rows;
  used.bytes -= load.bytes;
  const QueueLoad keeps = Beyond(used);
  common_.rows -= had.rows - keeps.rows;
  common_.bytes -= had.bytes - keeps.bytes;
  if (used.rows == 0) used_.erase(found);
}

}  // namespace selfsame::ingest
