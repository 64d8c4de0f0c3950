// The lines of a postal address that say street and unit. Not a parser of whole addresses: city,
// state and postal code have fields of their own (us_state.h, postal_code.h).
#ifndef SELFSAME_SERVER_NORMALIZE_ADDRESS_H_
#define SELFSAME_SERVER_NORMALIZE_ADDRESS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

inline constexpr std::size_t kAddressLineBytesMax = 256;

struct NormalizedAddressLine {
  std::string display;    // As the country's post writes it, where that is known.
  std::string match_key;  // The same for all ways of writing one line; case and accents gone.
};

// US: upper case without punctuation, by USPS Publication 28: suffixes and directionals
// abbreviated, units after the street ("Apartment 4b" is APT 4B), PO BOX, RR and HC, numbered roads
// spelled out. Whatever no rule covers is kept as it is written; streets only after a house number,
// since "Jane Hill" may be a person.
// Elsewhere, and without a country: NFC and tidied, nothing else.
// Requires: `country` is ISO 3166 alpha-2 in either case, or empty.
// Errors: kInvalidArgument ADDRESS_INVALID (not UTF-8, too long, no letter or digit in it). Pure,
// thread-safe.
Result<NormalizedAddressLine> NormalizeAddressLine(std::string_view line, std::string_view country);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_ADDRESS_H_
