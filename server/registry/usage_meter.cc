#include "server/registry/usage_meter.h"

#include <algorithm>

#include "base/hash.h"
#include "base/uuid.h"

namespace selfsame::registry {
namespace {

// Between two additions: of paths over all sources, and of values a path.
constexpr std::size_t kDriftPathsMax = 1'000;
constexpr std::size_t kDriftHashesMax = 10;
constexpr std::size_t kReadSubjectsMax = 100'000;
// Of a path. The database indexes paths, and an index takes no entry above 2,700 bytes: one longer
// path would fail the addition of all else.
constexpr std::size_t kPathBytesMax = 1'000;

std::string HashOf(std::string_view key, const std::string& value) {
  return FormatUuid(EventUuid{Hasher(key).Add(value).Finish()});
}

// As the catalog names fields: within the message, not within the record.
std::string WithinPayload(const std::string& path) {
  constexpr std::string_view kPrefix = "payload.";
  std::string within = path.starts_with(kPrefix) ? path.substr(kPrefix.size()) : path;
  if (within.size() <= kPathBytesMax) return within;
  // Not within a character of UTF-8.
  std::size_t end = kPathBytesMax;
  while (end > 0 && (static_cast<unsigned char>(within[end]) & 0xC0) == 0x80) --end;
  within.resize(end);
  return within;
}

}  // namespace

void UsageMeter::AddRecords(TenantId tenant, SourceId source, std::string_view hash_key,
                            std::span<const RecordUse> records, TimeUs now) {
  MutexLock lock(mutex_);
  SchemaId last_schema;
  SchemaCount* last = nullptr;  // Neighbours mostly are of one schema.
  for (const RecordUse& record : records) {
    if (record.schema.value == 0) continue;
    for (const schema::Drift& drift : record.drift) {
      CountDrift({tenant, source, record.schema, WithinPayload(drift.path), drift.is_enum_value},
                 HashOf(hash_key, drift.value), 1, now);
    }
    if (!record.is_accepted) continue;
    if (last == nullptr || last_schema != record.schema) {
      last_schema = record.schema;
      last = &schemas_[{tenant, source, record.schema}];
    }
    Count(*last, record, now);
  }
}

void UsageMeter::Count(SchemaCount& count, const RecordUse& record, TimeUs now) {
  if (count.records++ == 0) count.first_at = now;
  count.last_at = std::max(count.last_at, now);
  for (const std::uint16_t entry : record.filled) {
    if (count.filled.size() <= entry) count.filled.resize(entry + 1u);
    ++count.filled[entry];
  }
}

void UsageMeter::CountDrift(const DriftKey& key, std::string_view hash, std::uint64_t records,
                            TimeUs now) {
  auto found = drift_.find(key);
  if (found == drift_.end()) {
    if (drift_.size() >= kDriftPathsMax) return;
    found = drift_.emplace(key, DriftCount{}).first;
    found->second.first_at = now;
  }
  DriftCount& count = found->second;
  count.records += records;
  count.last_at = std::max(count.last_at, now);
  if (count.hashes.size() < kDriftHashesMax) count.hashes.emplace(hash);
}

void UsageMeter::AddRead(TenantId tenant, SourceId consumer, const std::string& subject,
                         TimeUs now) {
  MutexLock lock(mutex_);
  if (reads_.size() >= kReadSubjectsMax) return;
  ReadCount& count = reads_[{tenant, consumer, subject}];
  ++count.reads;
  count.last_at = std::max(count.last_at, now);
}

std::map<TenantId, storage::Usage> UsageMeter::Take(const schema::Catalog& catalog) {
  MutexLock lock(mutex_);
  std::map<TenantId, storage::Usage> taken = std::move(left_);
  for (const auto& [key, count] : schemas_) {
    const auto& [tenant, source, id] = key;
    const schema::Schema* schema = catalog.Find(id);
    if (schema == nullptr) continue;
    storage::SchemaUsage usage{.source = source,
                               .schema = id,
                               .records = count.records,
                               .first_seen_at = count.first_at,
                               .last_seen_at = count.last_at,
                               .fields = {}};
    const auto& entries = schema->compiled->entries().all;
    for (std::size_t i = 0; i < std::min(count.filled.size(), entries.size()); ++i) {
      const bool is_counted = count.filled[i] > 0 && entries[i].path.size() <= kPathBytesMax;
      if (is_counted) usage.fields.push_back({entries[i].path, count.filled[i]});
    }
    taken[tenant].schemas.push_back(std::move(usage));
  }
  for (const auto& [key, count] : drift_) {
    const auto& [tenant, source, id, path, is_enum_value] = key;
    taken[tenant].drift.push_back({.source = source,
                                   .schema = id,
                                   .path = path,
                                   .is_enum_value = is_enum_value,
                                   .records = count.records,
                                   .first_seen_at = count.first_at,
                                   .last_seen_at = count.last_at,
                                   .value_hashes = {count.hashes.begin(), count.hashes.end()}});
  }
  for (const auto& [key, count] : reads_) {
    const auto& [tenant, consumer, subject] = key;
    taken[tenant].reads.push_back({consumer, subject, count.reads, count.last_at});
  }
  schemas_.clear();
  drift_.clear();
  reads_.clear();
  left_.clear();
  return taken;
}

void UsageMeter::PutBack(TenantId tenant, const storage::Usage& usage) {
  // More than this, of all tenants, has been waiting for a database that does not come back.
  constexpr std::size_t kRowsMax = 100'000;
  const auto rows = [](const storage::Usage& one) {
    return one.schemas.size() + one.reads.size() + one.drift.size();
  };
  MutexLock lock(mutex_);
  std::size_t waiting = rows(usage);
  for (const auto& [other, one] : left_) waiting += rows(one);
  if (waiting > kRowsMax) return;
  storage::Usage& left = left_[tenant];
  left.schemas.insert(left.schemas.end(), usage.schemas.begin(), usage.schemas.end());
  left.reads.insert(left.reads.end(), usage.reads.begin(), usage.reads.end());
  left.drift.insert(left.drift.end(), usage.drift.begin(), usage.drift.end());
}

}  // namespace selfsame::registry
