// How much of one tenant a lane takes at a time. Alone, a tenant may have batches as large as they
// come; while others have records too, a batch is only as large as it can be and be done soon, so
// that nobody waits long for his turn.
#ifndef SELFSAME_SERVER_INGEST_TURN_LENGTH_H_
#define SELFSAME_SERVER_INGEST_TURN_LENGTH_H_

#include <chrono>
#include <cstddef>
#include <map>

#include "base/ids.h"

namespace selfsame::ingest {

struct TurnBounds {
  std::size_t rows_max = 2'000;           // Of a batch, however short it is.
  std::chrono::microseconds turn{5'000};  // What a batch is to take while others are there.
};

// Owned by its lane's thread. Bounded by the tenants of the last seconds.
class TurnLength {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit TurnLength(const TurnBounds& bounds) : bounds_(bounds) {}

  // The most records of the tenant for the next batch; at least 1.
  std::size_t RowsFor(TenantId tenant, TimePoint now) const;

  // A batch of the tenant is done, which was the last RowsFor or smaller. What did not fit its turn
  // makes the next ones smaller, in proportion; what was over sooner, larger by a quarter.
  void Took(TenantId tenant, std::size_t rows, std::chrono::microseconds time, TimePoint now);

 private:
  struct Recent {
    std::size_t rows = 0;
    TimePoint seen;
  };

  bool HasCompany(TenantId tenant, TimePoint now) const;

  const TurnBounds bounds_;
  std::map<TenantId, Recent> recent_;
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_TURN_LENGTH_H_
