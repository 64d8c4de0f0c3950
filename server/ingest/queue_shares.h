// How much of the lanes' queue is taken, and by whom: each tenant has a share that is always its
// own, and the rest is common.
#ifndef SELFSAME_SERVER_INGEST_QUEUE_SHARES_H_
#define SELFSAME_SERVER_INGEST_QUEUE_SHARES_H_

#include <cstddef>
#include <map>

#include "base/ids.h"
#include "base/mutex.h"

namespace selfsame::ingest {

struct QueueLoad {
  std::size_t rows = 0;
  std::size_t bytes = 0;

  QueueLoad& operator+=(const QueueLoad& more) {
    rows += more.rows;
    bytes += more.bytes;
    return *this;
  }
};

// Thread-safe. Bounded by `common` plus a share of each tenant of the directory.
class QueueShares {
 public:
  QueueShares(const QueueLoad& common, const QueueLoad& share)
      : common_max_(common), share_(share) {}

  // False, and nothing is taken, when what goes beyond the tenant's share does not fit what is
  // common.
  bool Take(TenantId tenant, const QueueLoad& load);

  // Requires: taken by this tenant.
  void Give(TenantId tenant, const QueueLoad& load);

 private:
  // What a tenant has of the common part.
  QueueLoad Beyond(const QueueLoad& used) const;

  const QueueLoad common_max_;
  const QueueLoad share_;
  Mutex mutex_;
  QueueLoad common_ SELFSAME_GUARDED_BY(mutex_);
  std::map<TenantId, QueueLoad> used_ SELFSAME_GUARDED_BY(mutex_);  // Tenants with anything queued.
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_QUEUE_SHARES_H_
