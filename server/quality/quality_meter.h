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

// How far back the records of a source are compared for being alike. Some 50 MB when 128 sources
// are busy.
inline constexpr AlikeBounds kAlikeBounds{.records = 4'096, .sources = 128};

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

  // When something of a source was received before this server started.
  void Remember(const storage::Tenant& tenant, const storage::Source& source, TimeUs received_at);

  // Records that came in; those that are not settled are left out, since they will come again.
  void AddReceived(const MeterContext& context, std::span<const ingest::PreparedRecord> records);
  // Quarantined records that were sent once more: those that are accepted now count as accepted,
  // and nothing counts as received, checked, timely or alike: that was when they arrived.
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
    observe::Counter* checked = nullptr;
    std::vector<observe::Counter*> filled;               // By entry; null: not asked for.
    std::vector<observe::Counter*> asked;                // Of each entry that is asked for.
    std::vector<std::vector<observe::Counter*>> values;  // By closed field and value.
    std::size_t accepted = 0;                            // Of one call, not added to `asked` yet.
    std::string schema;
  };
  struct SourceSeries {
    observe::Counter* unknown_checked = nullptr;  // Records of no known schema; null: none so far.
    observe::Counter* alike = nullptr;
    observe::Histogram* lag = nullptr;
    observe::Gauge* last_record = nullptr;
    observe::Gauge* last_event = nullptr;
    std::map<std::string, observe::Counter*, std::less<>> identified;  // By kind of the ruleset.
  };
  using HourKey = std::tuple<TenantId, SourceId, TimeUs>;

  // Null: not a schema that is known.
  SchemaSeries* SchemaOf(const MeterContext& context, SchemaId schema) SELFSAME_REQUIRES(mutex_);
  SourceSeries& SourceOf(const storage::Tenant& tenant, const storage::Source& source)
      SELFSAME_REQUIRES(mutex_);
  storage::SourceHour& HourOf(const MeterContext& context) SELFSAME_REQUIRES(mutex_);
  void AddIdentifiers(const MeterContext& context, const ingest::PreparedRecord& record,
                      SourceSeries& source) SELFSAME_REQUIRES(mutex_);
  // Returns whether the record is like an earlier one.
  bool AddArrival(const MeterContext& context, const ingest::PreparedRecord& record,
                  SourceSeries& source) SELFSAME_REQUIRES(mutex_);
  void AddAccepted(const MeterContext& context, const ingest::PreparedRecord& record,
                   SourceSeries& source, SchemaSeries* schema) SELFSAME_REQUIRES(mutex_);
  // What all accepted records of a call were asked for.
  void FlushAccepted() SELFSAME_REQUIRES(mutex_);
  void AddChecked(const MeterContext& context, SourceSeries& source, const SchemaSeries* schema)
      SELFSAME_REQUIRES(mutex_);
  void AddViolations(const MeterContext& context, const ingest::PreparedRecord& record,
                     const std::vector<Violation>& violations, const SchemaSeries* schema)
      SELFSAME_REQUIRES(mutex_);
  void AddLeftOut(const MeterContext& context, const ingest::PreparedRecord& record,
                  const SchemaSeries* schema) SELFSAME_REQUIRES(mutex_);
  bool HasPath(const MeterContext& context, SchemaId schema, const std::string& path)
      SELFSAME_REQUIRES(mutex_);

  observe::QualityMetrics& metrics_;
  Mutex mutex_;
  std::map<std::pair<SourceId, SchemaId>, SchemaSeries> schemas_ SELFSAME_GUARDED_BY(mutex_);
  std::map<SourceId, SourceSeries> sources_ SELFSAME_GUARDED_BY(mutex_);
  std::map<HourKey, storage::SourceHour> hours_ SELFSAME_GUARDED_BY(mutex_);
  AlikeWindow alike_ SELFSAME_GUARDED_BY(mutex_){kAlikeBounds};
  std::vector<SchemaSeries*> accepted_ SELFSAME_GUARDED_BY(mutex_);  // Those with some waiting.
  using Paths = std::set<std::string, std::less<>>;
  std::map<SchemaId, Paths> paths_ SELFSAME_GUARDED_BY(mutex_);  // Of the schemas' entries.
};

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_QUALITY_METER_H_
