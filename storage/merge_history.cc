#include "storage/merge_history.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

using pg::Array;
using pg::Oid;

// '{uuid,uuid}', which the statement casts to uuid[]: unnest cannot take arrays of unequal length.
std::string ArrayLiteral(std::span<const ProfileId> ids) {
  std::string literal = "{";
  for (const ProfileId& id : ids) {
    if (literal.size() > 1) literal.push_back(',');
    literal += FormatUuid(id);
  }
  return literal + "}";
}

struct ProfileRow {
  ProfileId profile;
  EventUuid history;
};

// One row for each profile that an entry is about.
Status InsertProfiles(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                      std::span<const ProfileRow> rows) {
  Array profiles(Oid::kUuid, rows.size());
  Array histories(Oid::kUuid, rows.size());
  for (const ProfileRow& row : rows) {
    profiles.Bytes(row.profile.view());
    histories.Bytes(row.history.view());
  }
  pg::Params params = KeyParams(where);
  params.Time(now).Add(std::move(profiles)).Add(std::move(histories));
  return ToStatus(connection.Execute(sql::kInsertMergeHistoryProfiles, params));
}

}  // namespace

Status InsertMergeHistory(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                          std::span<const identity::HistoryEntry> entries, EventUuid operation) {
  Array actions(Oid::kInt2, entries.size());
  Array ids(Oid::kUuid, entries.size());
  Array records(Oid::kUuid, entries.size());
  Array a(Oid::kUuid, entries.size());
  Array b(Oid::kUuid, entries.size());
  Array rules(Oid::kText, entries.size());
  Array before(Oid::kText, entries.size());
  Array after(Oid::kText, entries.size());
  std::vector<ProfileRow> profiles;
  for (const identity::HistoryEntry& entry : entries) {
    const auto history_id = NewUuidV7<EventUuid>(now);
    std::set<ProfileId> about(entry.before.begin(), entry.before.end());
    about.insert(entry.after.begin(), entry.after.end());
    for (const ProfileId& profile : about) profiles.push_back({profile, history_id});
    const identity::Cause& cause = entry.cause;
    actions.SmallInt(static_cast<std::int16_t>(entry.action));
    ids.Bytes(history_id.view());
    records.Bytes(cause.record_id.view());
    a.Bytes(cause.a.view());
    b.Bytes(cause.b.view());
    rules.Bytes(entry.rule);
    before.Bytes(ArrayLiteral(entry.before));
    after.Bytes(ArrayLiteral(entry.after));
  }
  pg::Params params = KeyParams(where);
  params.Time(now).Add(std::move(actions)).Add(std::move(ids)).Add(std::move(records));
  params.Add(std::move(a)).Add(std::move(b)).Add(std::move(rules));
  params.Add(std::move(before)).Add(std::move(after)).Uuid(operation.view());
  SELFSAME_RETURN_IF_ERROR(ToStatus(connection.Execute(sql::kInsertMergeHistory, params)));
  return InsertProfiles(connection, where, now, profiles);
}

}  // namespace selfsame::storage
