#include "cli/quality/objectives.h"

#include <fmt/format.h>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

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

const std::set<std::string, std::less<>> kKeys = {"name",   "measure",       "tenant", "source",
                                                  "schema", "field",         "target", "window",
                                                  "owner",  "within_seconds"};

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

struct Needs {
  bool schema = false;
  bool field = false;
  bool within = false;
};

Needs NeedsOf(Measure measure) {
  switch (measure) {
    case Measure::kCompleteness: return {.schema = true, .field = true};
    case Measure::kProfileCompleteness:
    case Measure::kValidity:
    case Measure::kAccuracy: return {.field = true};
    case Measure::kUniqueness: return {};
    case Measure::kTimeliness: return {.within = true};
    case Measure::kFreshness: return {.field = true, .within = true};
  }
  return {};
}

// What keeps an objective from being one; empty: nothing.
std::string Complaint(const Objective& objective) {
  const Needs needs = NeedsOf(objective.measure);
  if (!IsName(objective.name)) return "name must be of a-z, 0-9 and -";
  if (objective.owner.empty()) return "owner must be set: nobody would be told";
  if (objective.target <= 0 || objective.target > 1) return "target must be above 0, at most 1";
  if (!IsDuration(objective.window)) return "window must be a number and one of s, m, h, d, w";
  if (needs.schema && objective.schema.empty()) return "schema must be set for this measure";
  if (needs.field && objective.field.empty()) return "field must be set for this measure";
  if (needs.within && objective.within_seconds <= 0) return "within_seconds must be set";
  return "";
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
