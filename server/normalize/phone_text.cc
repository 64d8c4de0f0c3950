#include "server/normalize/phone_text.h"

#include <re2/re2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <unordered_set>

#include "base/check.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

constexpr int kVanityLettersMin = 3;
constexpr int kSameLetterRunMax = 2;  // More are a mask: XXXX.

std::size_t DigitsIn(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), IsDigit));
}

bool IsBodyPunctuation(char c) {
  return c == ' ' || c == '(' || c == ')' || c == '-' || c == '.' || c == '/';
}

bool IsLabel(std::string_view word) {
  static const std::unordered_set<std::string_view> labels = {
      "tel",   "telefon", "telephone", "tlf",    "phone", "ph",    "p",        "t",   "mobile",
      "mobil", "mob",     "m",         "cell",   "c",     "handy", "cellular", "fax", "f",
      "fon",   "no",      "nr",        "number", "home",  "work",  "office",   "call"};
  return labels.contains(word);
}

// "Tel. no.: " and "tel:" in front of a number.
std::string_view WithoutLabel(std::string_view text) {
  constexpr int kLabelWordsMax = 2;
  for (int words = 0; words < kLabelWordsMax; ++words) {
    std::size_t end = 0;
    while (end < text.size() && IsAlpha(text[end])) ++end;
    if (end == 0 || !IsLabel(ToLowerAscii(text.substr(0, end)))) break;
    const std::size_t next = text.find_first_not_of(".: ", end);
    if (next == end || next == std::string_view::npos) break;
    text.remove_prefix(next);
  }
  return text;
}

const RE2& ExtensionPattern() {
  static const RE2 pattern(
      R"((?i)(.*[0-9)])[ ,;.-]*)"
      R"((?:;ext=|,,|\b(?:e?xt(?:ensi(?:on|ón|o))?n?|int(?:ern(?:al|o)?)?|anexo|ramal|poste)|)"
      R"((?:e?xt(?:ensi(?:on|ón|o))?n?|x|#|~|доб))[ .:=]*([0-9]{1,9})#?)");
  SELFSAME_CHECK(pattern.ok());
  return pattern;
}

// The letters of a vanity number end it, are several, and are no mask: 1-800-FLOWERS.
bool IsVanityTail(std::string_view tail) {
  int letters = 0;
  int run = 0;
  char last = 0;
  for (const char c : tail) {
    if (!IsAlnum(c) && c != ' ' && c != '-' && c != '.') return false;
    if (!IsAlpha(c)) continue;
    ++letters;
    run = ToLower(c) == last ? run + 1 : 1;
    last = ToLower(c);
    if (run > kSameLetterRunMax) return false;
  }
  return letters >= kVanityLettersMin;
}

std::string OnlyDigits(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), IsDigit);
  return digits;
}

}  // namespace

std::string PlainPhoneText(std::string_view text) {
  if (IsAscii(text)) return std::string(text);
  constexpr UChar32 kMinus = 0x2212;
  constexpr UChar32 kLongVowelMark = 0x30fc;  // What a Japanese keyboard has beside the zero.
  std::string plain;
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    const int32_t start = i;
    UChar32 c;
    U8_NEXT(text.data(), i, length, c);
    if (u_charType(c) == U_DECIMAL_DIGIT_NUMBER) {
      plain += static_cast<char>('0' + u_charDigitValue(c));
    } else if (u_charType(c) == U_DASH_PUNCTUATION || c == kMinus || c == kLongVowelMark) {
      plain += '-';
    } else {
      plain += text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(i - start));
    }
  }
  return plain;
}

std::optional<PhoneText> ReadPhoneText(std::string_view text) {
  PhoneText phone;
  text = WithoutLabel(text);
  std::string before;
  const re2::StringPiece whole(text.data(), text.size());
  if (RE2::FullMatch(whole, ExtensionPattern(), &before, &phone.extension)) text = before;
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    // Nothing before it but an opening parenthesis.
    if (text.find_first_not_of("( ") < plus) return std::nullopt;
    phone.has_plus = true;
    text.remove_prefix(plus + 1);
  }
  const std::size_t letter =
      static_cast<std::size_t>(std::find_if(text.begin(), text.end(), IsAlpha) - text.begin());
  if (letter < text.size()) {
    if (!IsVanityTail(text.substr(letter)) || !phone.extension.empty()) return std::nullopt;
    phone.letters = text.substr(letter);
    text = text.substr(0, letter);
  }
  if (!std::all_of(text.begin(), text.end(),
                   [](char c) { return IsDigit(c) || IsBodyPunctuation(c); })) {
    return std::nullopt;
  }
  phone.body = text;
  phone.digits = OnlyDigits(text);
  if (phone.digits.empty()) return std::nullopt;
  return phone;
}

bool IsDecimal(std::string_view text) {
  constexpr std::size_t kWholeDigitsMin = 5;
  constexpr std::size_t kFractionDigitsMax = 2;
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = text.find_first_of(".,");
  if (point == std::string_view::npos || point < kWholeDigitsMin) return false;
  const std::size_t fraction = text.size() - point - 1;
  return fraction >= 1 && fraction <= kFractionDigitsMax && DigitsIn(text) + 1 == text.size();
}

std::vector<std::size_t> SecondNumberStarts(std::string_view body) {
  std::vector<std::size_t> starts;
  const std::size_t digits = DigitsIn(body);
  std::size_t before = 0;
  for (std::size_t i = 0; i + 1 < body.size(); ++i) {
    before += IsDigit(body[i]) ? 1 : 0;
    if (body[i] != ' ' && body[i] != '/') continue;
    if (before < kPhonePartDigitsMin || digits - before < kPhonePartDigitsMin) continue;
    if (IsDigit(body[i + 1]) || body[i + 1] == '(') starts.push_back(i + 1);
  }
  return starts;
}

}  // namespace selfsame::normalize
