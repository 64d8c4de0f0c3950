// What the sections of the quality report are made of: tables, shares as bars, targets.
#ifndef SELFSAME_CLI_QUALITY_REPORT_PARTS_H_
#define SELFSAME_CLI_QUALITY_REPORT_PARTS_H_

#include <optional>
#include <string>
#include <vector>

#include "cli/quality/objectives.h"

namespace selfsame::cli {

// Rows of cells that are HTML already, under headings that become labels on a phone.
class HtmlTable {
 public:
  explicit HtmlTable(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  // Requires: as many cells as there are headings.
  void Row(const std::vector<std::string>& cells);

  // `nothing` stands where there is no row.
  std::string Html(const std::string& nothing) const;

 private:
  const std::vector<std::string> headings_;
  std::string rows_;
};

// A heading, what it is about in a sentence or two, and what follows.
std::string Section(const std::string& title, const std::string& why, const std::string& body);

// 0 of nothing.
double Share(double part, double whole);
std::string Percent(double share);

// What was measured, to find what was aimed at. Where a member is empty, an objective that names
// one does not fit.
struct Measured {
  Measure measure = Measure::kCompleteness;
  std::string source;
  std::string schema;
  std::string field;
};

// The objective that fits: rather one that names the source, then the one that asks for most.
// Those of a named tenant never fit: the report does not know whose it is. Valid as long as
// `objectives`.
const Objective* FindObjective(const std::vector<Objective>& objectives, const Measured& measured);

// A bar and its share; with an objective also where its target lies, and whether it is reached.
std::string BarAndPercent(double share, const Objective* objective = nullptr);
// The same where not the share but a lower bound of it has to reach the target.
std::string BarAndPercent(double share, const Objective* objective, double low);

std::string AgeText(double seconds);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUALITY_REPORT_PARTS_H_
