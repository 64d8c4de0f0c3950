#include "server/observe/metrics_page.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <utility>
#include <vector>

namespace selfsame::observe {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Families = std::vector<MetricFamily>;

ClientMetric WithLabels(const Labels& labels) {
  ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({std::string(name), value});
  return metric;
}

ClientMetric Sample(const Counter& counter, const Labels& labels) {
  ClientMetric metric = WithLabels(labels);
  metric.counter.value = static_cast<double>(counter.Value());
  return metric;
}

ClientMetric Sample(const Gauge& gauge, const Labels& labels) {
  ClientMetric metric = WithLabels(labels);
  metric.gauge.value = static_cast<double>(gauge.Value());
  return metric;
}

ClientMetric Sample(const Histogram& histogram, const Labels& labels) {
  ClientMetric metric = WithLabels(labels);
  std::uint64_t cumulative = 0;
  const auto add = [&](std::size_t index, double bound) {
    cumulative += histogram.Count(index);
    metric.histogram.bucket.push_back({.cumulative_count = cumulative, .upper_bound = bound});
  };
  for (std::size_t i = 0; i < histogram.bounds().size(); ++i) add(i, histogram.bounds()[i]);
  add(histogram.bounds().size(), std::numeric_limits<double>::infinity());
  // The sum of the ranges just read, so that count and ranges agree while others observe.
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = histogram.Sum();
  return metric;
}

MetricType TypeOf(const Counter&) { return MetricType::Counter; }
MetricType TypeOf(const Gauge&) { return MetricType::Gauge; }
MetricType TypeOf(const Histogram&) { return MetricType::Histogram; }

MetricFamily& AddFamily(Families& out, std::string_view name, std::string_view help,
                        MetricType type) {
  return out.emplace_back(
      MetricFamily{.name = std::string(name), .help = std::string(help), .type = type});
}

template <typename T>
void AddOne(Families& out, const Named<T>& metric, const Labels& labels = {}) {
  AddFamily(out, metric.name, metric.help, TypeOf(metric)).metric.push_back(Sample(metric, labels));
}

template <typename T>
void AddAll(Families& out, const Named<T>& metric) {
  const auto& members = metric.members();
  MetricFamily& family =
      AddFamily(out, metric.name, metric.help, TypeOf(members.front().instrument));
  for (const auto& member : members) {
    family.metric.push_back(Sample(member.instrument, member.labels));
  }
}

// Methods times codes are many, and most never happen: those appear with their first call.
void AddRequests(Families& out, const Named<RequestHistograms>& metric) {
  MetricFamily& family = AddFamily(out, metric.name, metric.help, MetricType::Histogram);
  for (const auto& member : metric.members()) {
    if (member.instrument.Total() == 0) continue;
    family.metric.push_back(Sample(member.instrument, member.labels));
  }
}

// Reads each source's outcomes, and what is unsettled, before what it received: see Counter.
void AddSources(Families& out, const Named<SourceTable>& sources) {
  MetricFamily ended{.name = std::string(sources.name),
                     .help = std::string(sources.help),
                     .type = MetricType::Counter};
  MetricFamily unsettled{.name = std::string(Metrics::kUnsettledName),
                         .help = std::string(Metrics::kUnsettledHelp),
                         .type = MetricType::Counter};
  MetricFamily received{.name = std::string(Metrics::kReceivedName),
                        .help = std::string(Metrics::kReceivedHelp),
                        .type = MetricType::Counter};
  sources.ForEach(
      [&](const std::string& tenant, const std::string& source, const SourceCounters& counters) {
        Labels labels = {{"tenant", tenant}, {"source", source}};
        labels.emplace_back("outcome", "");
        for (std::size_t i = 0; i < kOutcomeLabels.size(); ++i) {
          labels.back().second = kOutcomeLabels[i];
          ended.metric.push_back(Sample(counters.outcome[i], labels));
        }
        labels.pop_back();
        unsettled.metric.push_back(Sample(counters.unsettled, labels));
        received.metric.push_back(Sample(counters.received, labels));
      });
  out.push_back(std::move(received));
  out.push_back(std::move(ended));
  out.push_back(std::move(unsettled));
}

void AddDrift(Families& out, const Named<SourceTable>& sources) {
  MetricFamily fields{.name = std::string(Metrics::kUnknownFieldsName),
                      .help = std::string(Metrics::kUnknownFieldsHelp),
                      .type = MetricType::Counter};
  MetricFamily values{.name = std::string(Metrics::kUnknownEnumValuesName),
                      .help = std::string(Metrics::kUnknownEnumValuesHelp),
                      .type = MetricType::Counter};
  sources.ForEach(
      [&](const std::string& tenant, const std::string& source, const SourceCounters& counters) {
        const Labels labels = {{"tenant", tenant}, {"source", source}};
        fields.metric.push_back(Sample(counters.unknown_fields, labels));
        values.metric.push_back(Sample(counters.unknown_enum_values, labels));
      });
  out.push_back(std::move(fields));
  out.push_back(std::move(values));
}

void AddTenants(Families& out, const TenantTable& tenants) {
  const std::size_t first = out.size();
  AddFamily(out, Metrics::kCreatedName, Metrics::kCreatedHelp, MetricType::Counter);
  AddFamily(out, Metrics::kMergedName, Metrics::kMergedHelp, MetricType::Counter);
  AddFamily(out, Metrics::kUnmergedName, Metrics::kUnmergedHelp, MetricType::Counter);
  AddFamily(out, Metrics::kRefusedName, Metrics::kRefusedHelp, MetricType::Counter);
  tenants.ForEach([&](const std::string& tenant, const TenantCounters& counters) {
    Labels labels = {{"tenant", tenant}};
    out[first].metric.push_back(Sample(counters.created, labels));
    out[first + 1].metric.push_back(Sample(counters.merged, labels));
    out[first + 2].metric.push_back(Sample(counters.unmerged, labels));
    for (const auto& reason : counters.refused.members()) {
      labels.push_back(reason.labels.front());
      out[first + 3].metric.push_back(Sample(reason.instrument, labels));
      labels.pop_back();
    }
  });
}

template <typename Table>
void AddSeries(Families& out, const Named<Table>& series, MetricType type) {
  MetricFamily& family = AddFamily(out, series.name, series.help, type);
  series.ForEach([&](const Labels& labels, const auto& instrument) {
    family.metric.push_back(Sample(instrument, labels));
  });
}

void AddLevels(Families& out, const Levels& levels) {
  for (const LevelFamily& level_family : levels) {
    MetricFamily& family = AddFamily(out, level_family.name, level_family.help, MetricType::Gauge);
    for (const Level& level : level_family.levels) {
      family.metric.push_back(WithLabels(level.labels));
      family.metric.back().gauge.value = level.value;
    }
  }
}

// All tables of the quality metrics that grow, each with its type.
template <typename Visit>
void ForEachSeries(const QualityMetrics& quality, Visit visit) {
  visit(quality.field_records, MetricType::Counter);
  visit(quality.field_checked, MetricType::Counter);
  visit(quality.records, MetricType::Counter);
  visit(quality.violations, MetricType::Counter);
  visit(quality.field_invalid, MetricType::Counter);
  visit(quality.left_out, MetricType::Counter);
  visit(quality.schema_checked, MetricType::Counter);
  visit(quality.identified, MetricType::Counter);
  visit(quality.alike, MetricType::Counter);
  visit(quality.lag, MetricType::Histogram);
  visit(quality.last_record, MetricType::Gauge);
  visit(quality.last_event, MetricType::Gauge);
  visit(quality.field_conflicts, MetricType::Counter);
  visit(quality.field_values, MetricType::Counter);
}

void AddQuality(Families& out, const QualityMetrics& quality) {
  ForEachSeries(quality,
                [&](const auto& series, MetricType type) { AddSeries(out, series, type); });
  AddLevels(out, *quality.levels.Get());
}

// Tables go by the name of the metric they hold, or of the first of several.
void AddOver(Families& out, const Metrics& metrics) {
  MetricFamily& family =
      AddFamily(out, Metrics::kOverName, Metrics::kOverHelp, MetricType::Counter);
  const auto add = [&](std::string_view table, const Counter& over) {
    family.metric.push_back(Sample(over, {{"table", std::string(table)}}));
  };
  add(metrics.sources.name, metrics.sources.over());
  add(Metrics::kCreatedName, metrics.tenants.over());
  add(metrics.schema_records.name, metrics.schema_records.over());
  ForEachSeries(metrics.quality,
                [&](const auto& series, MetricType) { add(series.name, series.over()); });
  add("levels", metrics.quality.levels_over);
}

Families Collect(const Metrics& m) {
  Families out;
  AddSources(out, m.sources);
  AddAll(out, m.rejections);
  AddAll(out, m.quarantined);
  AddAll(out, m.quarantine_replayed);
  AddOne(out, m.quarantine_discarded);
  AddOne(out, m.quarantine_expired);
  AddSeries(out, m.schema_records, MetricType::Counter);
  AddDrift(out, m.sources);
  AddQuality(out, m.quality);
  AddOne(out, m.queue_rows);
  AddOne(out, m.queue_bytes);
  AddOne(out, m.queue_rows_max);
  AddOne(out, m.parked_rows);
  AddOne(out, m.batch_rows);
  AddAll(out, m.commit_seconds);
  AddAll(out, m.commit_retries);
  AddAll(out, m.postgres_errors);
  AddOne(out, m.activity_deltas);
  AddOne(out, m.activity_folded);
  AddOne(out, m.activity_folded_at);
  AddAll(out, m.ready_reason);
  AddOne(out, m.database_up);
  AddOne(out, m.postgres_restarts);
  AddOne(out, m.database_read_only);
  AddOne(out, m.postgres_fsync);
  AddOne(out, m.postgres_full_page_writes);
  AddOne(out, m.postgres_synchronous_commit);
  AddOne(out, m.migrations_at_head);
  AddOne(out, m.tenants_shut_out);
  AddOne(out, m.tenants_stale);
  AddRequests(out, m.request_seconds);
  AddAll(out, m.exceptions);
  AddAll(out, m.requests_refused);
  AddTenants(out, m.tenants);
  AddOne(out, m.identity_cache_hits);
  AddOne(out, m.identity_cache_misses);
  AddOver(out, m);
  AddOne(out, m.listener_probe_failures);
  AddOne(out, m.start_time_seconds);
  AddOne(out, m.build_info, {{"version", m.version}, {"commit", m.commit}});
  return out;
}

}  // namespace

std::string MetricsPage(const Metrics& metrics) {
  return prometheus::TextSerializer().Serialize(Collect(metrics));
}

}  // namespace selfsame::observe
