#include "server/observe/metrics.h"

#include "base/error.h"

namespace selfsame::observe {
namespace {

constexpr std::string_view kShared = "OTHER";  // No tenant or source can have such a name.

std::vector<std::string_view> ErrorCodeNames() {
  std::vector<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    names.push_back(ErrorCodeName(static_cast<ErrorCode>(code)));
  }
  return names;
}

}  // namespace

SourceCounters& SourceTable::Of(std::string_view tenant, std::string_view source) {
  const Name name(tenant, source);
  MutexLock lock(mutex_);
  const auto known = sources_.find(name);
  if (known != sources_.end()) return known->second;
  if (sources_.size() >= sources_max_) return sources_[Name(kShared, kShared)];
  return sources_[name];
}

void SourceTable::ForEach(const Visit& visit) const {
  MutexLock lock(mutex_);
  for (const auto& [name, counters] : sources_) visit(name.first, name.second, counters);
}

Counter& SchemaTable::Of(std::string_view tenant, std::string_view source, std::string_view schema,
                         std::uint32_t version) {
  const Name name = {std::string(tenant), std::string(source), std::string(schema),
                     std::to_string(version)};
  MutexLock lock(mutex_);
  const auto found = rows_.find(name);
  if (found != rows_.end()) return found->second;
  if (rows_.size() < rows_max_) return rows_[name];
  return rows_[{"OTHER", "OTHER", "OTHER", "OTHER"}];
}

void SchemaTable::ForEach(const Visit& visit) const {
  MutexLock lock(mutex_);
  for (const auto& [name, counter] : rows_) {
    visit({{"tenant", name[0]}, {"source", name[1]}, {"schema", name[2]}, {"version", name[3]}},
          counter);
  }
}

RequestHistograms::RequestHistograms(std::span<const double> bounds) {
  for (const std::string_view method : kMethodLabels) {
    for (const std::string_view code : kCodeLabels) {
      Make({{"method", std::string(method)}, {"code", std::string(code)}}, bounds);
    }
  }
}

Histogram& RequestHistograms::Of(Method method, int grpc_code) {
  constexpr std::size_t kUnknown = 2;
  const auto code = static_cast<std::size_t>(grpc_code);
  const std::size_t column = code < kCodeLabels.size() ? code : kUnknown;
  return members_[static_cast<std::size_t>(method) * kCodeLabels.size() + column].instrument;
}

Metrics::Metrics(const MetricsOptions& options)
    : sources("selfsame_records_total",
              "Records that ended, by tenant, source and outcome; all outcomes of a source add up "
              "to selfsame_records_received_total.",
              options.sources_max),
      rejections("selfsame_rejections_total", "Records rejected, by reason.", "reason",
                 options.rejection_reasons),
      quarantined("selfsame_quarantined_total",
                  "Records quarantined, by the reason of their first violation.", "reason",
                  options.quarantine_reasons),
      schema_records("selfsame_schema_records_total",
                     "Records accepted, by tenant, source, schema and version.",
                     options.schema_rows_max),
      queue_rows_max("selfsame_queue_rows_max",
                     "Records that may wait at most; past it calls are refused.",
                     options.queue_rows_max),
      commit_seconds("selfsame_commit_seconds",
                     "Seconds from taking a batch to the end of its COMMIT, by lane.",
                     options.lanes, kSecondsBounds),
      postgres_errors("selfsame_postgres_errors_total", "Errors from PostgreSQL, by kind.", "code",
                      ErrorCodeNames()),
      requests_refused("selfsame_requests_refused_total",
                       "Calls that failed as a whole before any record was read, by reason.",
                       "reason", options.request_refusal_reasons),
      edges_refused("selfsame_edges_refused_total",
                    "Links between identifiers that would have broken a rule, by the rule.",
                    "reason", options.edge_refusal_reasons),
      start_time_seconds("selfsame_start_time_seconds",
                         "When this process started, in seconds since 1970-01-01 UTC.",
                         options.started_at.us / 1'000'000),
      version(options.version),
      commit(options.commit) {}

}  // namespace selfsame::observe
