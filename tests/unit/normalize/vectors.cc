#include "tests/unit/normalize/vectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <regex>
#include <sstream>

namespace selfsame::normalize::test {
namespace {

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

std::string Utf8(int code) {
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) {
    return {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
  }
  return {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
          static_cast<char>(0x80 | (code & 0x3f))};
}

// Numeric references, the five names of XML, and the control pictures from U+2400.
std::string DecodeXml(std::string text) {
  for (std::smatch match; std::regex_search(text, match, std::regex("&#x([0-9A-Fa-f]+);"));) {
    const int code = std::stoi(match[1], nullptr, 16);
    text = match.prefix().str() + Utf8(code) + match.suffix().str();
  }
  for (int control = 0; control < 0x20; ++control) {
    ReplaceAll(text, Utf8(0x2400 + control), std::string(1, static_cast<char>(control)));
  }
  ReplaceAll(text, "&lt;", "<");
  ReplaceAll(text, "&gt;", ">");
  ReplaceAll(text, "&quot;", "\"");
  ReplaceAll(text, "&apos;", "'");
  ReplaceAll(text, "&amp;", "&");
  return text;
}

std::string Element(const std::string& xml, const std::string& name) {
  const std::size_t open = xml.find("<" + name + ">");
  if (open == std::string::npos) return "";
  const std::size_t start = open + name.size() + 2;
  return xml.substr(start, xml.find("</" + name + ">", start) - start);
}

// The rows of the table so far; of this process, whose tests run one after another.
std::vector<std::string>& TableRows() {
  static std::vector<std::string> rows;
  return rows;
}

}  // namespace

std::vector<std::vector<std::string>> ReadTsv(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::istringstream rest(line);
    for (std::string cell; std::getline(rest, cell, '\t');) cells.push_back(cell);
    rows.push_back(std::move(cells));
  }
  return rows;
}

nlohmann::json ReadJson(const std::string& path) { return nlohmann::json::parse(ReadAll(path)); }

std::vector<FormatCase> ReadFormatCases(const std::string& path) {
  std::vector<FormatCase> cases;
  for (const auto& suite : ReadJson(path)) {
    for (const auto& test : suite["tests"]) {
      if (test["data"].is_string()) cases.push_back({test["data"], test["valid"]});
    }
  }
  return cases;
}

std::vector<IsEmailCase> ReadIsEmailCases(const std::string& path) {
  const std::string xml = ReadAll(path);
  std::vector<IsEmailCase> cases;
  const std::string open = "<test id=\"";
  for (std::size_t at = 0; (at = xml.find(open, at)) != std::string::npos;) {
    at += open.size();
    const std::string test = xml.substr(at, xml.find("</test>", at) - at);
    cases.push_back(
        {std::stoi(test), DecodeXml(Element(test, "address")), Element(test, "category")});
  }
  return cases;
}

Tally::~Tally() {
  const int failed = static_cast<int>(failed_.size());
  EXPECT_EQ(explained_, failed) << name_ << ": exceptions without a reason";
  TableRows().push_back(
      fmt::format("| {} | {} of {} | {} |", name_, cases_ - failed, cases_, reasons_));
}

void Tally::Count(bool passed, const std::string& what) {
  ++cases_;
  if (!passed) failed_.push_back(what);
}

void Tally::ExpectExceptions(const std::vector<ExpectedExceptions>& groups) {
  std::set<std::string> expected;
  for (const ExpectedExceptions& group : groups) {
    expected.insert(group.cases.begin(), group.cases.end());
    Explain(group.reason,
            static_cast<int>(std::count_if(failed_.begin(), failed_.end(), [&](const auto& what) {
              return group.cases.contains(what);
            })));
  }
  EXPECT_EQ(std::set<std::string>(failed_.begin(), failed_.end()), expected) << name_;
}

void Tally::Explain(const std::string& reason, int count) {
  explained_ += count;
  reasons_ += fmt::format("{}{} {}", reasons_.empty() ? "" : "; ", count, reason);
}

void NormalizerVectors::TearDownTestSuite() {
  std::vector<std::string>& rows = TableRows();
  if (rows.empty()) return;
  std::sort(rows.begin(), rows.end());
  std::printf("\n| vectors | agree | exceptions |\n|---|---|---|\n");
  for (const std::string& row : rows) std::printf("%s\n", row.c_str());
  std::printf("\n");
}

void PrintTime(const std::string& name, const std::function<void()>& call) {
  constexpr int kCalls = 5000;
  call();                                   // The tables are built at first use.
  const std::clock_t start = std::clock();  // Of the processor, since the machine may be shared.
  for (int i = 0; i < kCalls; ++i) call();
  const double took_us = 1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("[  TIME    ] %-28s %8.3f us\n", name.c_str(), took_us / kCalls);
}

}  // namespace selfsame::normalize::test
