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

// For what it holds: it broke rules, and says which.
bool IsRefused(const PreparedRecord& record) {
  return (record.outcome.kind == OutcomeKind::kQuarantined ||
          record.outcome.kind == OutcomeKind::kRejected) &&
         !record.outcome.violations.empty();
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
  storage::SourceHour* hour = nullptr;
  SourceSeries& source = SourceOf(context.tenant, context.source);
  for (const PreparedRecord& record : records) {
    if (!record.IsSettled()) continue;
    if (hour == nullptr) hour = &HourOf(context);
    ++hour->received;
    ++hour->outcome[static_cast<std::size_t>(record.outcome.kind) - 1];
    const bool is_accepted = record.outcome.kind == OutcomeKind::kAccepted;
    if (!is_accepted && !IsRefused(record)) continue;
    SchemaSeries* schema = SchemaOf(context, record.schema);
    AddChecked(context, source, schema);
    if (is_accepted) {
      hour->alike += AddArrival(context, record, source) ? 1 : 0;
      AddAccepted(context, record, source, schema);
      AddViolations(context, record, record.outcome.left_out, schema);
      AddLeftOut(context, record, schema);
    } else {
      AddViolations(context, record, record.outcome.violations, schema);
    }
  }
  if (hour != nullptr) Raise(*source.last_record, context.now.us / kMicrosASecond);
  FlushAccepted();
}

void QualityMeter::AddReplayed(const MeterContext& context,
                               std::span<const PreparedRecord> records) {
  MutexLock lock(mutex_);
  SourceSeries& source = SourceOf(context.tenant, context.source);
  for (const PreparedRecord& record : records) {
    if (record.outcome.kind != OutcomeKind::kAccepted) continue;
    SchemaSeries* schema = SchemaOf(context, record.schema);
    AddAccepted(context, record, source, schema);
    AddLeftOut(context, record, schema);
  }
  FlushAccepted();
}

bool QualityMeter::AddArrival(const MeterContext& context, const PreparedRecord& record,
                              SourceSeries& source) {
  const std::int64_t lag_us = std::max<std::int64_t>(context.now.us - record.event_time.us, 0);
  source.lag->Observe(static_cast<double>(lag_us) / kMicrosASecond);
  Raise(*source.last_event, record.event_time.us / kMicrosASecond);
  const bool is_alike = alike_.Add(context.source.id, record.fingerprint);
  if (is_alike) source.alike->Add();
  return is_alike;
}

void QualityMeter::AddAccepted(const MeterContext& context, const PreparedRecord& record,
                               SourceSeries& source, SchemaSeries* schema) {
  AddIdentifiers(context, record, source);
  if (schema == nullptr) return;
  if (schema->accepted++ == 0) accepted_.push_back(schema);
  for (const std::uint16_t entry : record.filled) {
    if (schema->filled[entry] != nullptr) schema->filled[entry]->Add();
  }
  for (const auto& [field, value] : record.closed) schema->values[field][value]->Add();
}

void QualityMeter::FlushAccepted() {
  for (SchemaSeries* schema : accepted_) {
    schema->records->Add(schema->accepted);
    for (observe::Counter* asked : schema->asked) asked->Add(schema->accepted);
    schema->accepted = 0;
  }
  accepted_.clear();
}

void QualityMeter::AddChecked(const MeterContext& context, SourceSeries& source,
                              const SchemaSeries* schema) {
  if (schema != nullptr) return schema->checked->Add();
  if (source.unknown_checked == nullptr) {
    source.unknown_checked =
        &metrics_.schema_checked.Of({context.tenant.name, context.source.name, ""});
  }
  source.unknown_checked->Add();
}

// Each kind once, however many identifiers of it the record names. Those of a kind lie together,
// but for those of custom kinds, whose rule is one: a built-in kind may come between them.
void QualityMeter::AddIdentifiers(const MeterContext& context, const PreparedRecord& record,
                                  SourceSeries& source) {
  const identity::KindRule* before = nullptr;
  bool has_custom = false;
  for (const ingest::Mention& mention : record.mentions) {
    const bool is_custom = mention.rule->kind.empty();
    if (mention.rule == before || (is_custom && has_custom)) continue;
    before = mention.rule;
    has_custom = has_custom || is_custom;
    const auto [at, is_new] = source.identified.try_emplace(mention.rule->kind, nullptr);
    if (is_new) {
      at->second = &metrics_.identified.Of(
          {context.tenant.name, context.source.name, is_custom ? "CUSTOM" : mention.rule->kind});
    }
    at->second->Add();
  }
}

// A path may hold what a client wrote, such as the key of a map or the name of an unknown field:
// only those are told apart that the schema or every record has. A record counts once for each
// field and rule, and once for each field, however often it broke them.
void QualityMeter::AddViolations(const MeterContext& context, const PreparedRecord& record,
                                 const std::vector<Violation>& violations,
                                 const SchemaSeries* schema) {
  if (violations.empty()) return;
  std::set<std::pair<std::string, std::string>> broken;
  for (const Violation& violation : violations) {
    std::string path = WithoutIndices(violation.field);
    const bool is_known =
        IsRecordField(path) || (schema != nullptr && HasPath(context, record.schema, path));
    broken.emplace(is_known ? std::move(path) : "", violation.reason);
  }
  const std::string& tenant = context.tenant.name;
  const std::string& source = context.source.name;
  const std::string name = schema == nullptr ? "" : schema->schema;
  const std::string* before = nullptr;
  for (const auto& [field, reason] : broken) {
    metrics_.violations.Of({tenant, source, name, field, reason}).Add();
    if (before != nullptr && *before == field) continue;
    before = &field;
    metrics_.field_invalid.Of({tenant, source, name, field}).Add();
  }
}

// Each is a field of the schema, or there would be nothing to leave out.
void QualityMeter::AddLeftOut(const MeterContext& context, const PreparedRecord& record,
                              const SchemaSeries* schema) {
  for (const Violation& field : record.outcome.left_out) {
    metrics_.left_out
        .Of({context.tenant.name, context.source.name, schema == nullptr ? "" : schema->schema,
             field.field, field.reason})
        .Add();
  }
}

bool QualityMeter::HasPath(const MeterContext& context, SchemaId id, const std::string& path) {
  const auto [at, is_new] = paths_.try_emplace(id);
  const schema::Schema* schema = is_new ? context.catalog.Find(id) : nullptr;
  if (schema != nullptr) {
    for (const schema::Entry& entry : schema->compiled->entries().all) {
      at->second.insert(entry.path);
    }
  }
  return at->second.contains(path);
}

QualityMeter::SchemaSeries* QualityMeter::SchemaOf(const MeterContext& context, SchemaId id) {
  const auto known = schemas_.find({context.source.id, id});
  if (known != schemas_.end()) return &known->second;
  const schema::Schema* schema = context.catalog.Find(id);
  if (schema == nullptr) return nullptr;
  SchemaSeries& series = schemas_[{context.source.id, id}];
  const std::string& tenant = context.tenant.name;
  const std::string& source = context.source.name;
  series.schema = schema->name;
  series.records = &metrics_.records.Of({tenant, source, schema->name});
  series.checked = &metrics_.schema_checked.Of({tenant, source, schema->name});
  for (const schema::Entry& entry : schema->compiled->entries().all) {
    series.filled.push_back(nullptr);
    if (!entry.is_required && !entry.is_recommended) continue;
    series.filled.back() = &metrics_.field_records.Of({tenant, source, schema->name, entry.path});
    series.asked.push_back(&metrics_.field_checked.Of({tenant, source, schema->name, entry.path}));
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

void QualityMeter::Remember(const storage::Tenant& tenant, const storage::Source& source,
                            TimeUs received_at) {
  MutexLock lock(mutex_);
  Raise(*SourceOf(tenant, source).last_record, received_at.us / kMicrosASecond);
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
