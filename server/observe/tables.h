// Tables: counters that every tenant, every source or every version of a schema has its own of, and
// that are made together, at zero, when it is first named.
#ifndef SELFSAME_SERVER_OBSERVE_TABLES_H_
#define SELFSAME_SERVER_OBSERVE_TABLES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "server/observe/instruments.h"
#include "server/observe/series.h"

namespace selfsame::observe {

// The label values of a record's outcome, by the number of selfsame.ingest.v1.Outcome minus one.
inline constexpr std::array<std::string_view, 6> kOutcomeLabels = {
    "accepted", "duplicate", "quarantined", "consent_denied", "suppressed", "rejected"};

// The counters of one source: received = sum of outcomes + unsettled once nothing is under way
// (INV-7).
struct SourceCounters {
  Counter received;
  // By kOutcomeLabels.
  std::array<Counter, kOutcomeLabels.size()> outcome;
  // Of calls that failed as a whole after they were received: the client sends them again.
  Counter unsettled;
  // What its schemas do not know.
  Counter unknown_fields;
  Counter unknown_enum_values;

  // Requires: a number of selfsame.ingest.v1.Outcome other than OUTCOME_UNSPECIFIED.
  Counter& Of(int outcome_number) {
    SELFSAME_CHECK(outcome_number >= 1 && outcome_number <= static_cast<int>(outcome.size()));
    return outcome[outcome_number - 1];
  }
};

// The counters of all sources. Thread-safe.
class SourceTable {
 public:
  explicit SourceTable(std::size_t sources_max) : rows_({"tenant", "source"}, sources_max) {}

  // The counters of a source, made at its first call; good as long as this object. Takes a lock:
  // keep the reference. Past sources_max all further sources share one, labelled "OTHER".
  SourceCounters& Of(std::string_view tenant, std::string_view source) {
    return rows_.Of({std::string(tenant), std::string(source)});
  }

  using Visit = std::function<void(const std::string& tenant, const std::string& source,
                                   const SourceCounters& counters)>;
  void ForEach(const Visit& visit) const {
    rows_.ForEachRow([&](const auto& name, const SourceCounters& counters) {
      visit(name[0], name[1], counters);
    });
  }
  const Counter& over() const { return rows_.over(); }

 private:
  Series<SourceCounters, 2> rows_;
};

// What became of one tenant's profiles, whether records or people's decisions made it so.
struct TenantCounters {
  explicit TenantCounters(const std::vector<std::string>& refusals)
      : refused("reason", std::vector<std::string_view>(refusals.begin(), refusals.end())) {}

  Counter created;
  Counter merged;
  Counter unmerged;
  LabelledCounters refused;
};

// The counters of all tenants. Thread-safe.
class TenantTable {
 public:
  // The reasons are copied.
  TenantTable(std::size_t tenants_max, std::span<const std::string_view> refusals)
      : rows_({"tenant"}, tenants_max, std::vector<std::string>(refusals.begin(), refusals.end())) {
  }

  // As SourceTable::Of.
  TenantCounters& Of(std::string_view tenant) { return rows_.Of({std::string(tenant)}); }

  using Visit = std::function<void(const std::string& tenant, const TenantCounters& counters)>;
  void ForEach(const Visit& visit) const {
    rows_.ForEachRow(
        [&](const auto& name, const TenantCounters& counters) { visit(name[0], counters); });
  }
  const Counter& over() const { return rows_.over(); }

 private:
  Series<TenantCounters, 1> rows_;
};

// Accepted records by source and version of schema: the share of each version. Thread-safe.
class SchemaTable : public Series<Counter, 4> {
 public:
  explicit SchemaTable(std::size_t rows_max)
      : Series<Counter, 4>({"tenant", "source", "schema", "version"}, rows_max) {}

  // The counter of a version. As SourceTable::Of.
  Counter& Of(std::string_view tenant, std::string_view source, std::string_view schema,
              std::uint32_t version) {
    return Series<Counter, 4>::Of(
        {std::string(tenant), std::string(source), std::string(schema), std::to_string(version)});
  }
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_TABLES_H_
