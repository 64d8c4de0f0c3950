#include "server/normalize/email.h"

#include <algorithm>
#include <optional>

#include "base/domain.h"
#include "server/normalize/email_provider.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

constexpr std::size_t kLocalBytesMax = 64;     // RFC 5321, 4.5.3.1.1.
constexpr std::size_t kAddressBytesMax = 254;  // RFC 5321, 4.5.3.1.3 less the angle brackets.
constexpr std::string_view kMailto = "mailto:";

Error NotAnAddress(std::string_view what) { return Invalid("EMAIL_INVALID", what); }

int HexValue(char c) { return IsDigit(c) ? c - '0' : ToLower(c) - 'a' + 10; }

// A mailto: URI percent-encodes its address (RFC 6068), and may go on with "?subject=".
std::string DecodeMailto(std::string_view text) {
  text = text.substr(0, text.find('?'));
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && IsHex(text[i + 1]) && IsHex(text[i + 2])) {
      decoded += static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// "Jane <jane@x.com>" and "mailto:jane@x.com" to "jane@x.com".
std::string BareAddress(std::string_view value) {
  if (!value.empty() && value.back() == '>') {
    const std::size_t open = value.rfind('<');
    if (open != std::string_view::npos) value = value.substr(open + 1, value.size() - open - 2);
  }
  value = TrimAscii(value);
  if (ToLowerAscii(value.substr(0, kMailto.size())) == kMailto) {
    return DecodeMailto(value.substr(kMailto.size()));
  }
  return std::string(value);
}

// RFC 5322 atext, and by RFC 6531 all that is not ASCII.
bool IsAtomCharacter(char c) {
  constexpr std::string_view kOther = "!#$%&'*+-/=?^_`{|}~";
  return IsAlnum(c) || static_cast<signed char>(c) < 0 || kOther.find(c) != std::string_view::npos;
}

bool IsDotAtom(std::string_view local) {
  if (local.empty() || local.front() == '.' || local.back() == '.') return false;
  if (local.find("..") != std::string_view::npos) return false;
  return std::all_of(local.begin(), local.end(),
                     [](char c) { return c == '.' || IsAtomCharacter(c); });
}

bool IsMailDomain(std::string_view domain) {
  const std::size_t dot = domain.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view last = domain.substr(dot + 1);
  return !std::all_of(last.begin(), last.end(), IsDigit);
}

}  // namespace

Result<std::string> NormalizeEmailAddress(std::string_view value) {
  if (!IsUsableText(value)) return NotAnAddress("an e-mail address is short and in UTF-8");
  std::string bare = BareAddress(TidyNfkc(value));
  if (!IsUsableText(bare)) return NotAnAddress("an e-mail address is in UTF-8");
  // Percent-encoding may have hidden what the first tidying takes off.
  if (!IsAscii(bare)) bare = TidyNfkc(bare);
  const std::size_t at = bare.rfind('@');
  if (at == std::string::npos) return NotAnAddress("an e-mail address has an @");
  const std::string local = ToLowerLetters(std::string_view(bare).substr(0, at));
  if (!IsDotAtom(local) || local.size() > kLocalBytesMax) {
    return NotAnAddress("not the local part of an e-mail address that can be used everywhere");
  }
  const std::optional<std::string> domain = AsciiDomain(std::string_view(bare).substr(at + 1));
  if (!domain || !IsMailDomain(*domain)) return NotAnAddress("not a mail domain after the @");
  std::string address = local + '@' + *domain;
  if (address.size() > kAddressBytesMax) return NotAnAddress("an e-mail address is short");
  return address;
}

Result<NormalizedEmail> NormalizeEmail(std::string_view value, const EmailOptions& options) {
  NormalizedEmail email;
  SELFSAME_ASSIGN_OR_RETURN(email.address, NormalizeEmailAddress(value));
  const std::size_t at = email.address.rfind('@');
  const std::string_view domain = std::string_view(email.address).substr(at + 1);
  email.match_key = MailboxKey(std::string_view(email.address).substr(0, at), domain);
  const DisposableDomains& disposable = options.disposable_domains != nullptr
                                            ? *options.disposable_domains
                                            : DisposableDomains::WellKnown();
  email.disposable = disposable.Contains(domain);
  return email;
}

}  // namespace selfsame::normalize
