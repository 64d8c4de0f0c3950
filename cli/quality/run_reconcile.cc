// `selfsame quality rules`, `reconcile` and `recount`.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <vector>

#include "cli/connect.h"
#include "cli/database.h"
#include "cli/quality/objectives.h"
#include "cli/quality/rules_text.h"
#include "cli/quality/run_quality.h"
#include "cli/text_file.h"
#include "cli/timestamp.h"
#include "storage/quality.h"
#include "storage/tenants.h"

namespace selfsame::cli {
namespace {

constexpr std::size_t kKeysBytesMax = std::size_t{1} << 30;
constexpr std::size_t kKeysACall = 10'000;

// A client's own list against what arrived.
struct Reconciliation {
  std::uint64_t asked = 0;
  std::uint64_t accepted = 0;
  std::uint64_t quarantined = 0;
  std::vector<std::string> missing;
};

// Each once, in the order of the file.
std::vector<std::string> KeysOf(const std::string& text) {
  std::vector<std::string> keys;
  std::set<std::string> seen;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty() && seen.insert(line).second) keys.push_back(line);
  }
  return keys;
}

Status FindPart(const Client& client, const std::string& source, const std::string* begin,
                const std::string* end, Reconciliation* result) {
  quality::v1::FindKeysRequest request;
  request.set_source(source);
  for (const std::string* key = begin; key != end; ++key) request.add_keys(*key);
  SELFSAME_ASSIGN_OR_RETURN(const quality::v1::FindKeysResponse response,
                            client.FindKeys(request, Deadline::After(kCallWait)));
  std::set<std::string_view> found;
  for (const auto& each : response.found()) {
    found.insert(each.key());
    ++(each.is_accepted() ? result->accepted : result->quarantined);
  }
  for (const std::string* key = begin; key != end; ++key) {
    if (!found.contains(*key)) result->missing.push_back(*key);
  }
  return {};
}

Result<Reconciliation> ReconcileKeys(const Settings& settings, const ReconcileOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(options.keys_path, kKeysBytesMax));
  const std::vector<std::string> keys = KeysOf(text);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  Reconciliation result{.asked = keys.size(), .missing = {}};
  for (std::size_t at = 0; at < keys.size(); at += kKeysACall) {
    const std::size_t count = std::min(kKeysACall, keys.size() - at);
    SELFSAME_RETURN_IF_ERROR(
        FindPart(client, options.source, keys.data() + at, keys.data() + at + count, &result));
  }
  return result;
}

ExitCode ShowKeys(const Output& output, const Reconciliation& result) {
  if (output.is_json()) {
    output.Json({{"asked", result.asked},
                 {"accepted", result.accepted},
                 {"quarantined", result.quarantined},
                 {"missing", result.missing}});
  } else {
    for (const std::string& key : result.missing) output.Text(key + "\n");
    output.Note(fmt::format("{} keys: {} accepted, {} in quarantine, {} missing", result.asked,
                            result.accepted, result.quarantined, result.missing.size()));
  }
  return result.missing.empty() ? ExitCode::kDone : ExitCode::kLeftOver;
}

Result<quality::v1::CountRecordsResponse> CountSince(const Settings& settings,
                                                     const ReconcileOptions& options) {
  quality::v1::CountRecordsRequest request;
  request.set_source(options.source);
  request.set_exact(true);
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_since(), ParseMoment("--since", options.since));
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.CountRecords(request, Deadline::After(kCallWait * 4));
}

ExitCode ShowCounts(const Output& output, const quality::v1::CountRecordsResponse& counts,
                    const std::optional<std::uint64_t>& sent) {
  const std::uint64_t settled = counts.exact_accepted() + counts.exact_quarantined();
  const std::uint64_t missing = sent && *sent > settled ? *sent - settled : 0;
  if (output.is_json()) {
    output.Json({{"accepted", counts.exact_accepted()},
                 {"quarantined", counts.exact_quarantined()},
                 {"missing", missing}});
  } else {
    output.Text(fmt::format("accepted     {}\nquarantined  {}\n", counts.exact_accepted(),
                            counts.exact_quarantined()));
    if (sent) output.Text(fmt::format("missing      {}\n", missing));
  }
  return missing == 0 ? ExitCode::kDone : ExitCode::kLeftOver;
}

std::string NameOf(storage::FieldMeasure measure) {
  return measure == storage::FieldMeasure::kFilled ? "filled" : "said";
}

Result<std::vector<storage::RecountDifference>> Recount(const Settings& settings,
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

}  // namespace

ExitCode RunQualityRules(const Invocation& run, const std::string& objectives_path) {
  const auto text = ReadTextFile(objectives_path);
  if (!text.ok()) return run.output.Fail(text.error());
  const auto objectives = ParseObjectives(*text);
  if (!objectives.ok()) return run.output.Fail(objectives.error());
  run.output.Text(RulesYaml(*objectives));
  return ExitCode::kDone;
}

ExitCode RunQualityReconcile(const Invocation& run, const ReconcileOptions& options) {
  if (options.keys_path.empty() && options.since.empty()) {
    return run.output.Fail({.code = ErrorCode::kInvalidArgument,
                            .reason = "OPTION_MISSING",
                            .message = "give --keys, or --since and --sent"});
  }
  if (!options.keys_path.empty()) {
    const auto result = ReconcileKeys(run.settings, options);
    return result.ok() ? ShowKeys(run.output, *result) : run.output.Fail(result.error());
  }
  const auto counts = CountSince(run.settings, options);
  return counts.ok() ? ShowCounts(run.output, *counts, options.sent)
                     : run.output.Fail(counts.error());
}

ExitCode RunQualityRecount(const Invocation& run, const RecountOptions& options) {
  const auto differences = Recount(run.settings, options);
  if (!differences.ok()) return run.output.Fail(differences.error());
  Table table{.headings = {"MEASURE", "FIELD", "SOURCE", "DAY", "KEPT", "COUNTED"}};
  for (const auto& [kept, counted] : *differences) {
    if (run.output.is_json()) {
      run.output.Json({{"measure", NameOf(kept.measure)},
                       {"field", kept.attribute},
                       {"source_id", kept.source.value},
                       {"day", kept.day},
                       {"kept", kept.count},
                       {"counted", counted.count}});
    }
    table.rows.push_back({NameOf(kept.measure),
                          kept.attribute.empty() ? "(profiles)" : kept.attribute,
                          fmt::format("{}", kept.source.value), fmt::format("{}", kept.day),
                          fmt::format("{}", kept.count), fmt::format("{}", counted.count)});
  }
  if (!differences->empty() && !run.output.is_json()) run.output.Text(FormatTable(table));
  run.output.Note(differences->empty() ? "the sums agree with the profiles"
                                       : fmt::format("{} sums {}", differences->size(),
                                                     options.repair ? "repaired" : "do not agree"));
  return differences->empty() || options.repair ? ExitCode::kDone : ExitCode::kLeftOver;
}

}  // namespace selfsame::cli
