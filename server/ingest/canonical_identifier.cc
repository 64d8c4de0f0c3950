#include "server/ingest/canonical_identifier.h"

#include "identity/canonicalize.h"
#include "server/normalize/email.h"
#include "server/normalize/phone.h"

namespace selfsame::ingest {

Result<std::string> CanonicalIdentifier(identity::Canonical rule, std::string_view value,
                                        const IdentifierOptions& options) {
  std::string normal = identity::NormalizeText(value);
  if (normal.empty()) return normal;
  switch (rule) {
    case identity::Canonical::kOpaque: return normal;
    case identity::Canonical::kEmail: return normalize::NormalizeEmailAddress(value);
    case identity::Canonical::kPhone:
      return normalize::NormalizePhoneIdentifier(value,
                                                 {.default_region = options.default_phone_region});
  }
  return normal;
}

}  // namespace selfsame::ingest
