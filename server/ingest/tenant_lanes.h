// Which lanes a tenant's records go to. Alone, a tenant has all wide lanes, by its records'
// anchors. While others keep these busy, the tenants that send least go to the narrow lane, all of
// whose tenants together take no more than a lane's part; and while anybody is there, each of the
// others has half of the wide lanes. So nobody who sends little waits behind those who send much,
// neither for a lane nor for the machine.
#ifndef SELFSAME_SERVER_INGEST_TENANT_LANES_H_
#define SELFSAME_SERVER_INGEST_TENANT_LANES_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/mutex.h"
#include "server/ingest/submission.h"

namespace selfsame::ingest {

enum class Place { kAll, kHalf, kNarrow };

// Thread-safe. A tenant moves only when none of its records is in a lane, so that records of one
// anchor never overtake each other: what comes while it is to move is held. Bounded by the tenants
// with records in lanes or with use in the last seconds, and by what Lanes lets in.
class TenantLanes {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Submissions = std::vector<std::shared_ptr<Submission>>;

  // For submissions that were held. When all are pushed, Released must be called with this tenant.
  struct Release {
    Place place = Place::kAll;
    Submissions submissions;
  };

  // `rows` records of the submission are to enter lanes. Where; nothing: it is held here, and comes
  // out of Leave, Released or Overdue.
  std::optional<Place> Enter(const std::shared_ptr<Submission>& submission, std::size_t rows,
                             TimePoint now);

  // `rows` records of the tenant have left their lanes. What is to be pushed now, if anything.
  Release Leave(TenantId tenant, std::size_t rows);

  // What was released is pushed. More to be pushed, which came in the meantime, or nothing.
  Release Released(TenantId tenant);

  // What has been held for too long, since something of its tenant does not leave its lane: the
  // tenant stays where it is. Call it where records are parked.
  std::map<TenantId, Release> Overdue(TimePoint now);

  // A lane has worked for the tenant.
  void Used(TenantId tenant, std::chrono::microseconds time, TimePoint now);

 private:
  struct Held {
    std::shared_ptr<Submission> submission;
    std::size_t rows = 0;
  };
  struct Standing {
    Place place = Place::kAll;
    Place wanted = Place::kAll;
    std::size_t rows = 0;  // In lanes.
    std::deque<Held> held;
    bool is_releasing = false;
    std::optional<TimePoint> held_since;
    std::optional<TimePoint> judged_at;
    double used_us = 0;  // Of lanes, the older the less; as of used_at.
    TimePoint used_at;
  };

  static double UseOf(const Standing& standing, TimePoint now);
  Place PlaceFor(TenantId tenant, const Standing& standing, TimePoint now) const
      SELFSAME_REQUIRES(mutex_);
  void Judge(TenantId tenant, Standing& standing, TimePoint now) SELFSAME_REQUIRES(mutex_);
  static Release TakeHeld(Standing& standing);
  void ForgetIdle(TimePoint now) SELFSAME_REQUIRES(mutex_);

  Mutex mutex_;
  std::map<TenantId, Standing> tenants_ SELFSAME_GUARDED_BY(mutex_);
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_TENANT_LANES_H_
