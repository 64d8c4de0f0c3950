#include "storage/timeline.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <pqxx/result>
#include <tuple>

#include "base/uuid.h"
#include "storage/pg/session.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

constexpr std::chrono::hours kDay{24};
constexpr TimeUs kLatest = AsOf{}.at;

// "{uuid,uuid}", as PostgreSQL reads uuid[].
std::string ArrayText(const std::vector<NodeId>& nodes) {
  std::string text = "{";
  for (const NodeId& node : nodes) {
    if (text.size() > 1) text.push_back(',');
    text += FormatUuid(node);
  }
  return text + "}";
}

// A day of receipt, which is a partition of records, on which the anchors have records.
struct ActiveDay {
  TimeUs from;
  TimeUs first_event_at;
  std::string nodes;  // Those of the anchors that have some, as uuid[].

  TimeUs until() const { return from + kDay; }
};

enum class Records { kAll, kEvents };

// By the time of the first record, those that end before `since` left out.
std::vector<ActiveDay> ListActiveDays(pqxx::work& tx, const TenantShard& where,
                                      const std::vector<NodeId>& nodes, TimeUs since,
                                      Records which) {
  std::vector<ActiveDay> days;
  for (const auto& row : pg::Exec(tx, sql::kListActiveDays, where.shard, where.tenant,
                                  ArrayText(nodes), since, which == Records::kAll)) {
    days.push_back({.from = row[0].as<TimeUs>(),
                    .first_event_at = row[1].as<TimeUs>(),
                    .nodes = row[3].as<std::string>()});
  }
  return days;
}

// While it lives, statements are planned for their parameters: of a partitioned table only the
// partitions that these leave are locked and read. Every other statement is planned once.
class PlannedEachTime {
 public:
  explicit PlannedEachTime(pqxx::work& tx) : tx_(tx) { pg::Exec(tx_, sql::kPlanEachTime); }
  // Not in a destructor: a statement that failed ends the transaction, and the setting with it.
  void End() { pg::Exec(tx_, sql::kPlanAsUsual); }

 private:
  pqxx::work& tx_;
};

StoredEvent EventOf(const pqxx::row& row) {
  return {.record_id = row[0].as<RecordId>(),
          .source = row[1].as<SourceId>(),
          .key = row[2].as<std::string>(),
          .event_time = row[3].as<TimeUs>(),
          .received_at = row[4].as<TimeUs>(),
          .schema = row[5].as<SchemaId>(),
          .format = static_cast<PayloadFormat>(row[6].as<int>()),
          .payload = row[7].as<pg::Bytea>().bytes,
          .normalized = row[8].as<std::string>(),
          .normalizer_version = row[9].as<int>()};
}

bool IsBefore(const StoredEvent& a, const StoredEvent& b) {
  return std::tie(a.event_time, a.record_id) < std::tie(b.event_time, b.record_id);
}

void Add(Activity& sum, const Activity& more) {
  if (!more.first_seen_at) return;
  const bool is_later = !sum.last_seen_at || std::tuple(*more.last_seen_at, more.last_source) >
                                                 std::tuple(*sum.last_seen_at, sum.last_source);
  if (!sum.first_seen_at || *more.first_seen_at < *sum.first_seen_at) {
    sum.first_seen_at = more.first_seen_at;
  }
  if (is_later) {
    sum.last_seen_at = more.last_seen_at;
    sum.last_source = more.last_source;
  }
  sum.events += more.events;
}

// Four columns from `first` on.
Activity ActivityOf(const pqxx::row& row, int first) {
  Activity activity;
  if (row[first].is_null()) return activity;
  activity.first_seen_at = row[first].as<TimeUs>();
  activity.last_seen_at = row[first + 1].as<TimeUs>();
  activity.events = row[first + 2].as<std::int64_t>();
  activity.last_source = row[first + 3].as<SourceId>();
  return activity;
}

}  // namespace

Activity ReadActivity(pqxx::work& tx, const TenantShard& where, const std::vector<NodeId>& members,
                      const AsOf& as_of) {
  const std::string nodes = ArrayText(members);
  Activity sum;
  std::vector<TimeUs> partial;
  for (const auto& row : pg::Exec(tx, sql::kReadActivity, where.shard, where.tenant, nodes,
                                  as_of.at, as_of.known_at)) {
    row[0].is_null() ? Add(sum, ActivityOf(row, 1)) : partial.push_back(row[0].as<TimeUs>());
  }
  if (partial.empty()) return sum;
  PlannedEachTime planned(tx);
  for (const TimeUs from : partial) {
    const auto rows = pg::Exec(tx, sql::kSumDayActivity, where.shard, where.tenant, nodes, as_of.at,
                               as_of.known_at, from, from + kDay);
    Add(sum, ActivityOf(rows[0], 0));
  }
  planned.End();
  return sum;
}

std::vector<StoredEvent> ReadEvents(pqxx::work& tx, const TenantShard& where,
                                    const std::vector<NodeId>& members, const Cursor& after,
                                    int limit) {
  const auto size = static_cast<std::size_t>(limit);
  std::vector<StoredEvent> page;
  const auto days = ListActiveDays(tx, where, members, after.time, Records::kEvents);
  PlannedEachTime planned(tx);
  for (const ActiveDay& day : days) {
    const bool is_full = page.size() == size;
    // No later day begins earlier.
    if (is_full && day.first_event_at > page.back().event_time) break;
    const auto rows = pg::Exec(tx, sql::kReadDayEvents, where.shard, where.tenant, day.nodes,
                               after.time, after.id, limit, day.from, day.until(),
                               is_full ? page.back().event_time : kLatest);
    const auto middle = static_cast<std::ptrdiff_t>(page.size());
    for (const auto& row : rows) page.push_back(EventOf(row));
    std::inplace_merge(page.begin(), page.begin() + middle, page.end(), IsBefore);
    page.resize(std::min(page.size(), size));
  }
  planned.End();
  return page;
}

std::optional<TimeUs> ReadEvidence(pqxx::work& tx, const TenantShard& where, NodeId anchor,
                                   NodeId other, TimeUs known_at) {
  std::optional<TimeUs> earliest;
  const auto days = ListActiveDays(tx, where, {anchor}, Cursor{}.time, Records::kAll);
  PlannedEachTime planned(tx);
  for (const ActiveDay& day : days) {
    if (earliest && day.first_event_at >= *earliest) break;
    if (day.from > known_at) continue;
    const auto rows = pg::Exec(tx, sql::kReadDayEvidence, where.shard, where.tenant, anchor, other,
                               known_at, earliest.value_or(kLatest), day.from, day.until());
    if (!rows[0][0].is_null()) earliest = rows[0][0].as<TimeUs>();
  }
  planned.End();
  return earliest;
}

}  // namespace selfsame::storage
