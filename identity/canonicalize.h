// One canonical form for each identifier, so that the same thing written in two ways is one node.
// Pure; the only file of identity that uses ICU and libphonenumber.
#ifndef SELFSAME_IDENTITY_CANONICALIZE_H_
#define SELFSAME_IDENTITY_CANONICALIZE_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/ruleset.h"

namespace selfsame::identity {

// True for well-formed UTF-8 (no surrogates, no overlong forms). Thread-safe.
bool IsUtf8(std::string_view text);

// NFKC, without zero-width characters, white space cut off both ends: what every canonical form and
// every comparison with blocked values begins with. Requires: UTF-8. Thread-safe.
std::string NormalizeText(std::string_view value);

struct CanonicalizeOptions {
  // ISO 3166 alpha-2, in either case, of where phone numbers without a country code are dialled;
  // empty: nobody said. What is no region counts as none.
  std::string_view default_phone_region = {};
};

// The version of these rules; stored node ids depend on it.
inline constexpr int kCanonicalizerVersion = 2;

// Brings a value to its canonical form:
//   any kind   NFKC, zero-width characters removed, surrounding white space trimmed;
//   email      display name and "mailto:" removed, case folded, the domain in ASCII (base/domain.h)
//              where it has such a form;
//   phone      E.164 by libphonenumber; must be a valid number, with its country code or else of
//              the default region.
// Requires: `value` is UTF-8. The result is empty when nothing is left of it.
// Errors: kInvalidArgument EMAIL_INVALID, PHONE_INVALID, PHONE_REGION_UNKNOWN. Thread-safe.
Result<std::string> Canonicalize(Canonical rule, std::string_view value,
                                 const CanonicalizeOptions& options = {});

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_CANONICALIZE_H_
