#include "storage/usage.h"

#include <pqxx/result>

#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

std::int64_t Count(std::uint64_t count) { return static_cast<std::int64_t>(count); }

void AddSchema(pqxx::work& tx, TenantId tenant, const SchemaUsage& usage) {
  pg::Exec(tx, sql::kAddSchemaUsage, tenant, usage.source, usage.schema, Count(usage.records),
           usage.first_seen_at, usage.last_seen_at);
  std::vector<std::string> paths;
  std::string counts = "{";
  for (const FieldCount& field : usage.fields) {
    paths.push_back(field.path);
    if (counts.size() > 1) counts.push_back(',');
    counts += std::to_string(field.filled);
  }
  pg::Exec(tx, sql::kAddFieldUsage, tenant, usage.source, usage.schema, usage.first_seen_at,
           usage.last_seen_at, paths, counts + "}");
}

void ReadSchemas(pqxx::work& tx, TenantId tenant, StoredUsage& usage) {
  for (const auto& row : pg::Exec(tx, sql::kReadSchemaUsage, tenant)) {
    usage.schemas.push_back({.source = row[0].as<SourceId>(),
                             .schema = row[1].as<SchemaId>(),
                             .records = row[2].as<std::uint64_t>(),
                             .first_seen_at = row[3].as<TimeUs>(),
                             .last_seen_at = row[4].as<TimeUs>(),
                             .fields = {}});
  }
  for (const auto& row : pg::Exec(tx, sql::kReadFieldUsage, tenant)) {
    usage.fields.push_back({.source = row[0].as<SourceId>(),
                            .schema = row[1].as<SchemaId>(),
                            .path = row[2].as<std::string>(),
                            .filled = row[3].as<std::uint64_t>(),
                            .first_seen_at = row[4].as<TimeUs>(),
                            .last_seen_at = row[5].as<TimeUs>()});
  }
}

void ReadOthers(pqxx::work& tx, TenantId tenant, StoredUsage& usage) {
  for (const auto& row : pg::Exec(tx, sql::kReadReads, tenant)) {
    usage.reads.push_back({.consumer = row[0].as<SourceId>(),
                           .subject = row[1].as<std::string>(),
                           .reads = row[2].as<std::uint64_t>(),
                           .last_read_at = row[3].as<TimeUs>()});
  }
  for (const auto& row : pg::Exec(tx, sql::kReadDrift, tenant)) {
    usage.drift.push_back({.source = row[0].as<SourceId>(),
                           .schema = row[1].as<SchemaId>(),
                           .path = row[2].as<std::string>(),
                           .is_enum_value = row[3].as<bool>(),
                           .records = row[4].as<std::uint64_t>(),
                           .first_seen_at = row[5].as<TimeUs>(),
                           .last_seen_at = row[6].as<TimeUs>(),
                           .value_hashes = row[7].as<std::vector<std::string>>()});
  }
}

}  // namespace

Status AddUsage(pg::Session& session, TenantId tenant, const Usage& usage) {
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Status {
    for (const SchemaUsage& schema : usage.schemas) AddSchema(tx, tenant, schema);
    for (const ReadUsage& read : usage.reads) {
      pg::Exec(tx, sql::kAddReads, tenant, read.consumer, read.subject, Count(read.reads),
               read.last_read_at);
    }
    for (const DriftUsage& drift : usage.drift) {
      pg::Exec(tx, sql::kAddDrift, tenant, drift.source, drift.schema, drift.path,
               drift.is_enum_value, Count(drift.records), drift.last_seen_at, drift.value_hashes);
    }
    return {};
  });
}

Result<StoredUsage> LoadUsage(pg::Session& session, TenantId tenant) {
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<StoredUsage> {
    StoredUsage usage;
    ReadSchemas(tx, tenant, usage);
    ReadOthers(tx, tenant, usage);
    return usage;
  });
}

Result<std::vector<DriftCount>> CountDrift(pg::Session& session, TenantId tenant) {
  using Counts = std::vector<DriftCount>;
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<Counts> {
    Counts counts;
    for (const auto& row : pg::Exec(tx, sql::kCountDrift, tenant)) {
      counts.push_back({.source = row[0].as<SourceId>(),
                        .schema = row[1].as<std::string>(),
                        .paths = row[2].as<std::int64_t>()});
    }
    return counts;
  });
}

}  // namespace selfsame::storage
