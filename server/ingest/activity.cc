#include "server/ingest/activity.h"

#include <algorithm>
#include <tuple>

namespace selfsame::ingest {
namespace {

using storage::ActivityEntry;

ActivityEntry EntryOf(const PreparedRecord& record) {
  return {.node = record.anchor(),
          .events = record.kind == RecordKind::kEvent ? 1 : 0,
          .first_event_at = record.event_time,
          .last_event_at = record.event_time,
          .last_source = record.source};
}

void Add(ActivityEntry& sum, const ActivityEntry& more) {
  sum.events += more.events;
  sum.first_event_at = std::min(sum.first_event_at, more.first_event_at);
  std::tie(sum.last_event_at, sum.last_source) =
      std::max(std::pair(sum.last_event_at, sum.last_source),
               std::pair(more.last_event_at, more.last_source));
}

}  // namespace

std::vector<ActivityEntry> ActivityOf(const std::vector<const PreparedRecord*>& accepted) {
  std::vector<ActivityEntry> entries;
  entries.reserve(accepted.size());
  for (const PreparedRecord* record : accepted) entries.push_back(EntryOf(*record));
  std::sort(entries.begin(), entries.end(),
            [](const ActivityEntry& a, const ActivityEntry& b) { return a.node < b.node; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].node == entries[kept].node) {
      Add(entries[kept], entries[i]);
    } else {
      entries[++kept] = entries[i];
    }
  }
  if (!entries.empty()) entries.resize(kept + 1);
  return entries;
}

}  // namespace selfsame::ingest
