// The timeline of anchors: their activity, and their records read partition by partition, in the
// order of time. Nothing here touches a partition of records that holds none of the anchors' own:
// activity (storage/activity.h) says which these are.
#ifndef SELFSAME_STORAGE_TIMELINE_H_
#define SELFSAME_STORAGE_TIMELINE_H_

#include <cstdint>
#include <optional>
#include <pqxx/transaction>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "storage/records.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// What the records of a profile say by themselves.
struct Activity {
  std::optional<TimeUs> first_seen_at;  // By event time; nothing where there are no records.
  std::optional<TimeUs> last_seen_at;
  std::int64_t events = 0;
  SourceId last_source;  // Of records of the same time, the source created last.
};

// A profile as of a past time: by event time, by receipt, or both.
struct AsOf {
  TimeUs at{253'402'300'799'000'000};  // 9999-12-31: whatever is known.
  TimeUs known_at{253'402'300'799'000'000};
};

struct StoredEvent {
  RecordId record_id;
  SourceId source;
  std::string key;
  TimeUs event_time;
  TimeUs received_at;
  SchemaId schema;
  PayloadFormat format = PayloadFormat::kProtobuf;
  std::string payload;
  std::string normalized;  // JSON object; empty: nothing differs from the payload.
  int normalizer_version = 0;
};

// Where a page begins: after this (time, id). The default is before everything.
struct Cursor {
  TimeUs time{-62'135'596'800'000'000};  // 0001-01-01.
  EventUuid id;
};

// All within a transaction of the caller.

// From the sums; records are read only of days that lie partly before and partly after `as_of`.
Activity ReadActivity(pqxx::work& tx, const TenantShard& where, const std::vector<NodeId>& members,
                      const AsOf& as_of);

// At most `limit` events after the cursor, by (event_time, record_id).
std::vector<StoredEvent> ReadEvents(pqxx::work& tx, const TenantShard& where,
                                    const std::vector<NodeId>& members, const Cursor& after,
                                    int limit);

// The earliest time of a record of the anchor, received until `known_at`, that names `other` too.
std::optional<TimeUs> ReadEvidence(pqxx::work& tx, const TenantShard& where, NodeId anchor,
                                   NodeId other, TimeUs known_at);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_TIMELINE_H_
