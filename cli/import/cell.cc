#include "cli/import/cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>

namespace selfsame::cli {
namespace {

template <typename Number>
std::optional<Number> ReadNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::optional<double> ReadDouble(std::string_view text) {
  const auto number = ReadNumber<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<bool> ReadBool(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "true" || lower == "yes" || lower == "1") return true;
  if (lower == "false" || lower == "no" || lower == "0") return false;
  return std::nullopt;
}

}  // namespace

bool IsOfType(CellType type, std::string_view text) {
  switch (type) {
    case CellType::kInt: return ReadNumber<std::int64_t>(text).has_value();
    case CellType::kDouble: return ReadDouble(text).has_value();
    case CellType::kBool: return ReadBool(text).has_value();
    case CellType::kAsIs:
    case CellType::kString:
    case CellType::kDate:
    case CellType::kTime: return true;
  }
  return false;
}

std::string WithDecimalPoint(std::string_view text) {
  const std::size_t comma = text.find(',');
  std::string whole(text.substr(0, comma));
  const std::size_t sign = !whole.empty() && (whole[0] == '-' || whole[0] == '+') ? 1 : 0;
  for (std::size_t dot = whole.rfind('.'); dot != std::string::npos; dot = whole.rfind('.')) {
    // Groups are of three digits; a dot elsewhere makes the text no such number.
    if (dot <= sign || (whole.size() - dot - 1) % 3 != 0 || whole.size() == dot + 1) return "";
    whole.erase(dot, 1);
  }
  if (comma == std::string_view::npos) return whole;
  return whole + "." + std::string(text.substr(comma + 1));
}

void AppendJsonValue(CellType type, std::string_view text, std::string& json) {
  if (!IsOfType(type, text)) return AppendJsonString(text, json);
  switch (type) {
    case CellType::kInt:
      fmt::format_to(std::back_inserter(json), "{}", *ReadNumber<std::int64_t>(text));
      return;
    case CellType::kDouble:
      fmt::format_to(std::back_inserter(json), "{}", *ReadDouble(text));
      return;
    case CellType::kBool: json += *ReadBool(text) ? "true" : "false"; return;
    case CellType::kAsIs:
    case CellType::kString:
    case CellType::kDate:
    case CellType::kTime: AppendJsonString(text, json); return;
  }
}

void AppendJsonString(std::string_view text, std::string& json) {
  json.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json.push_back('\\');
      json.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      json.push_back(c);
    }
  }
  json.push_back('"');
}

}  // namespace selfsame::cli
