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
constexpr const char* kTimeFormats[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f",
                                        "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f",
                                        "%Y-%m-%d %H:%M",    "%Y-%m-%d",
                                        "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M",
                                        "%d.%m.%Y",          "%d/%m/%Y %H:%M:%S",
                                        "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M",
                                        "%m/%d/%Y %H:%M",    "%d/%m/%Y",
                                        "%m/%d/%Y"};

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

// Numbers that are names: a leading zero or plus would be lost.
bool IsCode(const std::string& text) {
  return text[0] == '+' || (text.size() > 1 && text[0] == '0' && std::isdigit(text[1]) != 0);
}

CellType GuessType(Sample sample, std::size_t column) {
  for (const CellType type : {CellType::kInt, CellType::kDouble}) {
    const auto fits = [&](const std::string& text) {
      return !IsCode(text) && IsOfType(type, text);
    };
    if (AllFit(sample, column, fits)) return type;
  }
  return CellType::kString;
}

struct TimeGuess {
  std::size_t column = 0;
  TimeReader::Options options;
  bool day_or_month = false;  // The sample fits both orders of the two.
};

bool ReadsAll(Sample sample, std::size_t column, const TimeReader::Options& options) {
  const auto reader = TimeReader::Create(options);
  if (!reader.ok()) return false;
  return AllFit(sample, column,
                [&](const std::string& text) { return reader->Read(text).has_value(); });
}

std::optional<TimeGuess> GuessTime(std::size_t columns, Sample sample) {
  std::vector<TimeReader::Options> tried = {{.format = "rfc3339", .zone = ""}};
  for (const char* format : kTimeFormats) tried.push_back({.format = format, .zone = "UTC"});
  for (std::size_t column = 0; column < columns; ++column) {
    for (const TimeReader::Options& options : tried) {
      if (!ReadsAll(sample, column, options)) continue;
      TimeReader::Options swapped = options;
      const bool has_slashes = options.format.starts_with("%d/%m/");
      if (has_slashes) swapped.format.replace(0, 6, "%m/%d/");
      return TimeGuess{column, options, has_slashes && ReadsAll(sample, column, swapped)};
    }
  }
  return std::nullopt;
}

// A column as a map names it: by number where its name is there twice.
std::string ColumnName(std::span<const std::string> columns, std::size_t column) {
  const auto& name = columns[column];
  const auto same = std::count(columns.begin(), columns.end(), name);
  return same > 1 ? fmt::format("{}", column + 1) : Quoted(name);
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
  for (std::size_t column = 0; column < columns.size(); ++column) {
    const std::string kind = GuessKind(columns[column]);
    if (kind.empty()) continue;
    section += fmt::format("[[identifier]]  # check\nkind = \"{}\"\ncolumn = {}\n\n", kind,
                           ColumnName(columns, column));
  }
  if (!section.empty()) return section;
  return fmt::format(
      "[[identifier]]  # check: which column says who it is?\nkind = \"customer_id\"\n"
      "column = {}\n\n",
      ColumnName(columns, 0));
}

std::string TimeSection(std::span<const std::string> columns, Sample sample) {
  const auto guess = GuessTime(columns.size(), sample);
  if (!guess) {
    return "[time]  # check: which column says when it happened, and in which format?\n"
           "value = \"now\"  # The time of the import; or a time such as "
           "\"2024-01-01T00:00:00Z\".\n\n";
  }
  std::string section = fmt::format(
      "[time]  # check\ncolumn = {}\nformat = \"{}\"{}\n", ColumnName(columns, guess->column),
      guess->options.format, guess->day_or_month ? "  # check: the day first, or the month?" : "");
  if (!guess->options.zone.empty()) {
    section +=
        "zone = \"\"  # check: whose local time is it? For example \"Europe/London\" or "
        "\"UTC\".\n";
  }
  return section + "\n";
}

std::string PayloadSection(const SkeletonFile& file) {
  std::string section = "[payload]  # check: the names are those of the schema's fields\n";
  std::vector<std::string> fields;
  for (std::size_t column = 0; column < file.columns.size(); ++column) {
    const std::string& name = file.columns[column];
    std::string field = SnakeCase(name);
    while (std::find(fields.begin(), fields.end(), field) != fields.end()) field += "_2";
    const std::string type =
        file.has_header
            ? fmt::format(", type = \"{}\"", CellTypeName(GuessType(file.sample, column)))
            : "";
    const bool is_twin = std::count(file.columns.begin(), file.columns.end(), name) > 1;
    section += fmt::format("{} = {{ column = {}{} }}{}\n", field, ColumnName(file.columns, column),
                           type, is_twin ? "  # check: several columns have this name" : "");
    fields.push_back(std::move(field));
  }
  return section;
}

}  // namespace

std::string MapSkeleton(const SkeletonFile& file) {
  std::vector<std::string> quoted;
  for (const std::string& column : file.columns) quoted.push_back(Quoted(column));
  std::string map = fmt::format(
      "# Made from the file's {}; look through what says \"check\".\n"
      "name = {}\n"
      "schema = \"your.package.v1.Message\"  # check\n"
      "kind = \"event\"  # check: or \"profile_update\"\n",
      file.has_header ? "header and first rows" : "first rows", Quoted(std::string(file.name)));
  if (file.has_header) map += fmt::format("columns = [{}]\n", fmt::join(quoted, ", "));
  if (!file.encoding.empty()) {
    map += fmt::format("encoding = \"{}\"  # check: the file is not UTF-8\n", file.encoding);
  }
  return map + "empty_values = [\"NA\"]\n\n" + TimeSection(file.columns, file.sample) +
         IdentifierSection(file.columns) + PayloadSection(file);
}

}  // namespace selfsame::cli
