// Currencies by code, symbol or name in any language, to ISO 4217.
#ifndef SELFSAME_SERVER_NORMALIZE_CURRENCY_H_
#define SELFSAME_SERVER_NORMALIZE_CURRENCY_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

struct NormalizedCurrency {
  std::string code;  // ISO 4217, three upper-case letters.
};

// Takes alphabetic and numeric codes, names in every language of CLDR and ISO's own, and the
// symbols that are one currency's everywhere (the euro's, US$, CA$). Withdrawn currencies are
// unknown: an amount in them is history, not money.
// Errors: kInvalidArgument CURRENCY_AMBIGUOUS ($, dollar, kr: several are called so),
// CURRENCY_UNKNOWN; and kFailedPrecondition ISO_CODES_MISSING. The first call builds the table.
// Thread-safe.
Result<NormalizedCurrency> NormalizeCurrency(std::string_view value);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_CURRENCY_H_
