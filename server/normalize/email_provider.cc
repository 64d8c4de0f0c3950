#include "server/normalize/email_provider.h"

#include <algorithm>
#include <unordered_set>

#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

constexpr std::string_view kGmail = "gmail.com";

bool IsGmail(std::string_view domain) { return domain == kGmail || domain == "googlemail.com"; }

// Consumer domains whose providers document "+" tags. A company's own domain may be run by the
// same provider, but nothing in the address says so.
bool HasPlusTags(std::string_view domain) {
  static const std::unordered_set<std::string_view> domains = {
      // Microsoft.
      "outlook.com",
      "outlook.de",
      "outlook.es",
      "outlook.fr",
      "outlook.it",
      "outlook.jp",
      "outlook.co.uk",
      "outlook.com.au",
      "outlook.com.br",
      "hotmail.com",
      "hotmail.co.uk",
      "hotmail.de",
      "hotmail.es",
      "hotmail.fr",
      "hotmail.it",
      "live.com",
      "live.co.uk",
      "live.de",
      "live.fr",
      "live.nl",
      "msn.com",
      // Apple.
      "icloud.com",
      "me.com",
      "mac.com",
      // Proton, Fastmail, Zoho, Yandex and others.
      "proton.me",
      "protonmail.com",
      "protonmail.ch",
      "pm.me",
      "fastmail.com",
      "fastmail.fm",
      "zoho.com",
      "zohomail.com",
      "zohomail.eu",
      "yandex.com",
      "yandex.ru",
      "ya.ru",
      "mailbox.org",
      "posteo.de",
      "posteo.net",
      "runbox.com",
      "hey.com",
      "pobox.com",
      "rambler.ru",
  };
  return domains.contains(domain);
}

}  // namespace

std::string MailboxKey(std::string_view local, std::string_view domain) {
  std::string mailbox(local);
  if (IsGmail(domain) || HasPlusTags(domain)) mailbox = mailbox.substr(0, mailbox.find('+'));
  if (IsGmail(domain)) std::erase(mailbox, '.');
  if (mailbox.empty()) mailbox = local;
  return mailbox + '@' + std::string(IsGmail(domain) ? kGmail : domain);
}

}  // namespace selfsame::normalize
