// The ISO standards as Debian's package iso-codes installs them, and ICU's languages to name
// things in. Only for building tables.
#ifndef SELFSAME_SERVER_NORMALIZE_ISO_CODES_H_
#define SELFSAME_SERVER_NORMALIZE_ISO_CODES_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selfsame::normalize {

// The entries of one standard: ReadIsoCodes("3166-1") is the list in iso_3166-1.json.
// Errors: kFailedPrecondition ISO_CODES_MISSING (the package is not installed, or is broken).
Result<nlohmann::json> ReadIsoCodes(std::string_view standard);

// A text field of an entry; empty where there is none.
std::string TextOf(const nlohmann::json& entry, const char* field);

// The locales to ask ICU for names in: each language and script, and the regional ones that name
// things in their own way. English is first.
const std::vector<std::string>& NamingLocales();

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_ISO_CODES_H_
