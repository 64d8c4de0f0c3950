#include "server/observe/metrics_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <prometheus/client_metric.h>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <future>
#include <limits>
#include <optional>
#include <system_error>
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

class Collector : public prometheus::Collectable {
 public:
  Collector(const Metrics& metrics, const Barrier* barrier)
      : metrics_(metrics), barrier_(barrier) {}

  // The HTTP library is written in C: an exception that reaches it ends the process.
  Families Collect() const noexcept override {
    Families out;
    if (barrier_ != nullptr) {
      const Status collected = barrier_->Run(Entry::kMetrics, "", [&] { CollectInto(out); });
      if (!collected.ok()) out.clear();
      return out;
    }
    try {
      CollectInto(out);
    } catch (...) {
      out.clear();
    }
    return out;
  }

 private:
  void CollectInto(Families& out) const {
    const Metrics& m = metrics_;
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
    AddOne(out, m.database_up);
    AddOne(out, m.database_read_only);
    AddOne(out, m.postgres_fsync);
    AddOne(out, m.postgres_full_page_writes);
    AddOne(out, m.postgres_synchronous_commit);
    AddOne(out, m.migrations_at_head);
    AddOne(out, m.tenants_shut_out);
    AddOne(out, m.tenants_stale);
    AddRequests(out, m.request_seconds);
    AddAll(out, m.requests_refused);
    AddAll(out, m.exceptions);
    AddTenants(out, m.tenants);
    AddOne(out, m.identity_cache_hits);
    AddOne(out, m.identity_cache_misses);
    AddOver(out, m);
    AddOne(out, m.start_time_seconds);
    AddOne(out, m.build_info, {{"version", m.version}, {"commit", m.commit}});
  }

  const Metrics& metrics_;
  const Barrier* const barrier_;
};

// What is wrong with listening at an address, from errno; nothing when it works.
std::optional<int> ListenErrno(const sockaddr_in& address) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const bool works = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
                     listen(fd, 1) == 0;
  const int number = errno;
  close(fd);
  return works ? std::nullopt : std::optional<int>(number);
}

void ConnectAndLeave(const sockaddr_in& address) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return;
  (void)connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  close(fd);
}

// The library says only that it could not start; the system says why.
Error ListenError(const sockaddr_in& address, const MetricsServerOptions& options) {
  const int number = ListenErrno(address).value_or(0);
  const std::string why =
      number == 0 ? "the HTTP server did not start" : std::generic_category().message(number);
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = number == EADDRINUSE ? "METRICS_ADDRESS_IN_USE" : "METRICS_ADDRESS_UNUSABLE",
          .message = fmt::format("serve metrics on {}:{}: {}", options.host, options.port, why)};
}

// Checks host and port before they become part of the library's option text, whose own syntax
// would allow more than one address.
Result<sockaddr_in> ParseAddress(const MetricsServerOptions& options) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  if (options.port < 0 || options.port > 65535 ||
      inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "METRICS_ADDRESS_INVALID",
                 .message = "metrics address is not an IPv4 address with a port of 0 to 65535"};
  }
  address.sin_port = htons(static_cast<std::uint16_t>(options.port));
  return address;
}

// The one place where the library's exceptions stop: null when it could not listen.
std::unique_ptr<prometheus::Exposer> StartExposer(const std::string& address) {
  try {
    return std::make_unique<prometheus::Exposer>(std::vector<std::string>{
        "listening_ports", address, "num_threads", "2", "request_timeout_ms", "5000"});
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

struct MetricsServer::State {
  std::shared_ptr<Collector> collector;
  sockaddr_in address{};
  std::unique_ptr<prometheus::Exposer> exposer;  // Destroyed first: it reads the collector.
};

MetricsServer::MetricsServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

// The library looks whether it should stop only when somebody connects, or else every two seconds.
// So somebody connects until it has seen it.
MetricsServer::~MetricsServer() {
  sockaddr_in address = state_->address;
  address.sin_port = htons(static_cast<std::uint16_t>(port()));
  const auto stopped = std::async(std::launch::async, [this] { state_->exposer.reset(); });
  while (stopped.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
    ConnectAndLeave(address);
  }
}

Result<std::unique_ptr<MetricsServer>> MetricsServer::Start(const Metrics& metrics,
                                                            const MetricsServerOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const sockaddr_in address, ParseAddress(options));
  auto state = std::make_unique<State>();
  state->collector = std::make_shared<Collector>(metrics, options.barrier);
  state->address = address;
  state->exposer = StartExposer(fmt::format("{}:{}", options.host, options.port));
  if (state->exposer == nullptr) return ListenError(address, options);
  state->exposer->RegisterCollectable(state->collector);
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(state)));
}

int MetricsServer::port() const { return state_->exposer->GetListeningPorts().front(); }

}  // namespace selfsame::observe
