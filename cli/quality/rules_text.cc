#include "cli/quality/rules_text.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string_view>
#include <utility>

namespace selfsame::cli {
namespace {

// Text within double quotes, of PromQL and of YAML alike.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\n') {
      quoted += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

// {a="b"} of those that are set; empty: nothing.
std::string Selector(std::initializer_list<std::pair<const char*, std::string>> labels) {
  std::string selector;
  for (const auto& [name, value] : labels) {
    if (value.empty()) continue;
    selector += (selector.empty() ? "{" : ", ") + std::string(name) + "=" + Quoted(value);
  }
  return selector.empty() ? "" : selector + "}";
}

// What a counter grew by. A series that is new within the window grew by all it has: its first
// sample is not zero, which increase() takes it for. But only where its server was watched when the
// window began; after a gap, and at Prometheus' first look at a server, all it has is its life.
std::string Growth(const std::string& counter, const std::string& window) {
  return fmt::format(
      "sum by (tenant, source) (({0} unless {0} offset {1}) and on (instance) "
      "selfsame_records_received_total offset {1} or increase({0}[{1}]))",
      counter, window);
}

// Growth where a series may be absent because nothing of it ever happened.
std::string GrowthOrNone(const std::string& counter, const std::string& window,
                         const std::string& whole) {
  return fmt::format("({} or 0 * {})", Growth(counter, window), whole);
}

// Of the records whose version of the schema asks for the field.
std::string CompletenessQuery(const Objective& o) {
  const std::string labels = Selector(
      {{"tenant", o.tenant}, {"source", o.source}, {"schema", o.schema}, {"field", o.field}});
  const std::string asked = Growth("selfsame_field_checked_total" + labels, o.window);
  return GrowthOrNone("selfsame_field_records_total" + labels, o.window, asked) + " / " + asked;
}

std::string ReceivedGrowth(const Objective& o) {
  return Growth(
      "selfsame_records_received_total" + Selector({{"tenant", o.tenant}, {"source", o.source}}),
      o.window);
}

// Both counters count a record once: the one by field, the other by field and reason.
std::string ValidityQuery(const Objective& o) {
  const std::string broken = (o.reason.empty() ? "selfsame_field_invalid_records_total"
                                               : "selfsame_field_violations_total") +
                             Selector({{"tenant", o.tenant},
                                       {"source", o.source},
                                       {"schema", o.schema},
                                       {"field", o.field},
                                       {"reason", o.reason}});
  const std::string checked =
      Growth("selfsame_schema_checked_total" +
                 Selector({{"tenant", o.tenant}, {"source", o.source}, {"schema", o.schema}}),
             o.window);
  return fmt::format("1 - {} / {}", GrowthOrNone(broken, o.window, checked), checked);
}

std::string UniquenessQuery(const Objective& o) {
  const std::string repeated =
      "selfsame_records_total" +
      Selector({{"tenant", o.tenant}, {"source", o.source}, {"outcome", "duplicate"}});
  const std::string alike =
      "selfsame_records_alike_total" + Selector({{"tenant", o.tenant}, {"source", o.source}});
  const std::string received = ReceivedGrowth(o);
  return fmt::format("1 - ({} + {}) / {}", GrowthOrNone(repeated, o.window, received),
                     GrowthOrNone(alike, o.window, received), received);
}

std::string TimelinessQuery(const Objective& o) {
  const std::string in_time =
      "selfsame_event_lag_seconds_bucket" + Selector({{"tenant", o.tenant},
                                                      {"source", o.source},
                                                      {"le", fmt::format("{}", o.within_seconds)}});
  const std::string all =
      "selfsame_event_lag_seconds_count" + Selector({{"tenant", o.tenant}, {"source", o.source}});
  return Growth(in_time, o.window) + " / " + Growth(all, o.window);
}

// Several servers show the same levels: the greatest of them is any of them.
std::string ProfileCompletenessQuery(const Objective& o) {
  return fmt::format(
      "sum by (tenant) (max by (tenant, source) (selfsame_profile_field_filled{})) / "
      "max by (tenant) (selfsame_profiles{})",
      Selector({{"tenant", o.tenant}, {"source", o.source}, {"field", o.field}}),
      Selector({{"tenant", o.tenant}}));
}

std::string FreshnessQuery(const Objective& o) {
  return fmt::format("max by (tenant) (selfsame_profile_field_age_seconds{}) <= bool {}",
                     Selector({{"tenant", o.tenant}, {"field", o.field}, {"stat", "p90"}}),
                     o.within_seconds);
}

std::string AccuracyQuery(const Objective& o) {
  return fmt::format("max by (tenant) (selfsame_audit_accuracy_ratio{})",
                     Selector({{"tenant", o.tenant}, {"field", o.field}, {"bound", "low"}}));
}

std::string_view MeasureTitle(Measure measure) {
  switch (measure) {
    case Measure::kCompleteness: return "Completeness";
    case Measure::kProfileCompleteness: return "Completeness of profiles";
    case Measure::kValidity: return "Validity";
    case Measure::kUniqueness: return "Uniqueness";
    case Measure::kTimeliness: return "Timeliness";
    case Measure::kFreshness: return "Freshness";
    case Measure::kAccuracy: return "Accuracy";
  }
  return "";
}

std::string RuleYaml(const Objective& o) {
  const std::string labels =
      fmt::format("{{objective: {}, owner: {}}}", Quoted(o.name), Quoted(o.owner));
  // What holds for one tenant is shown for that one; what names none, for each.
  const std::string target_labels =
      o.tenant.empty() ? labels
                       : fmt::format("{{objective: {}, owner: {}, tenant: {}}}", Quoted(o.name),
                                     Quoted(o.owner), Quoted(o.tenant));
  const std::string of_field = o.field.empty() ? "" : " of " + o.field;
  std::string yaml;
  yaml += fmt::format(
      "      - record: selfsame:objective:ratio\n        expr: {}\n        labels: {}\n",
      Quoted(ValueQuery(o)), labels);
  yaml += fmt::format(
      "      - record: selfsame:objective:target\n        expr: {}\n        labels: {}\n",
      Quoted(fmt::format("vector({})", o.target)), target_labels);
  yaml += fmt::format(
      "      - alert: SelfsameObjectiveMissed\n        expr: {}\n        for: 15m\n"
      "        labels: {{severity: ticket, objective: {}, owner: {}}}\n"
      "        annotations:\n          summary: {}\n          description: {}\n",
      Quoted(
          fmt::format("selfsame:objective:ratio{{objective={}}} < {}", Quoted(o.name), o.target)),
      Quoted(o.name), Quoted(o.owner),
      Quoted(
          fmt::format("{}{} misses its objective {}", MeasureTitle(o.measure), of_field, o.name)),
      Quoted(fmt::format("{{{{ $labels.tenant }}}} {{{{ $labels.source }}}}: {{{{ $value | "
                         "humanizePercentage }}}} over {}, where {:.4g} is the target.",
                         o.window, o.target)));
  return yaml;
}

}  // namespace

std::string ValueQuery(const Objective& objective) {
  switch (objective.measure) {
    case Measure::kCompleteness: return CompletenessQuery(objective);
    case Measure::kProfileCompleteness: return ProfileCompletenessQuery(objective);
    case Measure::kValidity: return ValidityQuery(objective);
    case Measure::kUniqueness: return UniquenessQuery(objective);
    case Measure::kTimeliness: return TimelinessQuery(objective);
    case Measure::kFreshness: return FreshnessQuery(objective);
    case Measure::kAccuracy: return AccuracyQuery(objective);
  }
  return "";
}

std::string RulesYaml(std::span<const Objective> objectives) {
  std::string yaml =
      "# Made by `selfsame quality rules`: change the objectives, not this file.\n"
      "groups:\n  - name: selfsame_objectives\n    rules:\n";
  for (const Objective& objective : objectives) yaml += RuleYaml(objective);
  return yaml;
}

}  // namespace selfsame::cli
