#include "server/normalize/address.h"

#include <utility>

#include "server/normalize/text.h"
#include "server/normalize/us_address.h"

namespace selfsame::normalize {

Result<NormalizedAddressLine> NormalizeAddressLine(std::string_view line,
                                                   std::string_view country) {
  const Error invalid = Invalid("ADDRESS_INVALID", "not a line of a postal address");
  if (line.size() > kAddressLineBytesMax || !IsUsableText(line)) return invalid;
  std::string tidy = TidyNfc(line);
  std::string key = MatchKey(tidy);
  if (key.empty()) return invalid;
  if (ToUpperAscii(country) == "US") return UsAddressLine(tidy);
  return NormalizedAddressLine{.display = std::move(tidy), .match_key = std::move(key)};
}

}  // namespace selfsame::normalize
