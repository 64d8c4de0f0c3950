// E-mail addresses as a sign-up form takes them: local part and domain, nothing else. Whether a
// mailbox exists is not asked.
#ifndef SELFSAME_SERVER_NORMALIZE_EMAIL_H_
#define SELFSAME_SERVER_NORMALIZE_EMAIL_H_

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/result.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {

// The domains whose addresses are thrown away after use; the list is the caller's. Immutable after
// construction, so thread-safe.
class DisposableDomains {
 public:
  // Entries that are no domain (comments, blank lines) are left out.
  explicit DisposableDomains(std::span<const std::string> domains);

  // True for a listed domain and for all below one. Requires: `domain` as NormalizeEmail gives it.
  bool Contains(std::string_view domain) const;
  std::size_t size() const { return domains_.size(); }

 private:
  std::unordered_set<std::string, TextHash, std::equal_to<>> domains_;
};

struct EmailOptions {
  const DisposableDomains* disposable_domains = nullptr;  // Null: nothing is flagged.
};

struct NormalizedEmail {
  std::string address;    // local@domain, lower case, domain in ASCII.
  std::string match_key;  // The same for all ways of writing to one mailbox (email_provider.h).
  bool disposable = false;
};

// Takes off white space, a display name and `mailto:`; lower-cases; brings the domain to ASCII.
// Refused though RFC 5321 knows them, since no sign-up form should take them: quoted local parts,
// comments, address literals and domains of one label or with a numeric last one.
// Errors: kInvalidArgument EMAIL_INVALID. Pure, thread-safe.
Result<NormalizedEmail> NormalizeEmail(std::string_view value, const EmailOptions& options = {});

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_EMAIL_H_
