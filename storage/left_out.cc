#include "storage/left_out.h"

#include <pqxx/result>

#include "storage/quarantine_desk.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

using pg::Array;
using pg::Oid;

LeftOutRecord RowOf(const pqxx::row& row) {
  return {.id = row[0].as<RecordId>(),
          .source = row[1].as<SourceId>(),
          .schema = row[2].as<SchemaId>(),
          .kind = static_cast<RecordKind>(row[3].as<int>()),
          .key = row[4].as<std::string>(),
          .received_at = row[5].as<TimeUs>(),
          .fields = ParseViolations(row[6].as<std::string>()),
          .body_sealed = row[7].as<pg::Bytea>().bytes};
}

}  // namespace

Status InsertLeftOut(pg::BulkConnection& connection, const TenantShard& where, TimeUs received_at,
                     std::span<const NewLeftOut> rows) {
  Array sources(Oid::kInt4, rows.size());
  Array schemas(Oid::kInt4, rows.size());
  Array kinds(Oid::kInt2, rows.size());
  Array ids(Oid::kUuid, rows.size());
  Array keys(Oid::kText, rows.size());
  Array fields(Oid::kText, rows.size());
  Array bodies(Oid::kBytea, rows.size());
  for (const NewLeftOut& row : rows) {
    sources.Int(row.source.value);
    schemas.Int(row.schema.value);
    kinds.SmallInt(static_cast<std::int16_t>(row.kind));
    ids.Bytes(row.record_id.view());
    keys.Bytes(row.key);
    fields.Bytes(row.fields_json);
    bodies.Bytes(row.body_sealed);
  }
  pg::Params params = KeyParams(where);
  params.Time(received_at).Add(std::move(sources)).Add(std::move(schemas)).Add(std::move(kinds));
  params.Add(std::move(ids)).Add(std::move(keys)).Add(std::move(fields)).Add(std::move(bodies));
  return ToStatus(connection.Execute(sql::kInsertLeftOut, params));
}

Result<std::vector<LeftOutRecord>> ListLeftOut(pg::Session& session, const TenantShard& where,
                                               const LeftOutSelector& selector, RecordId after,
                                               int limit) {
  using List = std::vector<LeftOutRecord>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<List> {
    List list;
    for (const auto& row :
         pg::Exec(tx, sql::kListLeftOut, where.shard, where.tenant, after, selector.source,
                  selector.from, selector.to, UuidArrayText(selector.ids), limit)) {
      list.push_back(RowOf(row));
    }
    return list;
  });
}

Result<std::vector<LeftOutGroup>> CountLeftOut(pg::Session& session, const TenantShard& where,
                                               const LeftOutSelector& selector) {
  using Groups = std::vector<LeftOutGroup>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Groups> {
    Groups groups;
    for (const auto& row : pg::Exec(tx, sql::kCountLeftOut, where.shard, where.tenant,
                                    selector.source, selector.from, selector.to)) {
      groups.push_back({.source = row[0].as<SourceId>(),
                        .schema = row[1].as<SchemaId>(),
                        .field = row[2].as<std::string>(),
                        .reason = row[3].as<std::string>(),
                        .records = row[4].as<std::int64_t>()});
    }
    return groups;
  });
}

}  // namespace selfsame::storage
