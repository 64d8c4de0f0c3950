// Domain names as DNS knows them: ASCII, lower case, international labels as xn--. For e-mail
// addresses and URLs, in identifiers and attributes alike. Syntax only; whether a domain exists is
// not asked.
#ifndef SELFSAME_BASE_DOMAIN_H_
#define SELFSAME_BASE_DOMAIN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace selfsame {

inline constexpr std::size_t kDomainBytesMax = 253;  // RFC 1035, without the root's dot.
inline constexpr std::size_t kLabelBytesMax = 63;

// The ASCII form by UTS #46 (non-transitional, so that a German sharp s stays one), each label
// letters, digits and inner hyphens. Nothing for what is no domain: empty labels, a trailing dot,
// an underscore, an address literal, a label that is not valid IDNA. One label is enough.
// Any bytes may be asked for. Thread-safe.
std::optional<std::string> AsciiDomain(std::string_view domain);

}  // namespace selfsame

#endif  // SELFSAME_BASE_DOMAIN_H_
