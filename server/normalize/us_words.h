// The words of US addresses: the tables of USPS Publication 28, appendix C, and what people write
// for them. Part of address.h.
#ifndef SELFSAME_SERVER_NORMALIZE_US_WORDS_H_
#define SELFSAME_SERVER_NORMALIZE_US_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

namespace selfsame::normalize {

// The words of a line in upper case, none of them empty.
using Words = std::vector<std::string>;

// All take a word in upper case. Thread-safe.

// "STREET", "STR" and "ST" to "ST"; empty for what is no suffix.
std::string_view StreetSuffix(std::string_view word);

// "NORTH" and "N" to "N"; empty for what is no direction.
std::string_view Directional(std::string_view word);

struct UnitWord {
  std::string_view name;      // As USPS abbreviates it: APT.
  bool stands_alone = false;  // Needs no number: REAR.
  bool is_common = false;     // As often a part of names: FRONT, LOT. Read with more care.
  bool is_general = false;    // Says no more than "#" does: APT, UNIT, STE.
};

// "APARTMENT" to APT; null for what is no designator.
const UnitWord* FindUnitWord(std::string_view word);

// "FIRST" and "1ST" to "1", up to TWELFTH; empty for what is no ordinal.
std::string OrdinalDigits(std::string_view word);

bool HasDigit(std::string_view word);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_US_WORDS_H_
