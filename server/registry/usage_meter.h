// The usage meter: counts, in memory, what passes through the door and who reads, until it is added
// to the database every few seconds. What was not added when the process is killed is lost: the
// counts are for people, and nothing depends on them.
#ifndef SELFSAME_SERVER_REGISTRY_USAGE_METER_H_
#define SELFSAME_SERVER_REGISTRY_USAGE_METER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/mutex.h"
#include "base/time.h"
#include "server/schema/catalog.h"
#include "server/schema/validate.h"
#include "storage/usage.h"

namespace selfsame::registry {

// One record, as the meter sees it.
struct RecordUse {
  SchemaId schema;
  bool is_accepted = false;               // For the first time.
  std::span<const std::uint16_t> filled;  // Indices of the schema's entries.
  std::span<const schema::Drift> drift;   // Counted whatever became of the record.
};

// Thread-safe. What it holds is bounded: counts of records by what is registered, a source and a
// version each; 1,000 unknown paths of at most 1,000 bytes with ten hashes each; 100,000 subjects
// of reads, which are names of attributes and schemas, of at most about 200 bytes; 100,000 rows, of
// all tenants, that could not be added yet. What is beyond is not counted.
class UsageMeter {
 public:
  // `hash_key` is the tenant's: values of unknown fields are kept as keyed hashes only.
  void AddRecords(TenantId tenant, SourceId source, std::string_view hash_key,
                  std::span<const RecordUse> records, TimeUs now);
  // "attribute:<name>" or "schema:<full name>".
  void AddRead(TenantId tenant, SourceId consumer, const std::string& subject, TimeUs now);

  // What was counted since the last call, by tenant.
  std::map<TenantId, storage::Usage> Take(const schema::Catalog& catalog);
  // Gives back what could not be added.
  void PutBack(TenantId tenant, const storage::Usage& usage);

 private:
  struct SchemaCount {
    std::uint64_t records = 0;
    std::vector<std::uint64_t> filled;  // By entry.
    TimeUs first_at;
    TimeUs last_at;
  };
  struct DriftCount {
    std::uint64_t records = 0;
    TimeUs first_at;
    TimeUs last_at;
    std::set<std::string> hashes;
  };
  struct ReadCount {
    std::uint64_t reads = 0;
    TimeUs last_at;
  };
  using SchemaKey = std::tuple<TenantId, SourceId, SchemaId>;
  using DriftKey = std::tuple<TenantId, SourceId, SchemaId, std::string, bool>;
  using ReadKey = std::tuple<TenantId, SourceId, std::string>;

  void Count(SchemaCount& count, const RecordUse& record, TimeUs now) SELFSAME_REQUIRES(mutex_);
  void CountDrift(const DriftKey& key, std::string_view hash, std::uint64_t records, TimeUs now)
      SELFSAME_REQUIRES(mutex_);

  Mutex mutex_;
  std::map<SchemaKey, SchemaCount> schemas_ SELFSAME_GUARDED_BY(mutex_);
  std::map<DriftKey, DriftCount> drift_ SELFSAME_GUARDED_BY(mutex_);
  std::map<ReadKey, ReadCount> reads_ SELFSAME_GUARDED_BY(mutex_);
  // Put back as they were, since their schemas need not be looked up again.
  std::map<TenantId, storage::Usage> left_ SELFSAME_GUARDED_BY(mutex_);
};

}  // namespace selfsame::registry

#endif  // SELFSAME_SERVER_REGISTRY_USAGE_METER_H_
