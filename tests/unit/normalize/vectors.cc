#include "tests/unit/normalize/vectors.h"

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

Tally::~Tally() { std::printf("[  TALLY   ] %-28s %5d of %5d\n", name_.c_str(), passed_, cases_); }

void Tally::Count(bool passed, const std::string& what) {
  ++cases_;
  if (passed) {
    ++passed_;
  } else {
    exceptions_.insert(what);
  }
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
