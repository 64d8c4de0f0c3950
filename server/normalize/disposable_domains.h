// E-mail domains whose addresses are thrown away after use.
#ifndef SELFSAME_SERVER_NORMALIZE_DISPOSABLE_DOMAINS_H_
#define SELFSAME_SERVER_NORMALIZE_DISPOSABLE_DOMAINS_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "server/normalize/text.h"

namespace selfsame::normalize {

// Immutable after construction, so thread-safe.
class DisposableDomains {
 public:
  // Entries that are no domain (comments, blank lines) are left out.
  explicit DisposableDomains(std::span<const std::string> domains);

  // The few dozen best known services. Thousands of domains come and go: who needs them all keeps
  // a list up to date and loads that. Thread-safe.
  static const DisposableDomains& WellKnown();

  // True for a listed domain and for all below one. Requires: `domain` as NormalizeEmail gives it.
  bool Contains(std::string_view domain) const;
  std::size_t size() const { return domains_.size(); }

 private:
  std::unordered_set<std::string, TextHash, std::equal_to<>> domains_;
};

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_DISPOSABLE_DOMAINS_H_
