#include "server/normalize/text.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <functional>

#include "base/check.h"

namespace selfsame::normalize {
namespace {

// ICU's own data may be missing from a broken installation; nothing works then.
const icu::Normalizer2& Checked(const icu::Normalizer2* form, UErrorCode failed) {
  SELFSAME_CHECK(U_SUCCESS(failed) && form != nullptr);
  return *form;
}

const icu::Normalizer2& Nfc() {
  UErrorCode failed = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFCInstance(failed);
  return Checked(form, failed);
}

const icu::Normalizer2& Nfd() {
  UErrorCode failed = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFDInstance(failed);
  return Checked(form, failed);
}

const icu::Normalizer2& Nfkc() {
  UErrorCode failed = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFKCInstance(failed);
  return Checked(form, failed);
}

const icu::Normalizer2& NfkcCasefold() {
  UErrorCode failed = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFKCCasefoldInstance(failed);
  return Checked(form, failed);
}

icu::UnicodeString FromUtf8(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

std::string ToUtf8(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

icu::UnicodeString Normalized(const icu::Normalizer2& form, const icu::UnicodeString& text) {
  UErrorCode failed = U_ZERO_ERROR;
  icu::UnicodeString out = form.normalize(text, failed);
  SELFSAME_CHECK(U_SUCCESS(failed));
  return out;
}

// U+200C and U+200D are letters' business in Persian and the scripts of India: they stay between
// letters above Latin, Greek and Cyrillic.
bool IsJoiner(UChar32 c) { return c == 0x200c || c == 0x200d; }

bool IsInvisible(UChar32 c) {
  return c == 0x00ad || c == 0x034f || c == 0x061c || c == 0xfeff || c == 0x180e ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || (c >= 0xfff9 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe007f);
}

bool IsDroppedInvisible(UChar32 c, UChar32 last) {
  return IsInvisible(c) && !(IsJoiner(c) && last > 0x52f);
}

// Not u_iscntrl, which also takes format characters: joiners, and the visible signs of Arabic.
bool IsControl(UChar32 c) { return u_charType(c) == U_CONTROL_CHAR; }

bool IsSpace(UChar32 c) { return u_isUWhiteSpace(c) || IsControl(c); }

icu::UnicodeString Tidy(const icu::UnicodeString& text) {
  icu::UnicodeString tidy;
  UChar32 last = 0;
  bool space = false;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (IsDroppedInvisible(c, last)) continue;
    if (IsSpace(c)) {
      space = true;
      continue;
    }
    if (space && !tidy.isEmpty()) tidy.append(static_cast<UChar>(' '));
    space = false;
    tidy.append(c);
    last = c;
  }
  return tidy;
}

// Line feed to carriage return, NEL, and Unicode's own two.
bool IsLineBreak(UChar32 c) {
  return (c >= 0x0a && c <= 0x0d) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

icu::UnicodeString Trimmed(const icu::UnicodeString& text) {
  int32_t first = 0;
  int32_t last = text.length();
  while (first < last && u_isUWhiteSpace(text.char32At(first))) first = text.moveIndex32(first, 1);
  while (last > first && u_isUWhiteSpace(text.char32At(text.moveIndex32(last, -1)))) {
    last = text.moveIndex32(last, -1);
  }
  return {text, first, last - first};
}

std::string TidyAscii(std::string_view text) {
  std::string tidy;
  tidy.reserve(text.size());
  bool space = false;
  for (const char c : text) {
    if (c <= ' ' || c == 0x7f) {
      space = true;
      continue;
    }
    if (space && !tidy.empty()) tidy += ' ';
    space = false;
    tidy += c;
  }
  return tidy;
}

// Accents go; what only looks like a mark stays: the voicing of kana (8), virama (9), nukta (7).
bool IsAccent(UChar32 c) {
  const int combining = u_getCombiningClass(c);
  return combining >= 200 || (combining >= 27 && combining <= 35);
}

// Letters that no decomposition takes apart.
std::string_view PlainLetter(UChar32 c) {
  switch (c) {
    case 0x00e6: return "ae";
    case 0x0153: return "oe";
    case 0x00f8: return "o";
    case 0x0142: return "l";
    case 0x0111:
    case 0x00f0: return "d";
    case 0x00fe: return "th";
    case 0x0127: return "h";
    case 0x0131: return "i";
    default: return {};
  }
}

bool IsDropped(UChar32 c) {
  return c == '\'' || c == '.' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x02bc ||
         c == 0x00b4 || c == 0x02bb || c == 0x02b9 || c == 0x02bd || c == 0x02be || c == 0x02bf ||
         c == 0x02c8 || c == 0x201b || c == 0x2032 || c == 0xa78b || c == 0xa78c || c == 0x05f3 ||
         c == 0x05f4;
}

bool IsWordPart(UChar32 c) {
  return u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 || IsJoiner(c);
}

void AppendKeyPart(UChar32 c, icu::UnicodeString& key) {
  const std::string_view plain = PlainLetter(c);
  if (!plain.empty()) {
    key.append(FromUtf8(plain));
  } else {
    key.append(c);
  }
}

std::string UnicodeMatchKey(std::string_view text) {
  // An acute accent that stands alone is an apostrophe; its compatibility form would be a space.
  icu::UnicodeString wide = FromUtf8(text);
  wide.findAndReplace(icu::UnicodeString(static_cast<UChar>(0x00b4)),
                      icu::UnicodeString(static_cast<UChar>('\'')));
  const icu::UnicodeString apart = Normalized(Nfd(), Normalized(NfkcCasefold(), wide));
  icu::UnicodeString key;
  bool space = false;
  for (int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
    const UChar32 c = apart.char32At(i);
    if (IsDropped(c) || IsAccent(c) || IsInvisible(c)) continue;
    if (c != '&' && !IsWordPart(c)) {
      space = true;
      continue;
    }
    if (space && !key.isEmpty()) key.append(static_cast<UChar>(' '));
    space = false;
    AppendKeyPart(c, key);
  }
  return ToUtf8(Normalized(Nfc(), key));
}

std::string AsciiMatchKey(std::string_view text) {
  std::string key;
  key.reserve(text.size());
  bool space = false;
  for (const char c : text) {
    if (c == '\'' || c == '.' || c == '`') continue;
    if (!IsAlnum(c) && c != '&') {
      space = true;
      continue;
    }
    if (space && !key.empty()) key += ' ';
    space = false;
    key += ToLower(c);
  }
  return key;
}

}  // namespace

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

std::string ToLowerAscii(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), ToLower);
  return lower;
}

std::string ToUpperAscii(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), ToUpper);
  return upper;
}

std::string_view TrimAscii(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool IsUtf8(std::string_view text) {
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(text.data(), i, length, c);
    if (c < 0) return false;
  }
  return true;
}

bool IsUsableText(std::string_view text) { return text.size() <= kValueBytesMax && IsUtf8(text); }

std::string TidyNfc(std::string_view text) {
  if (IsAscii(text)) return TidyAscii(text);
  return ToUtf8(Normalized(Nfc(), Tidy(FromUtf8(text))));
}

std::string TidyNfkc(std::string_view text) {
  if (IsAscii(text)) return TidyAscii(text);
  // Twice: NFKC makes spaces of characters that were none, and an invisible character between two
  // marks would hide a composition.
  return ToUtf8(Tidy(Normalized(Nfkc(), Tidy(FromUtf8(text)))));
}

std::string TidyLines(std::string_view text) {
  const icu::UnicodeString wide = FromUtf8(text);
  icu::UnicodeString tidy;
  UChar32 last = 0;
  for (int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
    const UChar32 c = wide.char32At(i);
    if (c == '\r' && wide.char32At(i + 1) == '\n') continue;
    if (IsDroppedInvisible(c, last)) continue;
    if (IsControl(c) && c != '\t' && !IsLineBreak(c)) continue;
    tidy.append(IsLineBreak(c) ? static_cast<UChar32>('\n') : c);
    last = c;
  }
  return ToUtf8(Normalized(Nfc(), Trimmed(tidy)));
}

std::string FoldCase(std::string_view text) {
  if (IsAscii(text)) return ToLowerAscii(text);
  return ToUtf8(Normalized(Nfc(), FromUtf8(text).foldCase()));
}

std::string ToLowerLetters(std::string_view text) {
  if (IsAscii(text)) return ToLowerAscii(text);
  constexpr UChar32 kSigma = 0x03c3;
  constexpr UChar32 kFinalSigma = 0x03c2;
  constexpr UChar32 kDottedCapitalI = 0x0130;
  constexpr UChar32 kDotAbove = 0x0307;
  const icu::UnicodeString wide = FromUtf8(text);
  icu::UnicodeString lower;
  for (int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
    const UChar32 c = u_tolower(wide.char32At(i));
    lower.append(c == kFinalSigma ? kSigma : c);
    if (wide.char32At(i) == kDottedCapitalI) lower.append(kDotAbove);
  }
  return ToUtf8(Normalized(Nfc(), lower));
}

std::string ToUpperCase(std::string_view text) {
  if (IsAscii(text)) return ToUpperAscii(text);
  return ToUtf8(Normalized(Nfc(), FromUtf8(text).toUpper(icu::Locale::getRoot())));
}

std::string MatchKey(std::string_view text) {
  std::string key = IsAscii(text) ? AsciiMatchKey(text) : UnicodeMatchKey(text);
  // "&" is a word of its own only for LookupKey.
  std::replace(key.begin(), key.end(), '&', ' ');
  return key.find_first_of(" ") == std::string::npos ? key : TidyAscii(key);
}

std::string TermKey(std::string_view text) {
  if (IsAscii(text)) return ToLowerAscii(TidyAscii(text));
  const icu::UnicodeString apart = Normalized(Nfd(), Normalized(NfkcCasefold(), FromUtf8(text)));
  icu::UnicodeString plain;
  for (int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
    if (!IsAccent(apart.char32At(i))) AppendKeyPart(apart.char32At(i), plain);
  }
  return ToUtf8(Normalized(Nfc(), Tidy(plain)));
}

std::string LookupKey(std::string_view text) {
  const std::string key = IsAscii(text) ? AsciiMatchKey(text) : UnicodeMatchKey(text);
  std::string joined;
  joined.reserve(key.size() + 4);
  std::string_view rest = key;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word == "the" && joined.empty() && !rest.empty()) continue;
    if (word == "st") {
      joined += "saint";
    } else {
      for (const char c : word) c == '&' ? joined += "and" : joined += c;
    }
  }
  return joined;
}

Error Invalid(std::string_view reason, std::string_view message) {
  return {.code = ErrorCode::kInvalidArgument,
          .reason = std::string(reason),
          .message = std::string(message)};
}

std::size_t TextHash::operator()(std::string_view text) const {
  return std::hash<std::string_view>()(text);
}

}  // namespace selfsame::normalize
