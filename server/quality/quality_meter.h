// The quality meter: counts, as records are settled, what their measures need. Counters go straight
// to the metrics; what each source sent in each hour waits for QualityKeeper to add it to the
// database.
#ifndef SELFSAME_SERVER_QUALITY_QUALITY_METER_H_
#define SELFSAME_SERVER_QUALITY_QUALITY_METER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/mutex.h"
#include "base/time.h"
#include "server/ingest/record.h"
#include "server/observe/quality_metrics.h"
#include "server/quality/alike_window.h"
#include "server/schema/catalog.h"
#include "storage/quality.h"
#include "storage/tenants.h"

namespace selfsame::quality {

// How far back records are compared for being alike, over all sources.
inline constexpr std::size_t kAlikeRecords = 65'536;

// Whose records, and what their schemas say.
struct MeterContext {
  const storage::Tenant& tenant;
  const storage::Source& source;
  const schema::Catalog& catalog;
  TimeUs now;
};

// Thread-safe.
class QualityMeter {
 public:
  // Requires: metrics outlive this.
  explicit QualityMeter(observe::QualityMetrics& metrics) : metrics_(metrics) {}

  // Makes the series of a source that may not have sent anything yet.
  void Introduce(const storage::Tenant& tenant, const storage::Source& source);

  // Records that came in and have their outcomes.
  void AddReceived(const MeterContext& context, std::span<const ingest::PreparedRecord> records);
  // Quarantined records that were sent once more: those that are accepted now count as accepted,
  // and nothing counts as received.
  void AddReplayed(const MeterContext& context, std::span<const ingest::PreparedRecord> records);

  using Hours = std::vector<storage::SourceHour>;
  // What was counted since the last call, by tenant.
  std::map<TenantId, Hours> Take();
  // Gives back what could not be added.
  void PutBack(TenantId tenant, const Hours& hours);

 private:
  // What one version of a schema is counted by, of one source. Constant once made.
  struct SchemaSeries {
    observe::Counter* records = nullptr;
    std::vector<observe::Counter*> filled;               // By entry; null: not asked for.
    std::vector<std::vector<observe::Counter*>> values;  // By closed field and value.
    std::string schema;
    std::set<std::string, std::less<>> paths;  // Of its entries.
  };
  struct SourceSeries {
    observe::Counter* alike = nullptr;
    observe::Histogram* lag = nullptr;
    observe::Gauge* last_record = nullptr;
    observe::Gauge* last_event = nullptr;
    std::map<std::string, observe::Counter*, std::less<>> identified;  // By kind of the ruleset.
  };
  using HourKey = std::tuple<TenantId, SourceId, TimeUs>;

  const SchemaSeries* SchemaOf(const MeterContext& context, SchemaId schema)
      SELFSAME_REQUIRES(mutex_);
  SourceSeries& SourceOf(const storage::Tenant& tenant, const storage::Source& source)
      SELFSAME_REQUIRES(mutex_);
  storage::SourceHour& HourOf(const MeterContext& context) SELFSAME_REQUIRES(mutex_);
  void AddIdentifiers(const MeterContext& context, const ingest::PreparedRecord& record,
                      SourceSeries& source) SELFSAME_REQUIRES(mutex_);
  // Returns whether the record is like an earlier one.
  bool AddAccepted(const MeterContext& context, const ingest::PreparedRecord& record)
      SELFSAME_REQUIRES(mutex_);
  void AddViolations(const MeterContext& context, const ingest::PreparedRecord& record)
      SELFSAME_REQUIRES(mutex_);

  observe::QualityMetrics& metrics_;
  Mutex mutex_;
  std::map<std::pair<SourceId, SchemaId>, SchemaSeries> schemas_ SELFSAME_GUARDED_BY(mutex_);
  std::map<SourceId, SourceSeries> sources_ SELFSAME_GUARDED_BY(mutex_);
  std::map<HourKey, storage::SourceHour> hours_ SELFSAME_GUARDED_BY(mutex_);
  AlikeWindow alike_ SELFSAME_GUARDED_BY(mutex_){kAlikeRecords};
};

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_QUALITY_METER_H_
