// E-mail addresses as a sign-up form takes them: local part and domain, nothing else. Whether a
// mailbox exists is not asked.
#ifndef SELFSAME_SERVER_NORMALIZE_EMAIL_H_
#define SELFSAME_SERVER_NORMALIZE_EMAIL_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "server/normalize/disposable_domains.h"

namespace selfsame::normalize {

struct EmailOptions {
  const DisposableDomains* disposable_domains = nullptr;  // Null: the well-known ones.
};

struct NormalizedEmail {
  std::string address;      // local@domain, lower case, domain in ASCII.
  std::string match_key;    // The same for all ways of writing to one mailbox (email_provider.h).
  bool disposable = false;  // Thrown away after use; a hint, and no reason to refuse it.
};

// The address alone, as an identifier has it: white space, a display name and `mailto:` taken off,
// in lower case, the domain in ASCII. A letter becomes its small form and never another letter: a
// German sharp s stays one, since an address with "ss" is another mailbox.
// Errors: as NormalizeEmail. Pure, thread-safe.
Result<std::string> NormalizeEmailAddress(std::string_view value);

// The address with what is known of it.
// Refused though RFC 5321 knows them, since no sign-up form should take them: quoted local parts,
// comments, address literals and domains of one label or with a numeric last one.
// Errors: kInvalidArgument EMAIL_INVALID. Pure, thread-safe.
Result<NormalizedEmail> NormalizeEmail(std::string_view value, const EmailOptions& options = {});

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_EMAIL_H_
