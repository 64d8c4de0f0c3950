// `selfsame quality rules` and `reconcile`.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

#include "cli/connect.h"
#include "cli/quality/objectives.h"
#include "cli/quality/rules_text.h"
#include "cli/quality/run_quality.h"
#include "cli/text_file.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

constexpr std::size_t kKeysBytesMax = std::size_t{1} << 30;
constexpr std::size_t kKeysACall = 10'000;

// A client's own list against what arrived. Each key is in one of them.
struct Reconciliation {
  std::uint64_t asked = 0;
  std::uint64_t accepted = 0;
  std::uint64_t quarantined = 0;
  std::vector<std::string> gone;  // From quarantine.
  std::vector<std::string>
      earlier;  // Settled before --since: replays, or keys that were used twice.
  std::vector<std::string> missing;

  bool Agrees() const { return earlier.empty() && missing.empty(); }
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

void AddFound(const quality::v1::FindKeysResponse::Found& found, const ReconcileOptions& options,
              const google::protobuf::Timestamp& since, Reconciliation* result) {
  const auto moment = [](const google::protobuf::Timestamp& time) {
    return std::pair(time.seconds(), time.nanos());
  };
  if (!options.since.empty() && moment(found.received_at()) < moment(since)) {
    result->earlier.push_back(found.key());
  } else if (found.is_accepted()) {
    ++result->accepted;
  } else if (found.state() == quality::v1::KEY_STATE_GONE) {
    result->gone.push_back(found.key());
  } else {
    ++result->quarantined;
  }
}

Status FindPart(const Client& client, const ReconcileOptions& options,
                const google::protobuf::Timestamp& since, std::span<const std::string> keys,
                Reconciliation* result) {
  quality::v1::FindKeysRequest request;
  request.set_source(options.source);
  for (const std::string& key : keys) request.add_keys(key);
  SELFSAME_ASSIGN_OR_RETURN(const quality::v1::FindKeysResponse response,
                            client.FindKeys(request, Deadline::After(kCallWait)));
  std::set<std::string_view> found;
  for (const auto& each : response.found()) {
    found.insert(each.key());
    AddFound(each, options, since, result);
  }
  for (const std::string& key : keys) {
    if (!found.contains(key)) result->missing.push_back(key);
  }
  return {};
}

Result<Reconciliation> ReconcileKeys(const Settings& settings, const ReconcileOptions& options) {
  google::protobuf::Timestamp since;
  if (!options.since.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(since, ParseMoment("--since", options.since));
  }
  SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(options.keys_path, kKeysBytesMax));
  const std::vector<std::string> keys = KeysOf(text);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  Reconciliation result;
  result.asked = keys.size();
  for (std::size_t at = 0; at < keys.size(); at += kKeysACall) {
    const std::size_t count = std::min(kKeysACall, keys.size() - at);
    SELFSAME_RETURN_IF_ERROR(
        FindPart(client, options, since, std::span(keys).subspan(at, count), &result));
  }
  return result;
}

ExitCode ShowKeys(const Output& output, const Reconciliation& result) {
  if (output.is_json()) {
    output.Json({{"asked", result.asked},
                 {"accepted", result.accepted},
                 {"quarantined", result.quarantined},
                 {"gone", result.gone},
                 {"earlier", result.earlier},
                 {"missing", result.missing}});
  } else {
    for (const std::string& key : result.missing) output.Text(key + "\n");
    output.Note(fmt::format(
        "{} keys: {} accepted, {} in quarantine, {} discarded or expired from there{}, {} missing",
        result.asked, result.accepted, result.quarantined, result.gone.size(),
        result.earlier.empty() ? ""
                               : fmt::format(", {} settled before --since", result.earlier.size()),
        result.missing.size()));
  }
  return result.Agrees() ? ExitCode::kDone : ExitCode::kLeftOver;
}

// What arrived, of one source.
struct Arrived {
  std::uint64_t accepted = 0;
  std::uint64_t quarantined = 0;
};

Result<Arrived> CountSince(const Settings& settings, const ReconcileOptions& options) {
  quality::v1::CountRecordsRequest request;
  request.set_source(options.source);
  request.set_exact(!options.by_hour);
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_since(), ParseMoment("--since", options.since));
  constexpr std::int64_t kHourSeconds = 3'600;
  if (options.by_hour &&
      (request.since().seconds() % kHourSeconds != 0 || request.since().nanos() != 0)) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "TIME_OUT_OF_RANGE",
                 .message = "--since must be a whole hour of UTC with --by-hour"};
  }
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  SELFSAME_ASSIGN_OR_RETURN(const quality::v1::CountRecordsResponse counts,
                            client.CountRecords(request, Deadline::After(kCallWait * 4)));
  Arrived arrived{counts.exact_accepted(), counts.exact_quarantined()};
  if (!options.by_hour) return arrived;
  for (const auto& hour : counts.hours()) {
    arrived.accepted += hour.accepted();
    arrived.quarantined += hour.quarantined();
  }
  return arrived;
}

ExitCode ShowCounts(const Output& output, const Arrived& arrived,
                    const std::optional<std::uint64_t>& sent) {
  const std::uint64_t settled = arrived.accepted + arrived.quarantined;
  const std::uint64_t missing = sent && *sent > settled ? *sent - settled : 0;
  const std::uint64_t surplus = sent && settled > *sent ? settled - *sent : 0;
  if (output.is_json()) {
    output.Json({{"accepted", arrived.accepted},
                 {"quarantined", arrived.quarantined},
                 {"missing", missing},
                 {"surplus", surplus}});
  } else {
    output.Text(
        fmt::format("accepted     {}\nquarantined  {}\n", arrived.accepted, arrived.quarantined));
    if (sent) output.Text(fmt::format("missing      {}\nsurplus      {}\n", missing, surplus));
  }
  return missing + surplus == 0 ? ExitCode::kDone : ExitCode::kLeftOver;
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

}  // namespace selfsame::cli
