#include "server/normalize/person_name.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "server/normalize/name_words.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

constexpr UChar32 kCapitalSigma = 0x03a3;
constexpr UChar32 kFinalSigma = 0x03c2;
constexpr UChar32 kDottedCapitalI = 0x0130;
constexpr UChar32 kDotlessSmallI = 0x0131;

// Of all keyboards and languages: the typewriter's, the typesetter's, primes and accents used as
// one, the letters of Breton, Hawaiian and the saltillo of Mexico.
bool IsApostrophe(UChar32 c) {
  return c == '\'' || c == '`' || c == 0x00b4 || c == 0x02b9 || c == 0x02bb || c == 0x02bc ||
         c == 0x02bd || c == 0x02be || c == 0x02bf || c == 0x02c8 || c == 0x2018 || c == 0x2019 ||
         c == 0x201b || c == 0x2032 || c == 0xa78b || c == 0xa78c || c == 0xff07;
}

bool IsNameLetter(UChar32 c) { return u_isalpha(c) && !IsApostrophe(c); }

// Which cases the letters of a text have.
struct Cases {
  bool letter = false;
  bool upper = false;
  bool lower = false;
  bool turkic = false;  // Has a dotted capital I or a dotless small one: the other I's are theirs.
};

Cases CasesOf(std::string_view text) {
  Cases cases;
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(text.data(), i, length, c);
    if (c < 0 || !IsNameLetter(c)) continue;
    cases.letter = true;
    cases.upper = cases.upper || u_isupper(c);
    cases.lower = cases.lower || u_islower(c);
    cases.turkic = cases.turkic || c == kDottedCapitalI || c == kDotlessSmallI;
  }
  return cases;
}

void Append(UChar32 c, std::string& text) {
  char bytes[U8_MAX_LENGTH];
  int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  text.append(bytes, static_cast<std::size_t>(length));
}

// A sigma ends its word where no letter follows, whatever else does. Marks are part of letters.
bool EndsItsWord(std::string_view word, int32_t at) {
  const auto length = static_cast<int32_t>(word.size());
  while (at < length) {
    UChar32 c;
    U8_NEXT(word.data(), at, length, c);
    if ((U_GET_GC_MASK(c) & U_GC_M_MASK) != 0) continue;
    return !IsNameLetter(c);
  }
  return true;
}

std::string Lower(std::string_view word, bool turkic) {
  std::string lower;
  bool after_letter = false;
  const auto length = static_cast<int32_t>(word.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(word.data(), i, length, c);
    if (c == kCapitalSigma && after_letter && EndsItsWord(word, i)) {
      Append(kFinalSigma, lower);
    } else if (c == 'I' && turkic) {
      Append(kDotlessSmallI, lower);
    } else {
      Append(u_tolower(c), lower);
    }
    after_letter = IsNameLetter(c) || (after_letter && (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0);
  }
  return lower;
}

int LettersAhead(std::string_view text) {
  int letters = 0;
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length; ++letters) {
    UChar32 c;
    U8_NEXT(text.data(), i, length, c);
    if (!IsNameLetter(c)) break;
  }
  return letters;
}

// After "O'" and "De'" a capital, after longer ones ("Ja'far") none; nor for a last letter ("'s").
// At the start of a word ("'Akahi") too, but for a single letter ("'t Hooft").
bool CapitalAfterApostrophe(int letters_before, std::string_view rest) {
  constexpr int kPrefixLettersMax = 2;
  return letters_before <= kPrefixLettersMax && LettersAhead(rest) > 1;
}

// The first letter large, and each after a hyphen, a full stop or an apostrophe of a prefix.
std::string Capitalized(std::string_view lower, bool turkic) {
  std::string word;
  bool start = true;
  int letters = 0;  // Since the last start.
  const auto length = static_cast<int32_t>(lower.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(lower.data(), i, length, c);
    if (!IsNameLetter(c)) {
      const bool mark = (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
      const std::string_view rest = lower.substr(static_cast<std::size_t>(i));
      if (IsApostrophe(c)) start = CapitalAfterApostrophe(letters, rest);
      if (!IsApostrophe(c) && !mark && !u_isdigit(c)) start = true;
      letters = start ? 0 : letters;
      Append(c, word);
      continue;
    }
    const bool dotted = start && turkic && c == 'i';
    Append(dotted ? kDottedCapitalI : start ? u_totitle(c) : c, word);
    start = false;
    ++letters;
  }
  return word;
}

// "McDonald", "MacDonald": in each part of a double name.
std::string WithClanCapitals(std::string word) {
  for (std::size_t at = 0; at != std::string::npos && at < word.size();) {
    const std::size_t end = std::min(word.find('-', at), word.size());
    const std::string part = ToLowerAscii(std::string_view(word).substr(at, end - at));
    if (part.starts_with("mc") && part.size() > 3) word[at + 2] = ToUpper(word[at + 2]);
    if (IsMacName(part)) word[at + 3] = ToUpper(word[at + 3]);
    at = end + 1;
  }
  return word;
}

struct Place {
  NamePart part = NamePart::kFull;
  bool first = false;
  bool last = false;
  bool after_particle = false;
  bool turkic = false;
  bool vietnamese = false;  // Family name first: "van" is a middle name, and no particle.
};

bool StaysLower(std::string_view lower, const Place& place) {
  if (place.last || place.part == NamePart::kGiven) return false;
  if (place.part == NamePart::kFamily) return IsParticle(lower) || IsFamilyParticle(lower);
  if (place.first || (place.vietnamese && IsVietnameseMiddleName(lower))) return false;
  return IsParticle(lower) || (place.after_particle && IsFamilyParticle(lower));
}

std::string CasedWord(std::string_view word, const Place& place) {
  const std::string lower = Lower(word, place.turkic);
  if (StaysLower(lower, place)) return lower;
  if (place.last && !place.first && IsRomanNumeral(lower)) return ToUpperAscii(lower);
  if (place.first && !place.last && IsBareInitials(lower)) return ToUpperAscii(lower);
  return WithClanCapitals(Capitalized(lower, place.turkic));
}

// Requires: words with one space between them.
std::string Cased(std::string_view name, NamePart part, bool turkic) {
  std::string cased;
  Place place{.part = part, .first = true, .turkic = turkic};
  place.vietnamese = IsVietnameseFamilyName(Lower(name.substr(0, name.find(' ')), turkic));
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find(' ', at), name.size());
    place.last = end == name.size();
    const std::string word = CasedWord(name.substr(at, end - at), place);
    place.after_particle = IsParticle(word);
    place.first = false;
    cased += word;
    if (!place.last) cased += ' ';
    at = end + 1;
  }
  return cased;
}

bool IsAnAddress(std::string_view text) {
  return text.find('@') != std::string_view::npos || text.find("://") != std::string_view::npos;
}

}  // namespace

Result<NormalizedPersonName> NormalizePersonName(std::string_view value,
                                                 const PersonNameOptions& options) {
  if (!IsUsableText(value)) return Invalid("NAME_INVALID", "a name is short and in UTF-8");
  NormalizedPersonName name{.display = TidyNfc(value)};
  const Cases cases = CasesOf(name.display);
  if (!cases.letter) return Invalid("NAME_INVALID", "a name has letters");
  if (IsAnAddress(name.display)) return Invalid("NAME_INVALID", "an address is no name");
  if (cases.upper != cases.lower) name.display = Cased(name.display, options.part, cases.turkic);
  name.match_key = MatchKey(name.display);
  return name;
}

}  // namespace selfsame::normalize
