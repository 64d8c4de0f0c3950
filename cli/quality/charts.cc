#include "cli/quality/charts.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/catalog/catalog_page.h"

namespace selfsame::cli {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 140;

double Total(const Column& column) {
  double total = 0;
  for (const double value : column.values) total += value;
  return total;
}

std::string ColumnSvg(const ColumnChart& chart, std::size_t index, double step, double highest) {
  const Column& column = chart.columns[index];
  const double left = static_cast<double>(index) * step;
  const double width = std::max(step * 0.85, 0.5);
  if (Total(column) <= 0) {
    return fmt::format(
        "<g><title>{}\n{}</title><rect class=\"none\" x=\"{:.2f}\" width=\"{:.2f}\" "
        "height=\"{}\"/></g>",
        EscapeHtml(column.label), EscapeHtml(chart.nothing), left, width, kHeight);
  }
  std::string tip = EscapeHtml(column.label);
  std::string rectangles;
  double top = kHeight;
  for (std::size_t i = 0; i < column.values.size(); ++i) {
    if (column.values[i] <= 0) continue;
    const double height = column.values[i] / highest * kHeight;
    top -= height;
    tip += fmt::format("\n{}: {:.0f}", EscapeHtml(chart.names[i]), column.values[i]);
    rectangles += fmt::format(
        "<rect class=\"c{}\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/>", i,
        left, top, width, height);
  }
  return fmt::format("<g><title>{}</title>{}</g>", tip, rectangles);
}

}  // namespace

std::string ShareBar(double share, double target) {
  const double width = std::clamp(share, 0.0, 1.0) * 100;
  std::string svg = fmt::format(
      "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"{0:.1f} %{1}\"><rect class=\"rail\" width=\"100\" height=\"10\"/>"
      "<rect class=\"c0\" width=\"{0:.2f}\" height=\"10\"/>",
      width, target >= 0 ? fmt::format(", wanted: {:.1f} %", target * 100) : "");
  if (target >= 0) {
    svg += fmt::format("<rect class=\"target\" x=\"{:.2f}\" width=\"0.8\" height=\"10\"/>",
                       std::clamp(target, 0.0, 1.0) * 100);
  }
  return svg + "</svg>";
}

std::string StackedColumns(const ColumnChart& chart) {
  double highest = 0;
  for (const Column& column : chart.columns) highest = std::max(highest, Total(column));
  if (highest <= 0) return "";
  const double step = kWidth / static_cast<double>(chart.columns.size());
  std::string svg = fmt::format(
      "<svg class=\"columns\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"{}\">",
      kWidth, kHeight, EscapeHtml(chart.title));
  for (std::size_t i = 0; i < chart.columns.size(); ++i) svg += ColumnSvg(chart, i, step, highest);
  svg += "</svg>\n<p class=\"legend\">";
  for (std::size_t i = 0; i < chart.names.size(); ++i) {
    svg += fmt::format("<span><i class=\"c{}\"></i>{}</span> ", i, EscapeHtml(chart.names[i]));
  }
  svg += fmt::format("<span><i class=\"none\"></i>{}</span> <span>{} to {}</span> ",
                     EscapeHtml(chart.nothing), EscapeHtml(chart.columns.front().label),
                     EscapeHtml(chart.columns.back().label));
  return svg + fmt::format("<span>highest: {:.0f}</span></p>\n", highest);
}

}  // namespace selfsame::cli
