#include "storage/schemas.h"

#include <pqxx/result>
#include <utility>

#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

SchemaState StateOf(const pqxx::field& field) { return static_cast<SchemaState>(field.as<int>()); }

std::optional<TimeUs> OptionalTime(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<TimeUs>();
}

std::string IntArray(std::span<const SchemaId> ids) {
  std::string text = "{";
  for (const SchemaId id : ids) {
    if (text.size() > 1) text.push_back(',');
    text += std::to_string(id.value);
  }
  return text + "}";
}

SchemaVersion VersionOf(const pqxx::row& row, bool is_new) {
  return {.id = row[0].as<SchemaId>(),
          .version = static_cast<std::uint32_t>(row[1].as<int>()),
          .is_new = is_new};
}

SchemaRow RowOf(const pqxx::row& row) {
  return {.head = {.id = row[0].as<SchemaId>(),
                   .tenant = row[1].as<TenantId>(),
                   .name = row[2].as<std::string>(),
                   .version = static_cast<std::uint32_t>(row[3].as<int>()),
                   .state = StateOf(row[4])},
          .registered_at = row[5].as<TimeUs>(),
          .registered_by = row[6].as<std::string>(),
          .sunset_at = OptionalTime(row[7]),
          .retired_at = OptionalTime(row[8]),
          .last_record_at = OptionalTime(row[9])};
}

std::map<SchemaId, std::string> Contents(pqxx::work& tx, std::span<const SchemaId> ids) {
  std::map<SchemaId, std::string> contents;
  for (const auto& row : pg::Exec(tx, sql::kReadSchemaContents, IntArray(ids))) {
    contents[row[0].as<SchemaId>()] = row[1].as<pg::Bytea>().bytes;
  }
  return contents;
}

std::vector<LiveVersion> ReadLive(pqxx::work& tx, std::span<const SchemaRow> rows) {
  std::vector<SchemaId> ids;
  for (const SchemaRow& row : rows) ids.push_back(row.head.id);
  std::map<SchemaId, std::string> contents = Contents(tx, ids);
  std::vector<LiveVersion> live;
  for (const SchemaRow& row : rows) {
    const auto content = contents.find(row.head.id);
    if (row.head.state == SchemaState::kRetired || content == contents.end()) continue;
    live.push_back({.version = row.head.version, .content = std::move(content->second)});
  }
  return live;
}

Error LimitExceeded(std::string field, std::string message) {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "SCHEMA_LIMIT_EXCEEDED",
          .message = message,
          .violations = {{std::move(field), "SCHEMA_LIMIT_EXCEEDED", std::move(message)}}};
}

// Whether one more version fits. Locks out other registrations of the tenant, so that two that fit
// one by one do not exceed the bounds together.
Status CheckRoom(pqxx::work& tx, const NewSchema& schema) {
  if (schema.tenant == kAllTenants) return {};
  pg::Exec(tx, sql::kLockTenantSchemas, std::to_string(schema.tenant.value));
  const auto counts = pg::Exec(tx, sql::kCountSchemas, schema.tenant, schema.name)[0];
  if (counts[0].as<std::int64_t>() >= kSchemaVersionsMax) {
    return LimitExceeded(
        "message", "a schema has at most 500 versions; register the next one under a new name");
  }
  if (counts[1].as<std::int64_t>() >= kSchemasMax) {
    return LimitExceeded("message", "a tenant has at most 1,000 schemas; extend one of them");
  }
  const auto bytes = static_cast<std::int64_t>(schema.content.bytes.size());
  if (counts[2].as<std::int64_t>() + bytes > kSchemaBytesTotalMax) {
    return LimitExceeded("descriptor_set",
                         "the schemas of a tenant have at most 32 MiB in all; import fewer files");
  }
  return {};
}

std::vector<SchemaRow> Rows(pqxx::work& tx, TenantId tenant, std::string_view name) {
  std::vector<SchemaRow> rows;
  for (const auto& row : pg::Exec(tx, sql::kListSchemaVersions, tenant, name)) {
    rows.push_back(RowOf(row));
  }
  return rows;
}

Result<SchemaVersion> Insert(pqxx::work& tx, const NewSchema& schema) {
  const pg::Bytea content{schema.content.bytes};
  const auto adopted = pg::Exec(tx, sql::kAdoptSchemaContent, schema.tenant, schema.name, content,
                                schema.content.hash);
  if (!adopted.empty()) return VersionOf(adopted[0], false);
  return VersionOf(pg::Exec(tx, sql::kInsertSchemaVersion, schema.tenant, schema.name, schema.now,
                            content, schema.content.hash, schema.registered_by)[0],
                   true);
}

}  // namespace

Result<std::vector<SchemaHead>> ListSchemaHeads(pg::Session& session) {
  using Heads = std::vector<SchemaHead>;
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<Heads> {
    Heads heads;
    for (const auto& row : pg::Exec(tx, sql::kListSchemaStates)) {
      heads.push_back({.id = row[0].as<SchemaId>(),
                       .tenant = row[1].as<TenantId>(),
                       .name = row[2].as<std::string>(),
                       .version = static_cast<std::uint32_t>(row[3].as<int>()),
                       .state = StateOf(row[4])});
    }
    return heads;
  });
}

Result<std::map<SchemaId, std::string>> ReadSchemaContents(pg::Session& session,
                                                           std::span<const SchemaId> ids) {
  using Map = std::map<SchemaId, std::string>;
  return session.InTransaction(TenantId{},
                               [&](pqxx::work& tx) -> Result<Map> { return Contents(tx, ids); });
}

Result<SchemaVersion> RegisterSchema(pg::Session& session, const NewSchema& schema,
                                     RegisterMode mode, const CheckLive& check) {
  return session.InTransaction(schema.tenant, [&](pqxx::work& tx) -> Result<SchemaVersion> {
    pg::Exec(tx, sql::kLockSchemaName, schema.name, std::to_string(schema.tenant.value));
    const auto same =
        pg::Exec(tx, sql::kFindSchemaByHash, schema.tenant, schema.name, schema.content.hash);
    if (!same.empty()) return VersionOf(same[0], false);
    SELFSAME_RETURN_IF_ERROR(CheckRoom(tx, schema));
    const std::vector<SchemaRow> rows = Rows(tx, schema.tenant, schema.name);
    const std::vector<LiveVersion> live = ReadLive(tx, rows);
    SELFSAME_RETURN_IF_ERROR(check(live));
    if (mode == RegisterMode::kStore) return Insert(tx, schema);
    return SchemaVersion{
        .id = {}, .version = rows.empty() ? 1 : rows.back().head.version + 1, .is_new = false};
  });
}

Result<std::vector<SchemaRow>> ListSchemaRows(pg::Session& session, TenantId tenant,
                                              std::string_view name) {
  using List = std::vector<SchemaRow>;
  return session.InTransaction(
      tenant, [&](pqxx::work& tx) -> Result<List> { return Rows(tx, tenant, name); });
}

Result<std::vector<SchemaRow>> ListSchemaPage(pg::Session& session, TenantId tenant,
                                              const SchemaPage& page) {
  using List = std::vector<SchemaRow>;
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<List> {
    List rows;
    for (const auto& row : pg::Exec(tx, sql::kListSchemaPage, tenant, page.name,
                                    page.retired == RetiredSchemas::kInclude, page.after_name,
                                    static_cast<std::int64_t>(page.after_version), page.rows_max)) {
      rows.push_back(RowOf(row));
    }
    return rows;
  });
}

Status SetSchemaState(pg::Session& session, const SchemaHead& head, SchemaState state,
                      std::optional<TimeUs> sunset_at, std::optional<TimeUs> retired_at) {
  return session.InTransaction(head.tenant, [&](pqxx::work& tx) -> Status {
    const auto text = [](const std::optional<TimeUs>& time) {
      return time ? pg::EncodeTime(*time) : std::string();
    };
    const std::string sunset = text(sunset_at);
    const std::string retired = text(retired_at);
    const auto rows =
        pg::Exec(tx, sql::kSetSchemaState, head.tenant, head.name, static_cast<int>(head.version),
                 static_cast<int>(state), sunset_at ? sunset.c_str() : nullptr,
                 retired_at ? retired.c_str() : nullptr);
    if (!rows.empty()) return {};
    return Error{.code = ErrorCode::kNotFound,
                 .reason = "SCHEMA_UNKNOWN",
                 .message = "no such schema or version"};
  });
}

}  // namespace selfsame::storage
