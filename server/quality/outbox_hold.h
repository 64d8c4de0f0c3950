// Outbox hold: for how long one running transaction has kept readers of the outbox from what
// committed after it began. They stay behind the oldest transaction, since ids do not follow the
// order of commits.
#ifndef SELFSAME_SERVER_QUALITY_OUTBOX_HOLD_H_
#define SELFSAME_SERVER_QUALITY_OUTBOX_HOLD_H_

#include <algorithm>
#include <cstdint>

#include "base/time.h"
#include "storage/database_state.h"

namespace selfsame::quality {

// Not thread-safe.
class OutboxHold {
 public:
  // Seconds since the transaction that is the oldest now was first seen to hold anything back; 0:
  // nothing is.
  double Look(const storage::DatabaseState& state, TimeUs now) {
    if (state.oldest_tx == state.next_tx) {
      oldest_tx_ = 0;
      return 0;
    }
    if (state.oldest_tx != oldest_tx_) {
      oldest_tx_ = state.oldest_tx;
      since_ = now;
    }
    return static_cast<double>(std::max<std::int64_t>(now.us - since_.us, 0)) / 1e6;
  }

 private:
  std::int64_t oldest_tx_ = 0;
  TimeUs since_;
};

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_OUTBOX_HOLD_H_
