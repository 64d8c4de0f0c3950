// Usage: what passes through the door, by source, schema and field; who reads it; and what no
// schema knows. Sums that servers add to every few seconds, outside of any record's commit.
#ifndef SELFSAME_STORAGE_USAGE_H_
#define SELFSAME_STORAGE_USAGE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/session.h"

namespace selfsame::storage {

struct FieldCount {
  std::string path;
  std::uint64_t filled = 0;
};

// Accepted records of one source and schema. To be added, or added up: then with times of each
// field.
struct SchemaUsage {
  SourceId source;
  SchemaId schema;
  std::uint64_t records = 0;
  TimeUs first_seen_at;
  TimeUs last_seen_at;
  std::vector<FieldCount> fields;  // Those that some record filled.
};

struct FieldUsage {
  SourceId source;
  SchemaId schema;
  std::string path;
  std::uint64_t filled = 0;
  TimeUs first_seen_at;
  TimeUs last_seen_at;
};

// `subject` is "attribute:<name>" of profiles or "schema:<full name>" of events.
struct ReadUsage {
  SourceId consumer;
  std::string subject;
  std::uint64_t reads = 0;
  TimeUs last_read_at;
};

struct DriftUsage {
  SourceId source;
  SchemaId schema;
  std::string path;
  bool is_enum_value = false;
  std::uint64_t records = 0;
  TimeUs first_seen_at;
  TimeUs last_seen_at;
  std::vector<std::string> value_hashes;
};

struct Usage {
  std::vector<SchemaUsage> schemas;
  std::vector<ReadUsage> reads;
  std::vector<DriftUsage> drift;
};

// One transaction. Not to be retried after kInDoubt: it would be added twice.
// Errors: as Session::InTransaction.
Status AddUsage(pg::Session& session, TenantId tenant, const Usage& usage);

struct StoredUsage {
  std::vector<SchemaUsage> schemas;  // Without fields.
  std::vector<FieldUsage> fields;
  std::vector<ReadUsage> reads;
};

// Everything of a tenant but drift. May be retried.
Result<StoredUsage> LoadUsage(pg::Session& session, TenantId tenant);

// The same of some schemas, and of some subjects of reads.
struct UsageSubjects {
  std::vector<SchemaId> schemas;
  std::vector<std::string> reads;
};
Result<StoredUsage> LoadUsageOf(pg::Session& session, TenantId tenant,
                                const UsageSubjects& subjects);

// Which rows a page of drift or of shares is of, and how many at most.
struct UsageFilter {
  std::string schema;  // Empty: all.
  SourceId source;     // 0: all.
  int rows_max = 100;
};

// Where a page begins: after this row.
struct DriftPosition {
  SourceId source;
  SchemaId schema;
  std::string path;
  bool is_enum_value = false;
};
// By source, schema, path. May be retried.
Result<std::vector<DriftUsage>> ReadDriftPage(pg::Session& session, TenantId tenant,
                                              const UsageFilter& filter,
                                              const DriftPosition& after);

struct VersionShare {
  SourceId source;
  SchemaId schema;
  std::uint64_t records = 0;
  TimeUs last_seen_at;
  std::uint64_t records_of_name = 0;  // Of all versions, from this source.
};
struct SharePosition {
  SourceId source;
  SchemaId schema;
};
// By source, schema. May be retried.
Result<std::vector<VersionShare>> ReadSharePage(pg::Session& session, TenantId tenant,
                                                const UsageFilter& filter,
                                                const SharePosition& after);

// How many fields and enum values a source sends that no version of a schema knows.
struct DriftCount {
  SourceId source;
  std::string schema;
  std::int64_t paths = 0;
};
Result<std::vector<DriftCount>> CountDrift(pg::Session& session, TenantId tenant);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_USAGE_H_
