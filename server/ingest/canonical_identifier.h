// One canonical form for each identifier, so that the same thing written in two ways is one node.
// E-mail addresses and phone numbers have the forms that fields of those formats have
// (server/normalize); a value that a field refuses is no identifier either.
#ifndef SELFSAME_SERVER_INGEST_CANONICAL_IDENTIFIER_H_
#define SELFSAME_SERVER_INGEST_CANONICAL_IDENTIFIER_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/ruleset.h"

namespace selfsame::ingest {

struct IdentifierOptions {
  // ISO 3166 alpha-2, in either case, of where phone numbers without a country code are dialled;
  // empty: nobody said. What is no region counts as none.
  std::string_view default_phone_region = {};
};

// The version of these rules; stored node ids depend on it.
inline constexpr int kCanonicalizerVersion = 3;

// Brings a value to its canonical form:
//   any kind   NFKC, invisible characters removed, surrounding white space trimmed;
//   email      the address alone, in lower case, the domain in ASCII;
//   phone      E.164, with RFC 3966's ";ext=" where it has an extension.
// Requires: `value` is UTF-8. The result is empty when nothing is left of it.
// Errors: kInvalidArgument EMAIL_INVALID, PHONE_INVALID, PHONE_REGION_UNKNOWN. Thread-safe.
Result<std::string> CanonicalIdentifier(identity::Canonical rule, std::string_view value,
                                        const IdentifierOptions& options = {});

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_CANONICAL_IDENTIFIER_H_
