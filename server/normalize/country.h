// Countries by code or by name in any language, to ISO 3166 alpha-2.
#ifndef SELFSAME_SERVER_NORMALIZE_COUNTRY_H_
#define SELFSAME_SERVER_NORMALIZE_COUNTRY_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

struct NormalizedCountry {
  std::string alpha2;  // ISO 3166-1, and XK for Kosovo, as CLDR has it.
};

// Takes alpha-2, alpha-3 and numeric codes, names in every language of CLDR, ISO's own names, and
// abbreviations that people use (country_decisions.cc). Case, accents and punctuation do not count.
// A withdrawn name or code (USSR, Burma) is its successor where there is one, else ambiguous.
// Errors: kInvalidArgument
//   COUNTRY_AMBIGUOUS     more than one country is called so (Korea, Channel Islands);
//   COUNTRY_UNSPECIFIED   the value says that nobody knows (Unspecified, N/A);
//   COUNTRY_NOT_A_COUNTRY a union or a continent (European Community, Africa);
//   COUNTRY_UNKNOWN       nothing by that name;
// and kFailedPrecondition ISO_CODES_MISSING. The first call builds the table (some 0.1 s).
// Thread-safe.
Result<NormalizedCountry> NormalizeCountry(std::string_view value);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_COUNTRY_H_
