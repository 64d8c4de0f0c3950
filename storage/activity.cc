#include "storage/activity.h"

#include <algorithm>
#include <pqxx/result>
#include <string>

#include "base/uuid.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {

using pg::Array;
using pg::Oid;

namespace {

// The keys of rows of activity_deltas, column by column, as PostgreSQL reads uuid[].
struct DeltaKeys {
  explicit DeltaKeys(const pqxx::result& rows)
      : lows(Column(rows, 0)), highs(Column(rows, 1)), ids(Column(rows, 2)) {}

  static std::string Column(const pqxx::result& rows, int column) {
    std::string text = "{";
    for (const auto& row : rows) {
      if (text.size() > 1) text.push_back(',');
      text += row[column].c_str();
    }
    return text + "}";
  }

  const std::string lows;
  const std::string highs;
  const std::string ids;
};

}  // namespace

Status InsertActivityDeltas(pg::BulkConnection& connection, const TenantShard& where,
                            TimeUs received_at, std::span<const ActivityEntry> entries) {
  if (entries.empty()) return {};
  Array nodes(Oid::kUuid, entries.size());
  Array events(Oid::kInt4, entries.size());
  Array firsts(Oid::kTimestampTz, entries.size());
  Array lasts(Oid::kTimestampTz, entries.size());
  Array sources(Oid::kInt4, entries.size());
  for (const ActivityEntry& entry : entries) {
    nodes.Bytes(entry.node.view());
    events.Int(entry.events);
    firsts.Time(entry.first_event_at);
    lasts.Time(entry.last_event_at);
    sources.Int(entry.last_source.value);
  }
  const std::size_t parts = (entries.size() + kEntriesMax - 1) / kEntriesMax;
  Array lows(Oid::kInt4, parts);
  Array highs(Oid::kInt4, parts);
  Array ids(Oid::kUuid, parts);
  for (std::size_t part = 0; part < parts; ++part) {
    lows.Int(static_cast<std::int32_t>(part * kEntriesMax + 1));
    highs.Int(static_cast<std::int32_t>(std::min((part + 1) * kEntriesMax, entries.size())));
    ids.Bytes(NewUuidV7<EventUuid>(received_at).view());
  }
  pg::Params params = KeyParams(where);
  params.Time(received_at);
  params.Add(std::move(nodes)).Add(std::move(events)).Add(std::move(firsts)).Add(std::move(lasts));
  params.Add(std::move(sources));
  params.Add(std::move(lows)).Add(std::move(highs)).Add(std::move(ids));
  return ToStatus(connection.Execute(sql::kInsertActivityDeltas, params));
}

Result<FoldedActivity> FoldActivityDeltas(pg::Session& session, const TenantShard& where,
                                          std::int64_t deltas_max) {
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<FoldedActivity> {
    if (!pg::Exec(tx, sql::kTryLockActivity, where.tenant)[0][0].as<bool>()) {
      return FoldedActivity{.is_taken = true};
    }
    const auto found =
        pg::Exec(tx, sql::kFindActivityDeltas, where.shard, where.tenant, deltas_max);
    if (found.empty()) return FoldedActivity{};
    const DeltaKeys keys(found);
    pg::Exec(tx, sql::kAddActivityDeltas, where.shard, where.tenant, keys.lows, keys.highs,
             keys.ids);
    const auto deleted = pg::Exec(tx, sql::kDeleteActivityDeltas, where.shard, where.tenant,
                                  keys.lows, keys.highs, keys.ids)
                             .size();
    // Were the lock not to hold for somebody, the same deltas would be added twice.
    if (deleted != found.size()) {
      return Error{.code = ErrorCode::kAborted,
                   .reason = "SERIALIZATION",
                   .message = "another server folded the same activity"};
    }
    return FoldedActivity{.deltas = static_cast<std::int64_t>(deleted)};
  });
}

Result<std::int64_t> CountActivityDeltas(pg::Session& session, const TenantShard& where) {
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<std::int64_t> {
    return pg::Exec(tx, sql::kCountActivityDeltas, where.shard, where.tenant)[0][0]
        .as<std::int64_t>();
  });
}

}  // namespace selfsame::storage
