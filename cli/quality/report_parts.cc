#include "cli/quality/report_parts.h"

#include <fmt/format.h>

#include <tuple>

#include "cli/quality/charts.h"

namespace selfsame::cli {
namespace {

bool Fits(const Objective& objective, const Measured& measured) {
  return objective.measure == measured.measure && objective.tenant.empty() &&
         (objective.source.empty() || objective.source == measured.source) &&
         (objective.schema.empty() || objective.schema == measured.schema) &&
         objective.field == measured.field;
}

}  // namespace

void HtmlTable::Row(const std::vector<std::string>& cells) {
  rows_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    rows_ += fmt::format("<td data-label=\"{}\"><span>{}</span></td>", headings_[i], cells[i]);
  }
  rows_ += "</tr>\n";
}

std::string HtmlTable::Html(const std::string& nothing) const {
  if (rows_.empty()) return "<p>" + nothing + "</p>\n";
  std::string head;
  for (const std::string& heading : headings_) head += "<th>" + heading + "</th>";
  return "<table><thead><tr>" + head + "</tr></thead><tbody>\n" + rows_ + "</tbody></table>\n";
}

std::string Section(const std::string& title, const std::string& why, const std::string& body) {
  return fmt::format("<section><h2>{}</h2><p class=\"why\">{}</p>\n{}</section>\n", title, why,
                     body);
}

double Share(double part, double whole) { return whole > 0 ? part / whole : 0; }

std::string Percent(double share) { return fmt::format("{:.1f} %", share * 100); }

const Objective* FindObjective(const std::vector<Objective>& objectives, const Measured& measured) {
  const auto rank = [](const Objective& objective) {
    return std::tuple(!objective.source.empty(), objective.target);
  };
  const Objective* best = nullptr;
  for (const Objective& objective : objectives) {
    if (!Fits(objective, measured)) continue;
    if (best == nullptr || rank(*best) < rank(objective)) best = &objective;
  }
  return best;
}

std::string BarAndPercent(double share, const Objective* objective) {
  return BarAndPercent(share, objective, share);
}

std::string BarAndPercent(double share, const Objective* objective, double low) {
  if (objective == nullptr) return ShareBar(share) + Percent(share);
  return ShareBar(share, objective->target) + Percent(share) +
         fmt::format(" <small class=\"{}\">({}wanted: {})</small>",
                     low < objective->target ? "missed" : "reached",
                     low < objective->target ? "too low, " : "", Percent(objective->target));
}

std::string AgeText(double seconds) {
  constexpr double kMinute = 60, kHour = 3'600, kDay = 86'400;
  if (seconds < 2 * kMinute) return fmt::format("{:.0f} seconds", seconds);
  if (seconds < 2 * kHour) return fmt::format("{:.0f} minutes", seconds / kMinute);
  if (seconds < 2 * kDay) return fmt::format("{:.0f} hours", seconds / kHour);
  return fmt::format("{:.0f} days", seconds / kDay);
}

}  // namespace selfsame::cli
