// `selfsame quality recount`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "cli/database.h"
#include "cli/quality/run_quality.h"
#include "storage/quality.h"
#include "storage/tenants.h"

namespace selfsame::cli {
namespace {

using storage::RecountDifference;

std::string NameOf(storage::FieldMeasure measure) {
  return measure == storage::FieldMeasure::kFilled ? "filled" : "said";
}

Result<std::vector<RecountDifference>> Recount(const Settings& settings,
                                               const RecountOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectAsOwner(settings));
  SELFSAME_ASSIGN_OR_RETURN(const auto tenants, storage::ListTenants(*session));
  for (const storage::TenantRow& tenant : tenants) {
    if (tenant.name != options.tenant) continue;
    return storage::RecountFieldCounts(
        *session, {storage::ShardOf(tenant.name), tenant.id},
        options.repair ? storage::RecountMode::kRepair : storage::RecountMode::kCompare, Now());
  }
  return Error{.code = ErrorCode::kNotFound,
               .reason = "TENANT_UNKNOWN",
               .message = "no tenant " + options.tenant};
}

// A sum has two parts; those that differ get a line each.
void AddRows(const RecountDifference& difference, Table* table) {
  const auto& [kept, counted] = difference;
  const auto add = [&](const char* what, std::int64_t before, std::int64_t after) {
    if (before == after) return;
    table->rows.push_back({NameOf(kept.measure),
                           kept.attribute.empty() ? "(profiles)" : kept.attribute,
                           fmt::format("{}", kept.source.value), fmt::format("{}", kept.day), what,
                           fmt::format("{}", before), fmt::format("{}", after)});
  };
  add("how many", kept.count, counted.count);
  add("sum of times, s", kept.seconds, counted.seconds);
}

void ShowJson(const Output& output, const RecountDifference& difference) {
  const auto& [kept, counted] = difference;
  output.Json({{"measure", NameOf(kept.measure)},
               {"field", kept.attribute},
               {"source_id", kept.source.value},
               {"day", kept.day},
               {"kept", kept.count},
               {"counted", counted.count},
               {"kept_seconds", kept.seconds},
               {"counted_seconds", counted.seconds}});
}

}  // namespace

ExitCode RunQualityRecount(const Invocation& run, const RecountOptions& options) {
  const auto differences = Recount(run.settings, options);
  if (!differences.ok()) return run.output.Fail(differences.error());
  Table table{.headings = {"MEASURE", "FIELD", "SOURCE", "DAY", "WHAT", "KEPT", "COUNTED"}};
  for (const RecountDifference& difference : *differences) {
    if (run.output.is_json()) ShowJson(run.output, difference);
    AddRows(difference, &table);
  }
  if (!differences->empty() && !run.output.is_json()) run.output.Text(FormatTable(table));
  run.output.Note(differences->empty() ? "the sums agree with the profiles"
                                       : fmt::format("{} sums {}", differences->size(),
                                                     options.repair ? "repaired" : "do not agree"));
  return differences->empty() || options.repair ? ExitCode::kDone : ExitCode::kLeftOver;
}

}  // namespace selfsame::cli
