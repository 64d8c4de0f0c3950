// Levels: the gauges of what is stored, made from the small sums of all tenants.
#ifndef SELFSAME_SERVER_QUALITY_LEVELS_H_
#define SELFSAME_SERVER_QUALITY_LEVELS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "server/observe/quality_metrics.h"
#include "server/quality/field_ages.h"
#include "storage/audits.h"
#include "storage/database_state.h"
#include "storage/quality.h"
#include "storage/tenants.h"
#include "storage/usage.h"

namespace selfsame::quality {

struct TenantState {
  std::vector<storage::QualityCount> counts;
  std::vector<storage::AuditRow> audits;  // Newest first.
  std::optional<std::vector<storage::SourceQuarantine>> quarantine;
  std::vector<storage::DriftCount> drift;
  std::optional<std::int64_t> suspected;  // Profiles that share a mailbox with another.
};

// Of the machine and the database. What is not known is not shown.
struct Surroundings {
  std::optional<storage::DatabaseState> database;
  double outbox_held_seconds = 0;
  std::optional<std::int64_t> disk_free_bytes;
  std::optional<std::int64_t> disk_size_bytes;
};

struct LevelsInput {
  const storage::Directory& directory;
  const std::map<TenantId, TenantState>& tenants;
  const Surroundings& around;
  std::optional<TimeUs> complete_at;  // When all tenants were last read.
  TimeUs now;
};

struct LevelsShown {
  observe::Levels levels;
  std::size_t left_out = 0;
};

// At most observe::kLevelsMax gauges. What is of a field comes first, for all tenants; by source
// only while there is room, and what then has none is told together, as of source "OTHER".
LevelsShown LevelsOf(const LevelsInput& input);

// The audit that tells how right a field is: the newest whose samples are all judged, or else the
// newest with any verdict; null: none. And how many samples wait to be judged, of the audits since
// the newest that is judged. Requires: audits of one field, newest first.
struct FieldAudit {
  const storage::AuditRow* shown = nullptr;
  std::int64_t waiting = 0;
};
FieldAudit FieldAuditOf(const std::vector<const storage::AuditRow*>& audits);

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_LEVELS_H_
