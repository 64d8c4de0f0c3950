// Charts as inline SVG: they scale with the page, need no script and no network.
#ifndef SELFSAME_CLI_QUALITY_CHARTS_H_
#define SELFSAME_CLI_QUALITY_CHARTS_H_

#include <span>
#include <string>
#include <vector>

namespace selfsame::cli {

// A share of 0 to 1 as a bar. `target` below 0: there is none.
std::string ShareBar(double share, double target = -1);

// Stacked columns, one a step of time: each holds a value for every series.
struct Column {
  std::string label;  // Of its tip.
  std::vector<double> values;
};
struct ColumnChart {
  std::string title;               // For those who cannot see it.
  std::vector<std::string> names;  // Of the series; their colours are c0, c1 ... of the page.
  std::string nothing;             // Said of a column without values, which is tinted.
  std::vector<Column> columns;
};
// Empty where there is nothing to show.
std::string StackedColumns(const ColumnChart& chart);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUALITY_CHARTS_H_
