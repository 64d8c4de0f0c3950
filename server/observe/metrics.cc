#include "server/observe/metrics.h"

#include "base/check.h"
#include "base/error.h"

namespace selfsame::observe {
namespace {

// Samples that a histogram takes besides one for each bound: the last range, sum and count.
constexpr std::size_t kHistogramMore = 3;
// Lanes (64 at most), lists of reasons, and what there is one of.
constexpr std::size_t kRestSamplesMax = 64 * (kSecondsBounds.size() + kHistogramMore) + 1'000;

// Of each table its bound and the row "OTHER", times the samples of a row.
constexpr std::size_t kSamplesMax =
    (kSourceRowsMax + 1) * (kOutcomeLabels.size() + 4)                 // records, drift
    + (kTenantRowsMax + 1) * (3 + kRefusalsMax + 1)                    // identity
    + (kSchemaRowsMax + 1) * 3                                         // by schema
    + (kKindRowsMax + 1) + (kFieldRowsMax + 1) * 2                     // kinds, completeness
    + (kViolationRowsMax + 1) * 2 + (kLeftOutRowsMax + 1)              // validity
    + (kValueRowsMax + 1)                                              // drift
    + (kSourceRowsMax + 1) * (3 + kLagBounds.size() + kHistogramMore)  // by source
    + (kConflictRowsMax + 1) + kLevelsMax                              // consistency, levels
    + kMethodLabels.size() * kCodeLabels.size() * (kSecondsBounds.size() + kHistogramMore) +
    kRestSamplesMax;
static_assert(kSamplesMax <= kSeriesMax);

std::vector<std::string_view> ErrorCodeNames() {
  std::vector<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    names.push_back(ErrorCodeName(static_cast<ErrorCode>(code)));
  }
  return names;
}

}  // namespace

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
              "Records that ended, by tenant, source and outcome; all outcomes of a source, with "
              "what is unsettled, add up to selfsame_records_received_total.",
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
      tenants(options.tenants_max, options.edge_refusal_reasons),
      start_time_seconds("selfsame_start_time_seconds",
                         "When this process started, in seconds since 1970-01-01 UTC.",
                         options.started_at.us / 1'000'000),
      version(options.version),
      commit(options.commit) {
  SELFSAME_CHECK(options.edge_refusal_reasons.size() <= kRefusalsMax);
}

}  // namespace selfsame::observe
