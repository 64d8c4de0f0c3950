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

std::string IntArray(const std::vector<SchemaId>& ids) {
  std::string text = "{";
  for (const SchemaId id : ids) {
    if (text.size() > 1) text.push_back(',');
    text += std::to_string(id.value);
  }
  return text + "}";
}

void AddSchemas(const pqxx::result& rows, StoredUsage& usage) {
  for (const auto& row : rows) {
    usage.schemas.push_back({.source = row[0].as<SourceId>(),
                             .schema = row[1].as<SchemaId>(),
                             .records = row[2].as<std::uint64_t>(),
                             .first_seen_at = row[3].as<TimeUs>(),
                             .last_seen_at = row[4].as<TimeUs>(),
                             .fields = {}});
  }
}

void AddFields(const pqxx::result& rows, StoredUsage& usage) {
  for (const auto& row : rows) {
    usage.fields.push_back({.source = row[0].as<SourceId>(),
                            .schema = row[1].as<SchemaId>(),
                            .path = row[2].as<std::string>(),
                            .filled = row[3].as<std::uint64_t>(),
                            .first_seen_at = row[4].as<TimeUs>(),
                            .last_seen_at = row[5].as<TimeUs>()});
  }
}

void AddReads(const pqxx::result& rows, StoredUsage& usage) {
  for (const auto& row : rows) {
    usage.reads.push_back({.consumer = row[0].as<SourceId>(),
                           .subject = row[1].as<std::string>(),
                           .reads = row[2].as<std::uint64_t>(),
                           .last_read_at = row[3].as<TimeUs>()});
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
    AddSchemas(pg::Exec(tx, sql::kReadSchemaUsage, tenant), usage);
    AddFields(pg::Exec(tx, sql::kReadFieldUsage, tenant), usage);
    AddReads(pg::Exec(tx, sql::kReadReads, tenant), usage);
    return usage;
  });
}

Result<StoredUsage> LoadUsageOf(pg::Session& session, TenantId tenant,
                                const UsageSubjects& subjects) {
  const std::string schemas = IntArray(subjects.schemas);
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<StoredUsage> {
    StoredUsage usage;
    AddSchemas(pg::Exec(tx, sql::kReadSchemaUsageOf, tenant, schemas), usage);
    AddFields(pg::Exec(tx, sql::kReadFieldUsageOf, tenant, schemas), usage);
    AddReads(pg::Exec(tx, sql::kReadReadsOf, tenant, subjects.reads), usage);
    return usage;
  });
}

Result<std::vector<DriftUsage>> ReadDriftPage(pg::Session& session, TenantId tenant,
                                              const UsageFilter& filter,
                                              const DriftPosition& after) {
  using Page = std::vector<DriftUsage>;
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<Page> {
    Page page;
    for (const auto& row :
         pg::Exec(tx, sql::kReadDriftPage, tenant, filter.schema, filter.source, after.source,
                  after.schema, after.path, after.is_enum_value, filter.rows_max)) {
      page.push_back({.source = row[0].as<SourceId>(),
                      .schema = row[1].as<SchemaId>(),
                      .path = row[2].as<std::string>(),
                      .is_enum_value = row[3].as<bool>(),
                      .records = row[4].as<std::uint64_t>(),
                      .first_seen_at = row[5].as<TimeUs>(),
                      .last_seen_at = row[6].as<TimeUs>(),
                      .value_hashes = row[7].as<std::vector<std::string>>()});
    }
    return page;
  });
}

Result<std::vector<VersionShare>> ReadSharePage(pg::Session& session, TenantId tenant,
                                                const UsageFilter& filter,
                                                const SharePosition& after) {
  using Page = std::vector<VersionShare>;
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<Page> {
    Page page;
    for (const auto& row : pg::Exec(tx, sql::kReadSharePage, tenant, filter.schema, filter.source,
                                    after.source, after.schema, filter.rows_max)) {
      page.push_back({.source = row[0].as<SourceId>(),
                      .schema = row[1].as<SchemaId>(),
                      .records = row[2].as<std::uint64_t>(),
                      .last_seen_at = row[3].as<TimeUs>(),
                      .records_of_name = row[4].as<std::uint64_t>()});
    }
    return page;
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
