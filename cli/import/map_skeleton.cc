#include "cli/import/map_skeleton.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/import/cell.h"
#include "cli/import/local_time.h"

namespace selfsame::cli {
namespace {

using Sample = std::span<const std::vector<std::string>>;

// Formats tried on the sample, the usual ones first.
constexpr const char* kTimeFormats[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M",
                                        "%Y-%m-%d",          "%d/%m/%Y %H:%M",    "%m/%d/%Y %H:%M",
                                        "%d/%m/%Y",          "%m/%d/%Y"};

// A TOML basic string is close enough to a JSON string to share its escapes.
std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// "CustomerID" and "Customer Id" become customer_id.
std::string SnakeCase(std::string_view name) {
  std::string snake;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool word_starts = IsUpper(c) && i > 0 && IsLowerOrDigit(name[i - 1]);
    const bool is_letter = IsUpper(c) || IsLowerOrDigit(c);
    if ((word_starts || !is_letter) && !snake.empty() && snake.back() != '_') snake.push_back('_');
    if (is_letter) snake.push_back(static_cast<char>(std::tolower(c)));
  }
  while (snake.ends_with('_')) snake.pop_back();
  if (snake.empty() || std::isdigit(static_cast<unsigned char>(snake[0]))) snake = "c_" + snake;
  return snake;
}

// Whether `fits` holds for every cell of a column that is not empty, and there is one.
template <typename Predicate>
bool AllFit(Sample sample, std::size_t column, Predicate fits) {
  bool any = false;
  for (const auto& row : sample) {
    if (column >= row.size() || row[column].empty() || row[column] == "NA") continue;
    if (!fits(row[column])) return false;
    any = true;
  }
  return any;
}

CellType GuessType(Sample sample, std::size_t column) {
  for (const CellType type : {CellType::kInt, CellType::kDouble}) {
    if (AllFit(sample, column, [&](const std::string& text) { return IsOfType(type, text); })) {
      return type;
    }
  }
  return CellType::kString;
}

struct TimeGuess {
  std::size_t column = 0;
  TimeReader::Options options{.format = "rfc3339", .zone = ""};
};

std::optional<TimeGuess> GuessTime(std::size_t columns, Sample sample) {
  std::vector<TimeReader::Options> tried;
  for (const char* format : kTimeFormats) tried.push_back({.format = format, .zone = "UTC"});
  tried.push_back({.format = "rfc3339", .zone = ""});
  for (std::size_t column = 0; column < columns; ++column) {
    for (const TimeReader::Options& options : tried) {
      const auto reader = TimeReader::Create(options);
      if (!reader.ok()) continue;
      const auto fits = [&](const std::string& text) { return reader->Read(text).has_value(); };
      if (AllFit(sample, column, fits)) return TimeGuess{column, options};
    }
  }
  return std::nullopt;
}

// The identifier kind a column's name sounds like; empty for none.
std::string GuessKind(const std::string& column) {
  const std::string name = SnakeCase(column);
  const auto has = [&](std::string_view word) { return name.find(word) != std::string::npos; };
  if (has("email") || has("e_mail")) return "email";
  if (has("phone") || has("mobile")) return "phone";
  if (has("device") && has("id")) return "device_id";
  if (has("anonymous") || has("cookie") || has("visitor")) return "anonymous_id";
  if ((has("customer") || has("user") || has("client") || has("account")) && has("id")) {
    return "customer_id";
  }
  return "";
}

std::string IdentifierSection(std::span<const std::string> columns) {
  std::string section;
  for (const std::string& column : columns) {
    const std::string kind = GuessKind(column);
    if (kind.empty()) continue;
    section += fmt::format("[[identifier]]  # check\nkind = \"{}\"\ncolumn = {}\n\n", kind,
                           Quoted(column));
  }
  if (!section.empty()) return section;
  return fmt::format(
      "[[identifier]]  # check: which column says who it is?\nkind = \"customer_id\"\n"
      "column = {}\n\n",
      Quoted(columns[0]));
}

std::string TimeSection(std::span<const std::string> columns, Sample sample) {
  const auto guess = GuessTime(columns.size(), sample);
  const TimeGuess time = guess.value_or(TimeGuess{});
  std::string section = fmt::format("[time]  # check{}\ncolumn = {}\nformat = \"{}\"\n",
                                    guess ? "" : ": which column says when it happened?",
                                    Quoted(columns[time.column]), time.options.format);
  if (!time.options.zone.empty()) section += "zone = \"UTC\"  # check: whose local time is it?\n";
  return section + "\n";
}

std::string PayloadSection(std::span<const std::string> columns, Sample sample) {
  std::string section = "[payload]  # check: the names are those of the schema's fields\n";
  std::vector<std::string> fields;
  for (std::size_t column = 0; column < columns.size(); ++column) {
    std::string field = SnakeCase(columns[column]);
    while (std::find(fields.begin(), fields.end(), field) != fields.end()) field += "_2";
    section += fmt::format("{} = {{ column = {}, type = \"{}\" }}\n", field,
                           Quoted(columns[column]), CellTypeName(GuessType(sample, column)));
    fields.push_back(std::move(field));
  }
  return section;
}

}  // namespace

std::string MapSkeleton(std::string_view name, std::span<const std::string> columns,
                        Sample sample) {
  std::vector<std::string> quoted;
  for (const std::string& column : columns) quoted.push_back(Quoted(column));
  return fmt::format(
             "# Made from the file's header and first rows; look through what says \"check\".\n"
             "name = {}\n"
             "schema = \"your.package.v1.Message\"  # check\n"
             "kind = \"event\"  # check: or \"profile_update\"\n"
             "columns = [{}]\n"
             "empty_values = [\"NA\"]\n\n",
             Quoted(std::string(name)), fmt::join(quoted, ", ")) +
         TimeSection(columns, sample) + IdentifierSection(columns) +
         PayloadSection(columns, sample);
}

}  // namespace selfsame::cli
