// Levels: the gauges of what is stored, made from the small sums of all tenants.
#ifndef SELFSAME_SERVER_QUALITY_LEVELS_H_
#define SELFSAME_SERVER_QUALITY_LEVELS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "server/observe/quality_metrics.h"
#include "server/quality/field_ages.h"
#include "storage/audits.h"
#include "storage/database_state.h"
#include "storage/tenants.h"

namespace selfsame::quality {

struct TenantState {
  std::vector<storage::QualityCount> counts;
  std::vector<storage::AuditRow> audits;  // Newest first.
};

// Of the machine and the database. What is not known is not shown.
struct Surroundings {
  std::optional<storage::DatabaseState> database;
  double outbox_held_seconds = 0;
  std::optional<std::int64_t> disk_free_bytes;
  std::optional<std::int64_t> disk_size_bytes;
};

// At most observe::kLevelsMax gauges; what is over is left out, last tenants first.
observe::Levels LevelsOf(const storage::Directory& directory,
                         const std::map<TenantId, TenantState>& tenants, const Surroundings& around,
                         TimeUs now);

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_LEVELS_H_
