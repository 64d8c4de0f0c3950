#include "server/quality/quality_meter.h"

#include <algorithm>

#include "server/quality/field_path.h"

namespace selfsame::quality {
namespace {

using ingest::OutcomeKind;
using ingest::PreparedRecord;

constexpr std::int64_t kMicrosASecond = 1'000'000;
constexpr std::int64_t kMicrosAnHour = 3'600 * kMicrosASecond;
// Hours that may wait for a database that is away: of 100 sources four days.
constexpr std::size_t kHoursMax = 10'000;

void Raise(observe::Gauge& gauge, std::int64_t value) {
  if (gauge.Value() < value) gauge.Set(value);
}

bool IsRefused(const PreparedRecord& record) {
  return record.outcome.kind == OutcomeKind::kQuarantined ||
         record.outcome.kind == OutcomeKind::kRejected;
}

void Join(storage::SourceHour& hour, const storage::SourceHour& more) {
  hour.received += more.received;
  hour.alike += more.alike;
  for (std::size_t i = 0; i < hour.outcome.size(); ++i) hour.outcome[i] += more.outcome[i];
}

}  // namespace

void QualityMeter::AddReceived(const MeterContext& context,
                               std::span<const PreparedRecord> records) {
  MutexLock lock(mutex_);
  storage::SourceHour& hour = HourOf(context);
  hour.received += static_cast<std::int64_t>(records.size());
  for (const PreparedRecord& record : records) {
    ++hour.outcome[static_cast<std::size_t>(record.outcome.kind) - 1];
    if (record.outcome.kind == OutcomeKind::kAccepted) {
      hour.alike += AddAccepted(context, record) ? 1 : 0;
    } else if (IsRefused(record)) {
      AddViolations(context, record);
    }
  }
}

void QualityMeter::AddReplayed(const MeterContext& context,
                               std::span<const PreparedRecord> records) {
  MutexLock lock(mutex_);
  for (const PreparedRecord& record : records) {
    if (record.outcome.kind == OutcomeKind::kAccepted) AddAccepted(context, record);
  }
}

bool QualityMeter::AddAccepted(const MeterContext& context, const PreparedRecord& record) {
  SourceSeries& source = SourceOf(context.tenant, context.source);
  const std::int64_t lag_us = std::max<std::int64_t>(context.now.us - record.event_time.us, 0);
  source.lag->Observe(static_cast<double>(lag_us) / kMicrosASecond);
  Raise(*source.last_record, context.now.us / kMicrosASecond);
  Raise(*source.last_event, record.event_time.us / kMicrosASecond);
  const bool is_alike = alike_.Add(context.source.id, record.fingerprint);
  if (is_alike) source.alike->Add();
  AddIdentifiers(context, record, source);
  const SchemaSeries* schema = SchemaOf(context, record.schema);
  if (schema == nullptr) return is_alike;
  schema->records->Add();
  for (const std::uint16_t entry : record.filled) {
    if (schema->filled[entry] != nullptr) schema->filled[entry]->Add();
  }
  for (const auto& [field, value] : record.closed) schema->values[field][value]->Add();
  return is_alike;
}

// Each kind once, however many identifiers of it the record names: those of a kind lie together.
void QualityMeter::AddIdentifiers(const MeterContext& context, const PreparedRecord& record,
                                  SourceSeries& source) {
  const identity::KindRule* before = nullptr;
  for (const ingest::Mention& mention : record.mentions) {
    if (mention.rule == before) continue;
    before = mention.rule;
    const auto [at, is_new] = source.identified.try_emplace(mention.rule->kind, nullptr);
    if (is_new) {
      const std::string& kind = mention.rule->kind;
      at->second = &metrics_.identified.Of(
          {context.tenant.name, context.source.name, kind.empty() ? "CUSTOM" : kind});
    }
    at->second->Add();
  }
}

// A path may hold what a client wrote, such as the key of a map or the name of an unknown field:
// only those are told apart that the schema or every record has.
void QualityMeter::AddViolations(const MeterContext& context, const PreparedRecord& record) {
  const SchemaSeries* schema = SchemaOf(context, record.schema);
  for (const Violation& violation : record.outcome.violations) {
    const std::string path = WithoutIndices(violation.field);
    const bool is_known =
        IsRecordField(path) || (schema != nullptr && schema->paths.contains(path));
    metrics_.violations
        .Of({context.tenant.name, context.source.name, schema == nullptr ? "" : schema->schema,
             is_known ? path : "", violation.reason})
        .Add();
  }
}

const QualityMeter::SchemaSeries* QualityMeter::SchemaOf(const MeterContext& context, SchemaId id) {
  const auto known = schemas_.find({context.source.id, id});
  if (known != schemas_.end()) return &known->second;
  const schema::Schema* schema = context.catalog.Find(id);
  if (schema == nullptr) return nullptr;
  SchemaSeries& series = schemas_[{context.source.id, id}];
  const std::string& tenant = context.tenant.name;
  const std::string& source = context.source.name;
  series.schema = schema->name;
  series.records = &metrics_.records.Of({tenant, source, schema->name});
  for (const schema::Entry& entry : schema->compiled->entries().all) {
    const bool is_asked_for = entry.is_required || entry.is_recommended;
    series.filled.push_back(
        is_asked_for ? &metrics_.field_records.Of({tenant, source, schema->name, entry.path})
                     : nullptr);
    series.paths.insert(entry.path);
  }
  for (const schema::ClosedField& closed : schema->compiled->closed_fields()) {
    auto& values = series.values.emplace_back();
    for (const std::string& value : closed.values) {
      values.push_back(
          &metrics_.field_values.Of({tenant, source, schema->name, closed.name, value}));
    }
  }
  return &series;
}

void QualityMeter::Introduce(const storage::Tenant& tenant, const storage::Source& source) {
  MutexLock lock(mutex_);
  SourceOf(tenant, source);
}

QualityMeter::SourceSeries& QualityMeter::SourceOf(const storage::Tenant& tenant,
                                                   const storage::Source& source) {
  const auto [at, is_new] = sources_.try_emplace(source.id);
  if (is_new) {
    const std::array<std::string, 2> labels = {tenant.name, source.name};
    at->second = {.alike = &metrics_.alike.Of(labels),
                  .lag = &metrics_.lag.Of(labels),
                  .last_record = &metrics_.last_record.Of(labels),
                  .last_event = &metrics_.last_event.Of(labels)};
  }
  return at->second;
}

storage::SourceHour& QualityMeter::HourOf(const MeterContext& context) {
  const TimeUs hour_at{context.now.us - context.now.us % kMicrosAnHour};
  storage::SourceHour& hour = hours_[{context.tenant.id, context.source.id, hour_at}];
  hour.source = context.source.id;
  hour.hour_at = hour_at;
  return hour;
}

std::map<TenantId, QualityMeter::Hours> QualityMeter::Take() {
  MutexLock lock(mutex_);
  std::map<TenantId, Hours> taken;
  for (const auto& [key, hour] : hours_) taken[std::get<TenantId>(key)].push_back(hour);
  hours_.clear();
  return taken;
}

void QualityMeter::PutBack(TenantId tenant, const Hours& hours) {
  MutexLock lock(mutex_);
  for (const storage::SourceHour& hour : hours) {
    if (hours_.size() >= kHoursMax) return;
    storage::SourceHour& left = hours_[{tenant, hour.source, hour.hour_at}];
    left.source = hour.source;
    left.hour_at = hour.hour_at;
    Join(left, hour);
  }
}

}  // namespace selfsame::quality
