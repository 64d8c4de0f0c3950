#include "server/normalize/us_address.h"

#include <algorithm>
#include <string>
#include <utility>

#include "server/normalize/text.h"
#include "server/normalize/us_street.h"
#include "server/normalize/us_unit.h"
#include "server/normalize/us_words.h"

namespace selfsame::normalize {
namespace {

// Fractions of one character, which house numbers may have, and the apostrophe of print.
std::string WithPlainCharacters(std::string_view tidy) {
  constexpr std::pair<std::string_view, std::string_view> kPlain[] = {
      {"\u00bd", " 1/2"}, {"\u00bc", " 1/4"}, {"\u00be", " 3/4"}, {"\u2019", "'"}};
  std::string text(tidy);
  for (const auto& [from, to] : kPlain) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

constexpr std::string_view kBetweenWords = " ,;:\"()[]{}";

// A full stop ends a word ("Ave.Apt"), but not an initial ("N.W.") and not a number ("39.2 Rd").
bool EndsWordAtStop(std::string_view text, std::size_t stop) {
  std::size_t start = stop;
  while (start > 0 && text[start - 1] != '.' &&
         kBetweenWords.find(text[start - 1]) == std::string_view::npos) {
    --start;
  }
  return stop > start + 1;
}

bool IsDecimalPoint(std::string_view text, std::size_t at) {
  return at > 0 && at + 1 < text.size() && IsDigit(text[at - 1]) && IsDigit(text[at + 1]);
}

// Cuts into words of upper case. Punctuation goes, but for what numbers need (- / and a decimal
// point), "#" and "&", which are words of their own, and what no rule knows.
Words SplitWords(std::string_view tidy) {
  const std::string text = ToUpperCase(WithPlainCharacters(tidy));
  Words words(1);
  const auto end_word = [&] {
    if (!words.back().empty()) words.emplace_back();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (kBetweenWords.find(c) != std::string_view::npos) {
      end_word();
    } else if (c == '#' || c == '&') {
      end_word();
      words.back() = c;
      end_word();
    } else if (c == '.' && !IsDecimalPoint(text, i)) {
      if (EndsWordAtStop(text, i)) end_word();
    } else if (c != '\'') {
      words.back() += c;
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// "APT4B" is two words, and so is "POBOX12".
void SplitGlued(Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t digit = words[i].find_first_of("0123456789");
    if (digit == 0 || digit == std::string::npos) continue;
    const std::string_view front = std::string_view(words[i]).substr(0, digit);
    if (FindUnitWord(front) == nullptr && !MayBeGlued(front)) continue;
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words[i].substr(digit));
    words[i].resize(digit);
  }
}

void Append(std::string& line, std::string_view part) {
  if (part.empty()) return;
  if (!line.empty()) line += ' ';
  line += part;
}

// FIRST, 1ST and 1 are one street, and so are SAINT and ST.
std::string StreetKeyWord(const std::string& word) {
  const std::string digits = OrdinalDigits(word);
  if (!digits.empty()) return digits;
  if (word == "SAINT") return "ST";
  return word == "ONE" ? "1" : word;
}

NormalizedAddressLine Joined(const Words& street, const std::vector<UsUnit>& units) {
  NormalizedAddressLine line;
  std::string key;
  for (const std::string& word : street) {
    Append(line.display, word);
    Append(key, StreetKeyWord(word));
  }
  for (const UsUnit& unit : units) {
    Append(line.display, unit.Display());
    Append(key, unit.Key());
  }
  std::replace(key.begin(), key.end(), '.', ' ');  // "39.2" is not "392".
  line.match_key = MatchKey(key);
  return line;
}

}  // namespace

NormalizedAddressLine UsAddressLine(std::string_view tidy) {
  Words words = SplitWords(tidy);
  SplitGlued(words);
  std::vector<UsUnit> units = TakeUnits(words);
  StandardizeStreet(words);
  return Joined(words, units);
}

}  // namespace selfsame::normalize
