#include "tests/e2e/cases/case_rows.h"

#include <fstream>
#include <sstream>

namespace selfsame::test {
namespace {

void AppendUtf8(unsigned long code, std::string& text) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0 | code >> 6);
    text += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xe0 | code >> 12);
    text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    text += static_cast<char>(0xf0 | code >> 18);
    text += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (code & 0x3f));
  }
}

// What a backslash and the letters behind it mean; moves `at` behind them.
void AppendEscaped(std::string_view text, std::size_t& at, std::string& out) {
  const char c = text[at++];
  const int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  if (digits > 0) {
    AppendUtf8(
        std::stoul(std::string(text.substr(at, static_cast<std::size_t>(digits))), nullptr, 16),
        out);
    at += static_cast<std::size_t>(digits);
    return;
  }
  out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

}  // namespace

std::vector<CaseRow> ReadCases(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::vector<CaseRow> rows;
  while (std::getline(file, line)) {
    std::stringstream columns(line);
    CaseRow row;
    std::getline(columns, row.kind, '\t');
    std::getline(columns, row.input, '\t');
    std::getline(columns, row.right, '\t');
    if (!row.kind.empty()) rows.push_back(std::move(row));
  }
  return rows;
}

Quoted SplitQuoted(std::string_view text) {
  Quoted quoted;
  quoted.rest.emplace_back();
  for (std::size_t at = 0; at < text.size();) {
    const char quote = text[at++];
    if (quote != '\'' && quote != '"') {
      quoted.rest.back() += quote;
      continue;
    }
    std::string value;
    while (at < text.size() && text[at] != quote) {
      const char c = text[at++];
      if (c == '\\' && at < text.size()) {
        AppendEscaped(text, at, value);
      } else {
        value += c;
      }
    }
    ++at;
    quoted.texts.push_back(std::move(value));
    quoted.rest.emplace_back();
  }
  return quoted;
}

std::optional<nlohmann::json> PythonDictionary(std::string_view text) {
  if (!text.starts_with("{'") || text.find("':") == std::string_view::npos) return std::nullopt;
  const Quoted quoted = SplitQuoted(text);
  std::string json = quoted.rest[0];
  for (std::size_t i = 0; i < quoted.texts.size(); ++i) {
    json += nlohmann::json(quoted.texts[i]).dump() + quoted.rest[i + 1];
  }
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"True", "true"},
                                 {"False", "false"},
                                 {"None", "null"}}) {
    for (std::size_t at; (at = json.find(from)) != std::string::npos;) {
      json.replace(at, from.size(), to);
    }
  }
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  if (parsed.is_discarded()) return std::nullopt;
  return parsed;
}

std::vector<std::string> Alternatives(const std::string& right) {
  const bool is_set = right.starts_with("{'") || right.starts_with("('");
  if (!is_set || PythonDictionary(right)) return {right};
  return SplitQuoted(right).texts;
}

}  // namespace selfsame::test
