// How a phone number is written: read strictly, before a numbering plan is asked. A part of
// phone.cc.
#ifndef SELFSAME_SERVER_NORMALIZE_PHONE_TEXT_H_
#define SELFSAME_SERVER_NORMALIZE_PHONE_TEXT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame::normalize {

// Decimal digits of all scripts as ASCII, dashes of all kinds as "-"; the rest as it is.
// Requires: UTF-8, as TidyNfkc leaves it.
std::string PlainPhoneText(std::string_view text);

// One number as somebody wrote it.
struct PhoneText {
  bool has_plus = false;
  std::string digits;     // Without the plus; letters of a vanity number not among them.
  std::string letters;    // Of a vanity number: digits, then letters and digits; else empty.
  std::string extension;  // Digits; mostly empty.
  std::string body;       // What was read as the number: digits, spaces and ()-./ only.
};

// Takes a label ("Tel."), a "tel:" and an extension ("ext. 5", "x5", ";ext=5") off. Nothing for a
// text that holds more than one number in digits: words, masks (X, *), a decimal, an exponent.
// Requires: PlainPhoneText.
std::optional<PhoneText> ReadPhoneText(std::string_view text);

// A number with a fraction, as a spreadsheet or a program makes one of a phone number:
// 4930901820.0.
bool IsDecimal(std::string_view text);

// Where a second number could start in digits and punctuation: behind a space or a slash, at least
// kPhonePartDigitsMin digits before it and from it on. Empty for nearly all.
inline constexpr std::size_t kPhonePartDigitsMin = 5;
std::vector<std::size_t> SecondNumberStarts(std::string_view body);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_PHONE_TEXT_H_
