#include "server/normalize/disposable_domains.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/domain.h"

namespace selfsame::normalize {
namespace {

std::vector<std::string> WellKnownList() {
  return {"10minutemail.com",  "10minutemail.net",
          "anonbox.net",       "discard.email",
          "dispostable.com",   "emailondeck.com",
          "fakeinbox.com",     "getairmail.com",
          "getnada.com",       "grr.la",
          "guerrillamail.biz", "guerrillamail.com",
          "guerrillamail.de",  "guerrillamail.info",
          "guerrillamail.net", "guerrillamail.org",
          "harakirimail.com",  "inboxkitten.com",
          "jetable.org",       "mailcatch.com",
          "maildrop.cc",       "mailinator.com",
          "mailinator.net",    "mailnesia.com",
          "mailsac.com",       "mintemail.com",
          "moakt.com",         "mohmal.com",
          "mytemp.email",      "pokemail.net",
          "sharklasers.com",   "spam4.me",
          "temp-mail.org",     "tempail.com",
          "tempr.email",       "throwawaymail.com",
          "trash-mail.com",    "trashmail.com",
          "trashmail.net",     "wegwerfmail.de",
          "yopmail.com",       "yopmail.fr",
          "yopmail.net"};
}

}  // namespace

DisposableDomains::DisposableDomains(std::span<const std::string> domains) {
  for (const std::string& domain : domains) {
    std::optional<std::string> ascii = AsciiDomain(TrimAscii(domain));
    if (ascii) domains_.insert(std::move(*ascii));
  }
}

const DisposableDomains& DisposableDomains::WellKnown() {
  static const DisposableDomains domains(WellKnownList());
  return domains;
}

bool DisposableDomains::Contains(std::string_view domain) const {
  while (true) {
    if (domains_.contains(domain)) return true;
    const std::size_t dot = domain.find('.');
    if (dot == std::string_view::npos) return false;
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace selfsame::normalize
