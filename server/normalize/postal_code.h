// Postal codes by country, written as the country's post does.
#ifndef SELFSAME_SERVER_NORMALIZE_POSTAL_CODE_H_
#define SELFSAME_SERVER_NORMALIZE_POSTAL_CODE_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

// Upper case, with the space or hyphen that belongs into it ("sw1a1aa" in GB is "SW1A 1AA"). The
// form is checked for the countries in the table (postal_code.cc), not whether the code is given
// out. A leading country code ("D-10115") is taken off.
// Requires: `country` is ISO 3166 alpha-2, in either case.
// Errors: kInvalidArgument POSTAL_CODE_COUNTRY_UNKNOWN (not in the table: the form is not known),
// POSTAL_CODE_INVALID. Pure, thread-safe.
Result<std::string> NormalizePostalCode(std::string_view value, std::string_view country);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_POSTAL_CODE_H_
