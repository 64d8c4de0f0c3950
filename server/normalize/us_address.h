// Address lines of the United States by USPS Publication 28. Part of address.h, which callers use.
#ifndef SELFSAME_SERVER_NORMALIZE_US_ADDRESS_H_
#define SELFSAME_SERVER_NORMALIZE_US_ADDRESS_H_

#include <string_view>

#include "server/normalize/address.h"

namespace selfsame::normalize {

// Requires: `tidy` is as TidyNfc gives it, with a letter or digit in it. Thread-safe.
NormalizedAddressLine UsAddressLine(std::string_view tidy);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_US_ADDRESS_H_
