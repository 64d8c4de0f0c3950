#include "cli/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace selfsame::cli {
namespace {

using nlohmann::ordered_json;

std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
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

// Not fmt::print, which throws when the stream is closed; main looks at the stream at the end.
void Write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

ordered_json ErrorJson(const Error& error) {
  ordered_json violations = ordered_json::array();
  for (const Violation& violation : error.violations) {
    violations.push_back(
        {{"field", violation.field}, {"reason", violation.reason}, {"message", violation.message}});
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

void Output::Json(const ordered_json& object) const { Write(stdout, OneLine(object) + "\n"); }

void Output::Text(std::string_view text) const { Write(stdout, text); }

void Output::Note(std::string_view line) const { Write(stderr, fmt::format("{}\n", line)); }

ExitCode Output::Fail(const Error& error) const {
  if (is_json()) {
    Write(stderr, OneLine(ErrorJson(error)) + "\n");
    return ExitCodeOf(error.code);
  }
  Note(fmt::format("selfsame: {}{}", error.message,
                   error.reason.empty() ? "" : fmt::format(" ({})", error.reason)));
  for (const Violation& violation : error.violations) {
    Note(fmt::format("  {}: {}{}", violation.field, violation.message,
                     violation.reason.empty() ? "" : fmt::format(" ({})", violation.reason)));
  }
  return ExitCodeOf(error.code);
}

}  // namespace selfsame::cli
