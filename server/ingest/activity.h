// What a batch adds to the activity of its anchors (storage/activity.h).
#ifndef SELFSAME_SERVER_INGEST_ACTIVITY_H_
#define SELFSAME_SERVER_INGEST_ACTIVITY_H_

#include <vector>

#include "server/ingest/record.h"
#include "storage/activity.h"

namespace selfsame::ingest {

// One entry per anchor, in ascending order: as storage::InsertActivityDeltas requires. Does not
// depend on the order of the records.
std::vector<storage::ActivityEntry> ActivityOf(const std::vector<const PreparedRecord*>& accepted);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_ACTIVITY_H_
