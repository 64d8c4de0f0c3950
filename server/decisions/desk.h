// The desk: one thread with its own connection, on which decisions are carried out one after the
// other. They are rare, and gRPC threads never wait for SQL.
#ifndef SELFSAME_SERVER_DECISIONS_DESK_H_
#define SELFSAME_SERVER_DECISIONS_DESK_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

#include "base/call_life.h"
#include "base/fair_queue.h"
#include "base/mutex.h"
#include "base/result.h"
#include "server/observe/barrier.h"
#include "storage/pg/bulk.h"

namespace selfsame::decisions {

// How many decisions may wait: of all tenants beyond their shares, and of each tenant.
inline constexpr FairBounds kDeskQueue{.common_max = 100, .share = 10};

// Thread-safe. Tenants take turns. Connects at the first decision, and again when the connection
// breaks.
class Desk {
 public:
  // Requires: `barrier` outlives this.
  Desk(pg::BulkOptions database, const observe::Barrier& barrier, FairBounds queue = kDeskQueue);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Gets a connection without a transaction, or the error of connecting. Runs once. Returns how it
  // ended: after kInternal the connection is not used again.
  using Work = std::function<Status(Result<pg::BulkConnection*> connection)>;

  // Never blocks. Errors (the work will not run): kResourceExhausted DECISIONS_BUSY, kUnavailable
  // SHUTTING_DOWN, both with retry_after.
  Status Submit(TenantId tenant, IsAbandoned is_abandoned, Work work);

  // Ends the thread once what is queued has run, or was given up because the stop limit of the
  // database's options expired. Idempotent.
  void Stop();

 private:
  struct Queued {
    IsAbandoned is_abandoned;
    Work work;
  };

  void Run();
  // What to do about a work that is due: nothing when it is to run, otherwise the error it gets.
  Status Due(const Queued& queued) const;

  const pg::BulkOptions database_;
  const observe::Barrier& barrier_;
  Mutex mutex_;
  CondVar changed_;
  FairQueue<Queued> works_ SELFSAME_GUARDED_BY(mutex_);
  bool is_stopped_ SELFSAME_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace selfsame::decisions

#endif  // SELFSAME_SERVER_DECISIONS_DESK_H_
