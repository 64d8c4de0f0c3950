#include "storage/quarantine_desk.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <pqxx/result>

#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

using nlohmann::json;

Quarantined RowOf(const pqxx::row& row) {
  return {.id = row[0].as<RecordId>(),
          .source = row[1].as<SourceId>(),
          .kind = static_cast<RecordKind>(row[2].as<int>()),
          .key = row[3].as<std::string>(),
          .schema_name = row[4].as<std::string>(),
          .schema_version = static_cast<std::uint32_t>(row[5].as<std::int64_t>()),
          .received_at = row[6].as<TimeUs>(),
          .reason = row[7].as<std::string>(),
          .violations = ParseViolations(row[8].as<std::string>()),
          .patch_number = row[9].as<int>()};
}

Error Unknown() {
  return {.code = ErrorCode::kNotFound,
          .reason = "QUARANTINE_UNKNOWN",
          .message = "no such record is in quarantine"};
}

}  // namespace

std::string UuidArrayText(std::span<const RecordId> ids) {
  std::string text = "{";
  for (const RecordId& id : ids) {
    if (text.size() > 1) text.push_back(',');
    text += FormatUuid(id);
  }
  return text + "}";
}

std::vector<Violation> ParseViolations(const std::string& text) {
  const json list = json::parse(text, nullptr, /*allow_exceptions=*/false);
  std::vector<Violation> violations;
  for (const json& item : list) {
    violations.push_back(
        {item.value("field", ""), item.value("reason", ""), item.value("message", "")});
  }
  return violations;
}

std::string ViolationsJson(const std::vector<Violation>& violations) {
  json list = json::array();
  for (const Violation& violation : violations) {
    list.push_back(
        {{"field", violation.field}, {"reason", violation.reason}, {"message", violation.message}});
  }
  return list.dump();
}

Result<std::vector<Quarantined>> ListQuarantine(pg::Session& session, const TenantShard& where,
                                                const QuarantineSelector& selector, RecordId after,
                                                int limit) {
  using List = std::vector<Quarantined>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<List> {
    List list;
    for (const auto& row :
         pg::Exec(tx, sql::kListQuarantine, where.shard, where.tenant, after, selector.source,
                  selector.schema_name, selector.reason, selector.from, selector.to,
                  UuidArrayText(selector.ids), limit)) {
      list.push_back(RowOf(row));
    }
    return list;
  });
}

Result<std::vector<QuarantineGroup>> CountQuarantine(pg::Session& session, const TenantShard& where,
                                                     const QuarantineSelector& selector) {
  using Groups = std::vector<QuarantineGroup>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Groups> {
    Groups groups;
    for (const auto& row : pg::Exec(tx, sql::kCountQuarantine, where.shard, where.tenant,
                                    selector.source, selector.schema_name, selector.reason,
                                    selector.from, selector.to, UuidArrayText(selector.ids))) {
      groups.push_back({.source = row[0].as<SourceId>(),
                        .schema_name = row[1].as<std::string>(),
                        .reason = row[2].as<std::string>(),
                        .records = row[3].as<std::int64_t>(),
                        .oldest_at = row[4].as<TimeUs>(),
                        .newest_at = row[5].as<TimeUs>()});
    }
    return groups;
  });
}

Result<std::vector<QuarantineBody>> ReadQuarantineBodies(pg::Session& session,
                                                         const TenantShard& where,
                                                         std::span<const RecordId> ids) {
  using Bodies = std::vector<QuarantineBody>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Bodies> {
    Bodies bodies;
    for (const auto& row :
         pg::Exec(tx, sql::kReadQuarantineBodies, where.shard, where.tenant, UuidArrayText(ids))) {
      bodies.push_back({.id = row[0].as<RecordId>(), .body_sealed = row[1].as<pg::Bytea>().bytes});
    }
    return bodies;
  });
}

Result<std::vector<QuarantinePatch>> ReadQuarantinePatches(pg::Session& session,
                                                           const TenantShard& where,
                                                           std::span<const RecordId> ids) {
  using Patches = std::vector<QuarantinePatch>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Patches> {
    Patches patches;
    for (const auto& row :
         pg::Exec(tx, sql::kReadQuarantinePatches, where.shard, where.tenant, UuidArrayText(ids))) {
      patches.push_back({.id = row[0].as<RecordId>(),
                         .number = row[1].as<int>(),
                         .at = row[2].as<TimeUs>(),
                         .actor = row[3].as<std::string>(),
                         .comment = row[4].as<std::string>(),
                         .body_sealed = row[5].as<pg::Bytea>().bytes});
    }
    return patches;
  });
}

Status InsertQuarantinePatch(pg::Session& session, const TenantShard& where,
                             const QuarantinePatch& patch) {
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Status {
    const auto locked = pg::Exec(tx, sql::kLockQuarantined, where.shard, where.tenant, patch.id);
    if (locked.empty()) return Unknown();
    const auto inserted =
        pg::Exec(tx, sql::kInsertQuarantinePatch, where.shard, where.tenant, patch.id, patch.number,
                 patch.at, patch.actor, patch.comment, pg::Bytea{patch.body_sealed});
    if (!inserted.empty()) return {};
    return Error{.code = ErrorCode::kAborted,
                 .reason = "PATCH_NUMBER_TAKEN",
                 .message = "somebody else has patched the record meanwhile"};
  });
}

Status UpdateQuarantineViolations(pg::Session& session, const TenantShard& where, RecordId id,
                                  const std::vector<Violation>& violations) {
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Status {
    pg::Exec(tx, sql::kUpdateQuarantineViolations, where.shard, where.tenant, id,
             violations.front().reason, ViolationsJson(violations));
    return {};
  });
}

Result<int> DiscardQuarantine(pg::Session& session, const TenantShard& where,
                              std::span<const RecordId> ids, QuarantineEnd end,
                              const std::string& actor, const std::string& reason, TimeUs now) {
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<int> {
    const auto rows = pg::Exec(tx, sql::kDiscardQuarantine, where.shard, where.tenant,
                               UuidArrayText(ids), now, static_cast<int>(end), actor, reason);
    return static_cast<int>(rows.size());
  });
}

Result<std::vector<RecordId>> FindExpired(pg::Session& session, const TenantShard& where,
                                          const std::string& reason,
                                          const std::vector<std::string>& others, TimeUs before,
                                          int limit) {
  using Ids = std::vector<RecordId>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Ids> {
    Ids ids;
    for (const auto& row :
         pg::Exec(tx, sql::kFindExpired, where.shard, where.tenant, reason, others, before, limit,
                  RecordId{FirstUuidV7(before + std::chrono::milliseconds(1))})) {
      ids.push_back(row[0].as<RecordId>());
    }
    return ids;
  });
}

}  // namespace selfsame::storage
