#include "cli/quality/objectives.h"

#include <fmt/format.h>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <set>

#include "server/observe/quality_metrics.h"

namespace selfsame::cli {
namespace {

const std::map<std::string, Measure, std::less<>> kMeasures = {
    {"completeness", Measure::kCompleteness},
    {"profile_completeness", Measure::kProfileCompleteness},
    {"validity", Measure::kValidity},
    {"uniqueness", Measure::kUniqueness},
    {"timeliness", Measure::kTimeliness},
    {"freshness", Measure::kFreshness},
    {"accuracy", Measure::kAccuracy}};

const std::set<std::string, std::less<>> kKeys = {"name",   "measure", "tenant",        "source",
                                                  "schema", "field",   "reason",        "target",
                                                  "window", "owner",   "within_seconds"};

// Ages are kept by the day (docs/adr/0008): below two of them a quantile says little.
constexpr std::int64_t kFreshnessSecondsMin = 2 * 86'400;

Error Malformed(std::string what) {
  return {.code = ErrorCode::kInvalidArgument,
          .reason = "OBJECTIVES_MALFORMED",
          .message = std::move(what)};
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= 100 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

// One number and one unit.
bool IsDuration(std::string_view text) {
  if (text.size() < 2 || text.size() > 6 || text[0] == '0') return false;
  return std::string_view("smhdw").find(text.back()) != std::string_view::npos &&
         text.find_first_not_of("0123456789") == text.size() - 1;
}

// What a measure is of. kMay narrows it, kMust has to be said, kNot would mean nothing.
enum class Use { kNot, kMay, kMust };
struct Uses {
  Use source = Use::kMay;
  Use schema = Use::kNot;
  Use field = Use::kNot;
  Use reason = Use::kNot;
  Use within = Use::kNot;
};

Uses UsesOf(Measure measure) {
  switch (measure) {
    case Measure::kCompleteness: return {.schema = Use::kMust, .field = Use::kMust};
    case Measure::kProfileCompleteness: return {.field = Use::kMust};
    case Measure::kValidity: return {.schema = Use::kMay, .field = Use::kMust, .reason = Use::kMay};
    case Measure::kUniqueness: return {};
    case Measure::kTimeliness: return {.within = Use::kMust};
    case Measure::kFreshness:
      return {.source = Use::kNot, .field = Use::kMust, .within = Use::kMust};
    case Measure::kAccuracy: return {.source = Use::kNot, .field = Use::kMust};
  }
  return {};
}

std::string ComplaintOfUse(const Objective& objective) {
  const Uses uses = UsesOf(objective.measure);
  const struct {
    const char* key;
    Use use;
    bool is_set;
  } keys[] = {{"source", uses.source, !objective.source.empty()},
              {"schema", uses.schema, !objective.schema.empty()},
              {"field", uses.field, !objective.field.empty()},
              {"reason", uses.reason, !objective.reason.empty()},
              {"within_seconds", uses.within, objective.within_seconds > 0}};
  for (const auto& key : keys) {
    if (key.use == Use::kMust && !key.is_set) {
      return fmt::format("{} must be set for this measure", key.key);
    }
    if (key.use == Use::kNot && key.is_set) {
      return fmt::format("{} means nothing for this measure", key.key);
    }
  }
  return "";
}

std::string ComplaintOfWithin(const Objective& objective) {
  const auto within = static_cast<double>(objective.within_seconds);
  const auto& bounds = observe::kLagBounds;
  if (objective.measure == Measure::kTimeliness &&
      std::find(bounds.begin(), bounds.end(), within) == bounds.end()) {
    return fmt::format("within_seconds of timeliness must be one of {:.0f}: only these are counted",
                       fmt::join(bounds, ", "));
  }
  if (objective.measure == Measure::kFreshness && objective.within_seconds < kFreshnessSecondsMin) {
    return fmt::format("within_seconds of freshness must be at least {}: ages are known to the day",
                       kFreshnessSecondsMin);
  }
  return "";
}

// What keeps an objective from being one; empty: nothing.
std::string Complaint(const Objective& objective) {
  if (!IsName(objective.name)) return "name must be of a-z, 0-9 and -";
  if (objective.owner.empty()) return "owner must be set: nobody would be told";
  if (objective.target <= 0 || objective.target > 1) return "target must be above 0, at most 1";
  if (!IsDuration(objective.window)) return "window must be a number and one of s, m, h, d, w";
  const std::string complaint = ComplaintOfUse(objective);
  return complaint.empty() ? ComplaintOfWithin(objective) : complaint;
}

Result<Objective> ObjectiveOf(const toml::table& table, std::size_t number) {
  Objective objective;
  const auto text = [&](const char* key) { return table[key].value_or(std::string()); };
  objective.name = text("name");
  const std::string which =
      objective.name.empty() ? fmt::format("objective {}", number) : objective.name;
  for (const auto& [key, value] : table) {
    if (!kKeys.contains(std::string_view(key.str()))) {
      return Malformed(fmt::format("{}: unknown key {}", which, key.str()));
    }
  }
  const auto measure = kMeasures.find(text("measure"));
  if (measure == kMeasures.end()) return Malformed(which + ": measure is none of those there are");
  objective.measure = measure->second;
  objective.tenant = text("tenant");
  objective.source = text("source");
  objective.schema = text("schema");
  objective.field = text("field");
  objective.reason = text("reason");
  objective.window = text("window");
  objective.owner = text("owner");
  objective.target = table["target"].value_or(0.0);
  objective.within_seconds = table["within_seconds"].value_or(std::int64_t{0});
  const std::string complaint = Complaint(objective);
  if (!complaint.empty()) return Malformed(which + ": " + complaint);
  return objective;
}

}  // namespace

Result<std::vector<Objective>> ParseObjectives(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return Malformed(fmt::format("line {}: {}", parsed.error().source().begin.line,
                                 parsed.error().description()));
  }
  const toml::table& root = parsed.table();
  std::vector<Objective> objectives;
  std::set<std::string> names;
  const toml::array* listed = root["objective"].as_array();
  if (listed == nullptr || root.size() != 1) {
    return Malformed("must hold [[objective]] tables and nothing else");
  }
  if (listed->size() > kObjectivesMax) return Malformed("more than 1,000 objectives");
  for (const toml::node& node : *listed) {
    if (!node.is_table()) return Malformed("an objective is not a table");
    SELFSAME_ASSIGN_OR_RETURN(Objective objective,
                              ObjectiveOf(*node.as_table(), objectives.size() + 1));
    if (!names.insert(objective.name).second) return Malformed(objective.name + " occurs twice");
    objectives.push_back(std::move(objective));
  }
  return objectives;
}

}  // namespace selfsame::cli
