// The metrics of data quality: what the records and profiles are worth, by tenant, source, schema
// and field. Not those of the server's own work (metrics.h).
//
// Two kinds: counters of what passes, kept in memory by this server; and levels of what is stored,
// read from the database's small sums by a worker and replaced as a whole (Levels). Every server of
// an installation shows the same levels.
//
// Label values are names of registered tenants, sources, schemas and fields, and reasons and values
// of closed sets. How many series there can be is stated at each table.
#ifndef SELFSAME_SERVER_OBSERVE_QUALITY_METRICS_H_
#define SELFSAME_SERVER_OBSERVE_QUALITY_METRICS_H_

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/snapshot.h"
#include "server/observe/instruments.h"
#include "server/observe/series.h"

namespace selfsame::observe {

// The bounds of the tables, each of which holds one row more, "OTHER". Their sum, histograms'
// ranges and all other metrics included, is under kSeriesMax samples, whatever sources send and
// operators register: metrics.cc has the sum. A hundred sources that send fifty schemas of six
// fields each take about 101,000 samples, and share no row. A row costs about 400 bytes, a scrape
// of all of them some 200 MB for a moment.
inline constexpr std::size_t kSourceRowsMax = 1'000;
inline constexpr std::size_t kTenantRowsMax = 1'000;
inline constexpr std::size_t kSchemaRowsMax = 10'000;
inline constexpr std::size_t kKindRowsMax = 2'000;
inline constexpr std::size_t kFieldRowsMax = 40'000;
inline constexpr std::size_t kViolationRowsMax = 12'000;
inline constexpr std::size_t kLeftOutRowsMax = 6'000;
inline constexpr std::size_t kValueRowsMax = 30'000;
inline constexpr std::size_t kConflictRowsMax = 1'000;
inline constexpr std::size_t kLevelsMax = 20'000;
inline constexpr std::size_t kRefusalsMax = 10;  // Reasons for which edges are refused.
inline constexpr std::size_t kSeriesMax = 260'000;

// What is broken is up to clients: none of them may take the room of the others.
inline constexpr SeriesBounds kViolationBounds{.rows_max = kViolationRowsMax,
                                               .source_rows_max = 400};

// Ranges of the time from an event to its commit: from a second to a year.
inline constexpr std::array kLagBounds = {1.0,     10.0,     60.0,      600.0,      3'600.0,
                                          21'600., 86'400.0, 604'800.0, 2'592'000., 31'536'000.};

inline constexpr SeriesBounds kLeftOutBounds{.rows_max = kLeftOutRowsMax, .source_rows_max = 200};

// One gauge of the levels.
struct Level {
  Labels labels;
  double value = 0;
};
struct LevelFamily {
  std::string_view name;
  std::string_view help;
  std::vector<Level> levels;
};
using Levels = std::vector<LevelFamily>;

// Names of the levels; all of them are served, also while there is nothing to say.
inline constexpr std::string_view kProfilesName = "selfsame_profiles";
inline constexpr std::string_view kProfileFieldName = "selfsame_profile_field_filled";
inline constexpr std::string_view kFieldAgeName = "selfsame_profile_field_age_seconds";
inline constexpr std::string_view kSourceFieldAgeName = "selfsame_source_field_age_seconds";
inline constexpr std::string_view kAuditRatioName = "selfsame_audit_accuracy_ratio";
inline constexpr std::string_view kAuditVerdictsName = "selfsame_audit_verdicts";
inline constexpr std::string_view kAuditTimeName = "selfsame_audit_drawn_timestamp_seconds";
inline constexpr std::string_view kAuditWaitingName = "selfsame_audit_samples_waiting";
inline constexpr std::string_view kProfilesBySizeName = "selfsame_profiles_by_size";
inline constexpr std::string_view kSuspectedName = "selfsame_suspected_duplicate_profiles";
inline constexpr std::string_view kQuarantineName = "selfsame_quarantine_records";
inline constexpr std::string_view kDriftName = "selfsame_drift_paths";
inline constexpr std::string_view kLevelsTimeName = "selfsame_levels_timestamp_seconds";
inline constexpr std::string_view kDatabaseBytesName = "selfsame_database_bytes";
inline constexpr std::string_view kOutboxHeldName = "selfsame_outbox_held_seconds";
inline constexpr std::string_view kReplicasName = "selfsame_replicas";
inline constexpr std::string_view kReplicationLagName = "selfsame_replication_lag_seconds";
inline constexpr std::string_view kDiskFreeName = "selfsame_data_dir_free_bytes";
inline constexpr std::string_view kDiskSizeName = "selfsame_data_dir_size_bytes";
// A family for each name, without levels.
Levels EmptyLevels();

struct QualityMetrics {
  // Completeness: what is filled, of what was asked for by the version that each record is of.
  // Required and recommended fields only.
  Named<Series<Counter, 4>> field_records{
      "selfsame_field_records_total", "Accepted records that fill a required or recommended field.",
      std::array<std::string_view, 4>{"tenant", "source", "schema", "field"}, kFieldRowsMax};
  Named<Series<Counter, 4>> field_checked{
      "selfsame_field_checked_total",
      "Accepted records whose version of the schema requires or recommends the field.",
      std::array<std::string_view, 4>{"tenant", "source", "schema", "field"}, kFieldRowsMax};
  Named<Series<Counter, 3>> records{
      "selfsame_quality_records_total",
      "Accepted records that were looked at for completeness, by tenant, source and schema.",
      std::array<std::string_view, 3>{"tenant", "source", "schema"}, kSchemaRowsMax};

  // How many records say who they are about, and by what. The kind is one of a ruleset; CUSTOM
  // stands for all of the form "namespace:name".
  Named<Series<Counter, 3>> identified{
      "selfsame_records_identified_total", "Accepted records that name an identifier of the kind.",
      std::array<std::string_view, 3>{"tenant", "source", "kind"}, kKindRowsMax};

  // Validity. A field that was left out counts in all three. The field is empty where the violation
  // is not of a field of the schema, and the schema where the record names none that is known.
  Named<Series<Counter, 5>> violations{
      "selfsame_field_violations_total",
      "Records that were quarantined, rejected or accepted without the field and broke the rule in "
      "the field, by field and rule.",
      std::array<std::string_view, 5>{"tenant", "source", "schema", "field", "reason"},
      kViolationBounds};
  Named<Series<Counter, 4>> field_invalid{
      "selfsame_field_invalid_records_total",
      "Records that were quarantined, rejected or accepted without the field and broke any rule in "
      "the field.",
      std::array<std::string_view, 4>{"tenant", "source", "schema", "field"}, kViolationBounds};
  Named<Series<Counter, 5>> left_out{
      "selfsame_left_out_fields_total",
      "Fields that were left out of accepted records because they are invalid, by field and rule.",
      std::array<std::string_view, 5>{"tenant", "source", "schema", "field", "reason"},
      kLeftOutBounds};
  // What both are a share of.
  Named<Series<Counter, 3>> schema_checked{
      "selfsame_schema_checked_total",
      "Records that were held to the schema: accepted, quarantined, or rejected for violations.",
      std::array<std::string_view, 3>{"tenant", "source", "schema"}, kSchemaRowsMax};

  // Uniqueness.
  Named<Series<Counter, 2>> alike{
      "selfsame_records_alike_total",
      "Accepted records that say the same as an earlier one under another key.",
      std::array<std::string_view, 2>{"tenant", "source"}, kSourceRowsMax};

  // Timeliness and freshness.
  Named<Series<Histogram, 2>> lag{"selfsame_event_lag_seconds",
                                  "Seconds from an event to its commit, of accepted records.",
                                  std::array<std::string_view, 2>{"tenant", "source"},
                                  kSourceRowsMax, std::span<const double>(kLagBounds)};
  Named<Series<Gauge, 2>> last_record{
      "selfsame_source_last_record_timestamp_seconds",
      "When this server last received a record of the source, whatever its outcome, in seconds "
      "since 1970; after a start, the end of the last hour in which any server did.",
      std::array<std::string_view, 2>{"tenant", "source"}, kSourceRowsMax};
  Named<Series<Gauge, 2>> last_event{
      "selfsame_source_last_event_timestamp_seconds",
      "The latest event time of the source's accepted records, in seconds since 1970.",
      std::array<std::string_view, 2>{"tenant", "source"}, kSourceRowsMax};

  // Consistency.
  Named<Series<Counter, 2>> field_conflicts{
      "selfsame_field_conflicts_total",
      "Claims that say something else of a person than another source said.",
      std::array<std::string_view, 2>{"tenant", "field"}, kConflictRowsMax};

  // Drift: how the values of fields with a closed set of values are distributed.
  Named<Series<Counter, 5>> field_values{
      "selfsame_field_values_total",
      "Accepted records by the value of a field that has a closed set of values.",
      std::array<std::string_view, 5>{"tenant", "source", "schema", "field", "value"},
      kValueRowsMax};

  // Levels for which there was no room.
  Counter levels_over;
  // Never null.
  Snapshot<Levels> levels{std::make_shared<const Levels>(EmptyLevels())};
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_QUALITY_METRICS_H_
