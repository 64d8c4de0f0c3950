// Where a lane leaves records that wait for a row which another session has locked, so that the
// others go on. Not a queue: how much waits in all is bounded by Lanes.
#ifndef SELFSAME_SERVER_INGEST_PARKING_H_
#define SELFSAME_SERVER_INGEST_PARKING_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/time.h"
#include "server/ingest/lane_queue.h"
#include "server/ingest/submission.h"

namespace selfsame::ingest {

// Owned by its lane's thread.
class Parking {
 public:
  enum class Standing {
    kWaits,     // Was tried alone: it is this record that waits.
    kHeldBack,  // Was not tried: it must not overtake one that is parked.
    kUnsorted,  // Was tried together with others, one of which waits.
  };

  // The record of the work's submission with this index. Its time to give up starts with the first
  // parking and goes with the work.
  void Park(const LaneWork& work, std::uint32_t record, Standing standing,
            std::chrono::milliseconds give_up);

  bool IsEmpty() const { return parked_.empty(); }
  std::size_t size() const { return parked_.size(); }

  // Whether this record must not be committed before one that is parked: it has the same anchor, or
  // the same key.
  bool Holds(const PreparedRecord& record) const;

  // Takes the records that are parked out of the works they came with.
  void RemoveParked(std::vector<LaneWork>& works) const;

  // When the parked records are to be tried again; nothing: none are parked.
  std::optional<Deadline> due() const;

  // Hands out everything, to be tried again or parked again. Works of one record each, tenants
  // apart from each other; what is unsorted comes first and apart, since most of it need not wait.
  struct Taken {
    std::vector<LaneWork> expired;               // Their time to give up has come.
    std::vector<std::vector<LaneWork>> batches;  // The others.
  };
  Taken TakeAll();

 private:
  struct Parked {
    LaneWork work;
    Standing standing = Standing::kWaits;
  };

  std::vector<Parked> parked_;  // In the order of arrival.
  std::unordered_set<NodeId, Id128Hash> anchors_;
  std::set<std::pair<SourceId, std::string_view>> keys_;
  std::chrono::milliseconds pause_{0};
  std::optional<Deadline> due_;
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_PARKING_H_
