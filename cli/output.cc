#include "cli/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace selfsame::cli {
namespace {

using nlohmann::ordered_json;

std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void AppendRow(const std::vector<std::string>& row, const std::vector<std::size_t>& widths,
               std::string& text) {
  for (std::size_t column = 0; column < row.size(); ++column) {
    text += row[column];
    if (column + 1 < row.size()) text.append(widths[column] - Width(row[column]) + 2, ' ');
  }
  text.push_back('\n');
}

std::string OneLine(const ordered_json& object) {
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json ErrorJson(const Error& error) {
  ordered_json violations = ordered_json::array();
  for (const Violation& violation : error.violations) {
    violations.push_back({{"field", violation.field},
                          {"reason", violation.reason},
                          {"message", violation.message}});
  }
  return {{"error",
           {{"code", ErrorCodeName(error.code)},
            {"reason", error.reason},
            {"message", error.message},
            {"violations", std::move(violations)}}}};
}

}  // namespace

std::string FormatTable(const Table& table) {
  std::vector<std::size_t> widths;
  for (const std::string& heading : table.headings) widths.push_back(Width(heading));
  for (const auto& row : table.rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], Width(row[column]));
    }
  }
  std::string text;
  AppendRow(table.headings, widths, text);
  for (const auto& row : table.rows) AppendRow(row, widths, text);
  return text;
}

void Output::Json(const ordered_json& object) const { fmt::print("{}\n", OneLine(object)); }

void Output::Text(std::string_view text) const { fmt::print("{}", text); }

void Output::Note(std::string_view line) const { fmt::print(stderr, "{}\n", line); }

ExitCode Output::Fail(const Error& error) const {
  if (is_json()) {
    fmt::print(stderr, "{}\n", OneLine(ErrorJson(error)));
    return ExitCodeOf(error.code);
  }
  fmt::print(stderr, "selfsame: {}{}\n", error.message,
             error.reason.empty() ? "" : fmt::format(" ({})", error.reason));
  for (const Violation& violation : error.violations) {
    fmt::print(stderr, "  {}: {} ({})\n", violation.field, violation.message, violation.reason);
  }
  return ExitCodeOf(error.code);
}

}  // namespace selfsame::cli
