#include "cli/vocabulary/terms_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "cli/import/csv_reader.h"
#include "cli/text_file.h"

namespace selfsame::cli {
namespace {

constexpr std::size_t kTermsBytesMax = 16 << 20;

Error Invalid(std::string why) {
  return {ErrorCode::kInvalidArgument, "TERMS_INVALID", "reading the terms: " + std::move(why)};
}

Result<std::vector<std::string>> Synonyms(const toml::table& entry) {
  std::vector<std::string> synonyms;
  if (!entry.contains("synonyms")) return synonyms;
  const auto line = entry.source().begin.line;
  const toml::array* list = entry["synonyms"].as_array();
  if (list == nullptr) return Invalid(fmt::format("line {}: synonyms must be a list", line));
  for (const toml::node& element : *list) {
    const auto text = element.value_exact<std::string>();
    if (!text) return Invalid(fmt::format("line {}: synonyms must be strings", line));
    synonyms.push_back(*text);
  }
  return synonyms;
}

Result<Term> TermOf(const toml::table& entry) {
  const auto line = entry.source().begin.line;
  for (const auto& [key, value] : entry) {
    if (key.str() == "value" || key.str() == "synonyms") continue;
    return Invalid(fmt::format("line {}: a term knows no key {}", line, key.str()));
  }
  const auto value = entry["value"].value_exact<std::string>();
  if (!value || value->empty()) {
    return Invalid(fmt::format("line {}: a term needs value = \"...\"", line));
  }
  Term term{.value = *value, .synonyms = {}};
  SELFSAME_ASSIGN_OR_RETURN(term.synonyms, Synonyms(entry));
  return term;
}

// A source of the whole text at once.
CsvReader::ChunkSource Once(std::string_view text) {
  return [text]() mutable -> Result<std::string_view> { return std::exchange(text, {}); };
}

}  // namespace

Result<std::vector<Term>> ParseTermsToml(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return Invalid(fmt::format("line {}: {}", parsed.error().source().begin.line,
                               parsed.error().description()));
  }
  const toml::table& root = parsed.table();
  const toml::array* list = root["term"].as_array();
  if (list == nullptr || root.size() != 1)
    return Invalid("it must hold [[term]], and nothing else");
  std::vector<Term> terms;
  for (const toml::node& element : *list) {
    const toml::table* entry = element.as_table();
    if (entry == nullptr) return Invalid("a term must be written as [[term]]");
    SELFSAME_ASSIGN_OR_RETURN(Term term, TermOf(*entry));
    terms.push_back(std::move(term));
  }
  return terms;
}

Result<std::vector<Term>> ParseTermsCsv(std::string_view text) {
  std::vector<Term> terms;
  std::unordered_map<std::string, std::size_t> by_value;
  CsvReader reader(Once(text));
  CsvRow row;
  for (std::size_t number = 1;; ++number) {
    SELFSAME_ASSIGN_OR_RETURN(const bool is_there, reader.Next(row));
    if (!is_there) return terms;
    if (number == 1 && row.fields.front() == "value") continue;
    if (row.malformed || row.fields.front().empty()) {
      return Invalid(fmt::format("row {}: a term must come first, properly quoted", number));
    }
    const auto [at, is_new] = by_value.emplace(row.fields.front(), terms.size());
    if (is_new) terms.push_back({.value = row.fields.front(), .synonyms = {}});
    for (std::size_t i = 1; i < row.fields.size(); ++i) {
      if (!row.fields[i].empty()) terms[at->second].synonyms.push_back(row.fields[i]);
    }
  }
}

Result<std::vector<Term>> ReadTermsFile(const std::string& path) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path, kTermsBytesMax));
  return path.ends_with(".csv") ? ParseTermsCsv(text) : ParseTermsToml(text);
}

}  // namespace selfsame::cli
