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
#include "storage/tenants.h"

namespace selfsame::quality {

struct TenantState {
  std::vector<storage::QualityCount> counts;
  std::vector<storage::AuditRow> audits;  // Newest first.
};

struct Disk {
  std::optional<std::int64_t> database_bytes;
  std::optional<std::int64_t> free_bytes;
  std::optional<std::int64_t> size_bytes;
};

// At most observe::kLevelsMax gauges; what is over is left out, last tenants first.
observe::Levels LevelsOf(const storage::Directory& directory,
                         const std::map<TenantId, TenantState>& tenants, const Disk& disk,
                         TimeUs now);

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_LEVELS_H_
