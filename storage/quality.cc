#include "storage/quality.h"

#include <fmt/format.h>

#include <pqxx/result>

#include "base/uuid.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {

using pg::Array;
using pg::Oid;

Status InsertQualityDeltas(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                           std::span<const QualityCount> deltas) {
  if (deltas.empty()) return {};
  Array seconds(Oid::kInt8, deltas.size());
  Array counts(Oid::kInt8, deltas.size());
  Array sources(Oid::kInt4, deltas.size());
  Array days(Oid::kInt4, deltas.size());
  Array measures(Oid::kInt2, deltas.size());
  Array ids(Oid::kUuid, deltas.size());
  Array attributes(Oid::kText, deltas.size());
  for (const QualityCount& delta : deltas) {
    seconds.BigInt(delta.seconds);
    counts.BigInt(delta.count);
    sources.Int(delta.source.value);
    days.Int(delta.day);
    measures.SmallInt(static_cast<std::int16_t>(delta.measure));
    ids.Bytes(NewUuidV7<EventUuid>(now).view());
    attributes.Bytes(delta.attribute);
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(seconds)).Add(std::move(counts)).Add(std::move(sources));
  params.Add(std::move(days)).Add(std::move(measures)).Add(std::move(ids));
  params.Add(std::move(attributes));
  return ToStatus(connection.Execute(sql::kInsertQualityDeltas, params));
}

Result<std::int64_t> FoldQualityDeltas(pg::Session& session, const TenantShard& where,
                                       std::int64_t deltas_max) {
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<std::int64_t> {
    const auto rows =
        pg::Exec(tx, sql::kFoldQualityDeltas, where.shard, where.tenant, deltas_max, kSaidDayFloor);
    return rows[0][0].as<std::int64_t>();
  });
}

Status DropEmptyFieldCounts(pg::Session& session, TenantId tenant) {
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Status {
    pg::Exec(tx, sql::kDropEmptyFieldCounts, tenant);
    return {};
  });
}

Result<std::vector<QualityCount>> ReadFieldCounts(pg::Session& session, const TenantShard& where,
                                                  std::optional<std::int32_t> today) {
  const std::int32_t days_apart_since = today ? *today - kDaysApart : kSaidDayFloor;
  using Counts = std::vector<QualityCount>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Counts> {
    Counts counts;
    for (const auto& row : pg::Exec(tx, sql::kReadFieldCounts, where.shard, where.tenant,
                                    kSaidDayFloor, days_apart_since)) {
      counts.push_back({.measure = static_cast<FieldMeasure>(row[0].as<int>()),
                        .attribute = row[1].as<std::string>(),
                        .source = row[2].as<SourceId>(),
                        .day = row[3].as<std::int32_t>(),
                        .count = row[4].as<std::int64_t>(),
                        .seconds = row[5].as<std::int64_t>()});
    }
    return counts;
  });
}

Result<std::vector<RecountDifference>> RecountFieldCounts(pg::Session& session,
                                                          const TenantShard& where,
                                                          RecountMode mode, TimeUs now) {
  using Differences = std::vector<RecountDifference>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Differences> {
    Differences differences;
    for (const auto& row :
         pg::Exec(tx, sql::kRecountFieldCounts, where.shard, where.tenant, kSaidDayFloor)) {
      QualityCount kept{.measure = static_cast<FieldMeasure>(row[0].as<int>()),
                        .attribute = row[1].as<std::string>(),
                        .source = row[2].as<SourceId>(),
                        .day = row[3].as<std::int32_t>(),
                        .count = row[4].as<std::int64_t>(),
                        .seconds = row[6].as<std::int64_t>()};
      QualityCount counted = kept;
      counted.count = row[5].as<std::int64_t>();
      counted.seconds = row[7].as<std::int64_t>();
      differences.push_back({std::move(kept), std::move(counted)});
    }
    if (mode == RecountMode::kCompare) return differences;
    for (const auto& [kept, counted] : differences) {
      pg::Exec(tx, sql::kInsertQualityRepair, where.shard, where.tenant,
               counted.seconds - kept.seconds, counted.count - kept.count, kept.source, kept.day,
               static_cast<int>(kept.measure), NewUuidV7<EventUuid>(now), kept.attribute);
    }
    return differences;
  });
}

Status AddSourceHours(pg::Session& session, TenantId tenant, std::span<const SourceHour> hours) {
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Status {
    for (const SourceHour& hour : hours) {
      const auto& ended = hour.outcome;
      pg::Exec(tx, sql::kAddSourceHour, tenant, hour.source, hour.hour_at, hour.received, ended[0],
               ended[1], ended[2], ended[3], ended[4], ended[5], hour.alike);
    }
    return {};
  });
}

Status DeleteSourceHours(pg::Session& session, TenantId tenant, TimeUs before) {
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Status {
    pg::Exec(tx, sql::kDeleteSourceHours, tenant, before);
    return {};
  });
}

Result<std::vector<SourceHour>> ReadSourceHours(pg::Session& session, TenantId tenant,
                                                TimeUs since) {
  using Hours = std::vector<SourceHour>;
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<Hours> {
    Hours hours;
    for (const auto& row : pg::Exec(tx, sql::kReadSourceHours, tenant, since)) {
      SourceHour hour{.source = row[0].as<SourceId>(),
                      .hour_at = row[1].as<TimeUs>(),
                      .received = row[2].as<std::int64_t>(),
                      .alike = row[9].as<std::int64_t>()};
      for (int i = 0; i < 6; ++i) hour.outcome[i] = row[3 + i].as<std::int64_t>();
      hours.push_back(hour);
    }
    return hours;
  });
}

Result<std::vector<LastHour>> ReadLastHours(pg::Session& session, TenantId tenant) {
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<std::vector<LastHour>> {
    std::vector<LastHour> hours;
    for (const auto& row : pg::Exec(tx, sql::kReadLastHours, tenant)) {
      hours.push_back({.source = row[0].as<SourceId>(), .hour_at = row[1].as<TimeUs>()});
    }
    return hours;
  });
}

Result<std::vector<SourceQuarantine>> CountQuarantinedBySource(pg::Session& session,
                                                               const TenantShard& where) {
  using Counts = std::vector<SourceQuarantine>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Counts> {
    Counts counts;
    for (const auto& row :
         pg::Exec(tx, sql::kCountQuarantinedBySource, where.shard, where.tenant)) {
      counts.push_back({.source = row[0].as<SourceId>(), .records = row[1].as<std::int64_t>()});
    }
    return counts;
  });
}

Result<std::vector<FoundReceipt>> FindReceipts(pg::Session& session, const TenantShard& where,
                                               SourceId source,
                                               const std::vector<std::string>& keys) {
  using Found = std::vector<FoundReceipt>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Found> {
    Found found;
    for (const auto& row :
         pg::Exec(tx, sql::kFindReceipts, where.shard, where.tenant, source, keys)) {
      found.push_back({.key = row[0].as<std::string>(),
                       .state = static_cast<KeyState>(row[1].as<int>()),
                       .received_at = row[2].as<TimeUs>()});
    }
    return found;
  });
}

Result<ReceiptCounts> CountReceipts(pg::Session& session, const TenantShard& where, SourceId source,
                                    TimeUs since, std::int64_t receipts_max) {
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<ReceiptCounts> {
    const auto row = pg::Exec(tx, sql::kCountReceipts, where.shard, where.tenant, source, since,
                              receipts_max + 1)[0];
    if (row[0].as<std::int64_t>() > receipts_max) {
      return Error{.code = ErrorCode::kFailedPrecondition,
                   .reason = "TOO_MANY_RECEIPTS",
                   .message = fmt::format("the source has more than {} receipts", receipts_max)};
    }
    return ReceiptCounts{.accepted = row[1].as<std::int64_t>(),
                         .quarantined = row[2].as<std::int64_t>()};
  });
}

}  // namespace selfsame::storage
