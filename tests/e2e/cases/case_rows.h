// The rows of cases/cases.tsv, and how their values are written: as Python prints them.
#ifndef SELFSAME_TESTS_E2E_CASES_CASE_ROWS_H_
#define SELFSAME_TESTS_E2E_CASES_CASE_ROWS_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame::test {

// One input, and what is right of it.
struct CaseRow {
  std::string kind;
  std::string input;
  std::string right;
};

// All rows but the heading. Requires: the file exists.
std::vector<CaseRow> ReadCases(const std::string& path);

// The quoted texts in order, unescaped, and what stands before, between and behind them:
// "phone 'a' and 'b' (web)" has the texts a, b and the rest "phone ", " and ", " (web)".
struct Quoted {
  std::vector<std::string> texts;
  std::vector<std::string> rest;  // One more than texts.
};
Quoted SplitQuoted(std::string_view text);

// A dictionary of Python as JSON; nothing when it is none.
std::optional<nlohmann::json> PythonDictionary(std::string_view text);

// The values of "{'a', 'b'}" or "('a', None)", where each may be given; else the text alone.
std::vector<std::string> Alternatives(const std::string& right);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_CASES_CASE_ROWS_H_
