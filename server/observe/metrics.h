// Every metric of the server, declared once: its name, its help text and how it is counted. Not how
// they are served (metrics_server.h).
//
// Labels come from closed sets: the directory of tenants and sources, enumerations, and the lists
// of reasons handed over at construction. A client can never make a new series, and no label or
// value holds an identifier, a payload or a secret (INV-10).
#ifndef SELFSAME_SERVER_OBSERVE_METRICS_H_
#define SELFSAME_SERVER_OBSERVE_METRICS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "server/observe/instruments.h"
#include "server/observe/quality_metrics.h"
#include "server/observe/standing.h"
#include "server/observe/tables.h"

namespace selfsame::observe {

// The label values of a call's end, by gRPC status code.
inline constexpr std::array<std::string_view, 17> kCodeLabels = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

// The calls that are measured; kMethodLabels has their names in this order.
enum class Method {
  kTrackEvents,
  kUpdateProfiles,
  kStream,  // One request of a stream, from its reading to its response.
  kGetLimits,
  kGetProfile,
  kListEvents,
  kGetMergeHistory,
  kRegisterSchema,
  kListSchemas,
  kGetSchema,
  kDeprecateSchema,
  kRetireSchema,
  kRegisterVocabulary,
  kListVocabularies,
  kGetVocabulary,
  kListQuarantine,
  kCountQuarantine,
  kGetQuarantine,
  kPatchQuarantine,
  kReplayQuarantine,
  kDiscardQuarantine,
  kListLeftOut,
  kCountLeftOut,
  kGetLeftOut,
  kListFields,
  kGetLineage,
  kListDrift,
  kMergeProfiles,
  kUnmergeProfiles,
  kPin,
  kCannotLink,
  kExplainProfile,
  kExplainAttribute,
  kReresolve,
  kRollBackReresolve,
  kGetQuality,
  kCountRecords,
  kFindKeys,
  kDrawSample,
  kListAudits,
  kListSamples,
  kSubmitVerdict,
  kListOperations,
};
inline constexpr std::array<std::string_view, 43> kMethodLabels = {
    "TrackEvents",        "UpdateProfiles",    "Stream",
    "GetLimits",          "GetProfile",        "ListEvents",
    "GetMergeHistory",    "RegisterSchema",    "ListSchemas",
    "GetSchema",          "DeprecateSchema",   "RetireSchema",
    "RegisterVocabulary", "ListVocabularies",  "GetVocabulary",
    "ListQuarantine",     "CountQuarantine",   "GetQuarantine",
    "PatchQuarantine",    "ReplayQuarantine",  "DiscardQuarantine",
    "ListLeftOut",        "CountLeftOut",      "GetLeftOut",
    "ListFields",         "GetLineage",        "ListDrift",
    "MergeProfiles",      "UnmergeProfiles",   "Pin",
    "CannotLink",         "ExplainProfile",    "ExplainAttribute",
    "Reresolve",          "RollBackReresolve", "GetQuality",
    "CountRecords",       "FindKeys",          "DrawSample",
    "ListAudits",         "ListSamples",       "SubmitVerdict",
    "ListOperations"};

// Where exceptions are stopped (barrier.h); kEntryLabels has their names in this order.
enum class Entry {
  kCall,      // A call, on a thread of gRPC.
  kRecord,    // The check of one record.
  kStream,    // A reaction of a stream.
  kAnswer,    // The answer to settled records.
  kRead,      // A thread for reads.
  kLane,      // A lane.
  kDecision,  // The thread of decisions.
  kTask,      // A background task.
  kMetrics,   // The metrics page.
};
inline constexpr std::array<std::string_view, 9> kEntryLabels = {
    "call", "record", "stream", "answer", "read", "lane", "decision", "task", "metrics"};

// Why a commit was tried again.
inline constexpr std::string_view kRetrySerialization = "serialization";
inline constexpr std::string_view kRetryUnavailable = "unavailable";
inline constexpr std::string_view kRetryInDoubt = "in_doubt";
inline constexpr std::string_view kRetryLockTimeout = "lock_timeout";
inline constexpr std::array kRetryReasons = {kRetrySerialization, kRetryUnavailable, kRetryInDoubt,
                                             kRetryLockTimeout};

// The durations of calls, by method and gRPC code.
class RequestHistograms : public Family<Histogram> {
 public:
  explicit RequestHistograms(std::span<const double> bounds);
  // A number that is no gRPC code counts as UNKNOWN.
  Histogram& Of(Method method, int grpc_code);
};

// Ranges: seconds from half a millisecond to half a minute; rows from one to ten thousand.
inline constexpr std::array kSecondsBounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                              0.25,   0.5,   1.0,    2.5,   5.0,  10.0,  30.0};
inline constexpr std::array kRowsBounds = {1.0,   2.0,   5.0,    10.0,   20.0,   50.0,   100.0,
                                           200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0};

// Closed sets and constants of the installation. All are copied.
struct MetricsOptions {
  std::span<const std::string_view> rejection_reasons;
  std::span<const std::string_view> quarantine_reasons;
  std::span<const std::string_view> request_refusal_reasons;
  std::span<const std::string_view> edge_refusal_reasons;
  std::int64_t queue_rows_max = 0;
  std::size_t lanes = 1;
  std::size_t sources_max = kSourceRowsMax;
  std::size_t schema_rows_max = kSchemaRowsMax;
  std::size_t tenants_max = kTenantRowsMax;
  std::string_view version;
  std::string_view commit;
  TimeUs started_at;
};

// The metrics. One object a process, made before anything that counts. Thread-safe throughout;
// updates are single atomic instructions and never wait; finding a row of a table takes its lock.
struct Metrics {
  explicit Metrics(const MetricsOptions& options);

  // Records.
  Named<SourceTable> sources;
  static constexpr std::string_view kReceivedName = "selfsame_records_received_total";
  static constexpr std::string_view kReceivedHelp =
      "Records that arrived in authenticated calls, by tenant and source.";
  static constexpr std::string_view kUnsettledName = "selfsame_records_unsettled_total";
  static constexpr std::string_view kUnsettledHelp =
      "Records of calls that failed as a whole after they were received, and that the client is to "
      "send again, by tenant and source.";

  Named<LabelledCounters> rejections;
  Named<LabelledCounters> quarantined;
  Named<LabelledCounters> quarantine_replayed{
      "selfsame_quarantine_replayed_total",
      "Quarantined records that were sent once more by an operator, by how they ended.", "outcome",
      kOutcomeLabels};
  Named<Counter> quarantine_discarded{"selfsame_quarantine_discarded_total",
                                      "Quarantined records that an operator threw away."};
  Named<Counter> quarantine_expired{
      "selfsame_quarantine_expired_total",
      "Quarantined records that were deleted because nobody acted in time."};

  // Schemas.
  Named<SchemaTable> schema_records;
  static constexpr std::string_view kUnknownFieldsName = "selfsame_unknown_fields_total";
  static constexpr std::string_view kUnknownFieldsHelp =
      "Fields that arrived and that their schema does not know, by tenant and source.";
  static constexpr std::string_view kUnknownEnumValuesName = "selfsame_unknown_enum_values_total";
  static constexpr std::string_view kUnknownEnumValuesHelp =
      "Values of enums that arrived and that their schema does not know, by tenant and source.";

  // What the data is worth.
  QualityMetrics quality;

  // The way to PostgreSQL.
  Named<Gauge> queue_rows{"selfsame_queue_rows", "Records waiting to be committed now."};
  Named<Gauge> queue_bytes{"selfsame_queue_bytes",
                           "Bytes of the records waiting to be committed now."};
  Named<Gauge> queue_rows_max;
  Named<Gauge> parked_rows{
      "selfsame_parked_rows",
      "Records that wait, beside the others, for a row that another session has locked."};
  Named<Histogram> batch_rows{"selfsame_batch_rows", "Records in one committed batch.",
                              kRowsBounds};
  Named<LaneHistograms> commit_seconds;
  Named<LabelledCounters> commit_retries{
      "selfsame_commit_retries_total",
      "Batches whose transaction was run again or looked up again, by why.", "reason",
      kRetryReasons};
  Named<LabelledCounters> postgres_errors;
  Named<Gauge> activity_deltas{
      "selfsame_activity_deltas",
      "Rows of activity_deltas that the last pass of the activity task left to be folded; reads of "
      "profiles get slower the more there are."};
  Named<Counter> activity_folded{"selfsame_activity_folded_total",
                                 "Rows of activity_deltas that this server folded into activity."};
  Named<Gauge> activity_folded_at{
      "selfsame_activity_folded_timestamp_seconds",
      "When the activity task last began a pass that succeeded for all tenants, in seconds since "
      "1970-01-01 UTC."};
  Named<LabelledGauges> ready_reason{
      "selfsame_ready_reason",
      "1 for the reason why this server serves (READY) or does not, 0 for the others.", "reason",
      kReadyReasons};
  Named<Gauge> database_up{"selfsame_database_up",
                           "1 while the database answers, 0 while it does not."};
  Named<Counter> postgres_restarts{
      "selfsame_private_postgres_restarts_total",
      "How often this server started its private PostgreSQL again after it had ended."};
  Named<Gauge> database_read_only{
      "selfsame_database_read_only",
      "1 while the database takes no writes: a standby, or made read-only; 0 otherwise."};
  Named<Gauge> postgres_fsync{
      "selfsame_postgres_fsync",
      "PostgreSQL's setting fsync: 0 means that records which were acknowledged can be lost."};
  Named<Gauge> postgres_full_page_writes{
      "selfsame_postgres_full_page_writes",
      "PostgreSQL's setting full_page_writes: 0 means that a crash can damage tables."};
  Named<Gauge> postgres_synchronous_commit{
      "selfsame_postgres_synchronous_commit",
      "synchronous_commit of this server's sessions: 0 off, 1 local, 2 remote_write, 3 on, 4 "
      "remote_apply. Below 3, records that were acknowledged can be lost."};
  Named<Gauge> migrations_at_head{
      "selfsame_migrations_at_head",
      "1 when the database has every migration this server knows, 0 when some are missing."};
  Named<Gauge> tenants_shut_out{
      "selfsame_tenants_shut_out",
      "Tenants whose ruleset or keys this server cannot read: their calls are refused."};
  Named<Gauge> tenants_stale{
      "selfsame_tenants_stale",
      "Tenants whose newest ruleset or keys this server cannot read, and that go by the last ones "
      "that it could."};

  // Calls.
  Named<RequestHistograms> request_seconds{
      "selfsame_request_seconds",
      "Seconds from reading a request to its response, by method and gRPC code.", kSecondsBounds};
  Named<LabelledCounters> requests_refused;

  // Faults of the server itself.
  Named<LabelledCounters> exceptions{
      "selfsame_exceptions_total",
      "Exceptions that were stopped at the entry of a thread or a call, by entry. Each is a bug or "
      "a lack of memory.",
      "entry", kEntryLabels};

  // Identity.
  TenantTable tenants;
  static constexpr std::string_view kCreatedName = "selfsame_profiles_created_total";
  static constexpr std::string_view kCreatedHelp =
      "Profiles that came into being, with a new identifier or by an un-merge, by tenant.";
  static constexpr std::string_view kMergedName = "selfsame_profiles_merged_total";
  static constexpr std::string_view kMergedHelp =
      "Profiles that went into another one by a merge, by tenant.";
  static constexpr std::string_view kUnmergedName = "selfsame_profiles_unmerged_total";
  static constexpr std::string_view kUnmergedHelp =
      "Profiles that came out of another one by an un-merge, by tenant.";
  static constexpr std::string_view kRefusedName = "selfsame_edges_refused_total";
  static constexpr std::string_view kRefusedHelp =
      "Links between identifiers that would have broken a rule, by tenant and rule.";
  Named<Counter> identity_cache_hits{"selfsame_identity_cache_hits_total",
                                     "Records whose identifiers were all known to the cache."};
  Named<Counter> identity_cache_misses{
      "selfsame_identity_cache_misses_total",
      "Records with identifiers or links that had to be looked up in the database."};

  // This page.
  static constexpr std::string_view kOverName = "selfsame_series_over_total";
  static constexpr std::string_view kOverHelp =
      "Label sets for which a table had no room, and which share a row labelled OTHER, or are left "
      "out, by table.";

  // The process.
  Named<Counter> listener_probe_failures{
      "selfsame_listener_probe_failures_total",
      "Probes of the server's own gRPC port that got no answer. After three in a row the process "
      "stops with exit code 3."};
  Named<Gauge> start_time_seconds;
  Named<Gauge> build_info{"selfsame_build_info", "1, labelled with what is running.", 1};
  const std::string version;
  const std::string commit;

  // Shorthand for sources.Of.
  SourceCounters& ForSource(std::string_view tenant, std::string_view source) {
    return sources.Of(tenant, source);
  }
  TenantCounters& ForTenant(std::string_view tenant) { return tenants.Of(tenant); }
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_METRICS_H_
