#include "server/normalize/url.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/domain.h"
#include "server/normalize/calendar.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

constexpr int kPortMax = 65535;

Error InvalidUrl() { return Invalid("URL_INVALID", "not a web address"); }

bool IsUnreserved(char c) { return IsAlnum(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

bool MayStay(char c) {
  constexpr std::string_view kReserved = ":/?#[]@!$&'()*+,;=";
  return IsUnreserved(c) || kReserved.find(c) != std::string_view::npos;
}

int HexValue(char c) { return IsDigit(c) ? c - '0' : ToLower(c) - 'a' + 10; }

void AppendEncoded(char c, std::string& text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  text += '%';
  text += kHex[byte >> 4];
  text += kHex[byte & 15];
}

// Each character as RFC 3986 prefers it. A percent sign that starts no encoding is one itself.
std::string Encoded(std::string_view part) {
  std::string encoded;
  for (std::size_t i = 0; i < part.size(); ++i) {
    char c = part[i];
    const bool escape = c == '%' && i + 2 < part.size() && IsHex(part[i + 1]) && IsHex(part[i + 2]);
    if (escape) {
      c = static_cast<char>(HexValue(part[i + 1]) * 16 + HexValue(part[i + 2]));
      i += 2;
    }
    if (escape ? IsUnreserved(c) : MayStay(c)) {
      encoded += c;
    } else {
      AppendEncoded(c, encoded);
    }
  }
  return encoded;
}

// RFC 3986, 5.2.4, for a path that is empty or starts with "/".
std::string WithoutDots(std::string_view path) {
  std::vector<std::string_view> parts;
  bool folder = true;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    const std::string_view part = path.substr(at + 1, end - at - 1);
    folder = part.empty() || part == "." || part == "..";
    if (part == ".." && !parts.empty()) parts.pop_back();
    const bool last = end == path.size();
    if (part != "." && part != ".." && !(part.empty() && last)) parts.push_back(part);
    at = end;
  }
  std::string plain;
  for (const std::string_view part : parts) plain.append("/").append(part);
  return folder ? plain + '/' : plain;
}

// An IPv6 address keeps its brackets; its form is not looked into further.
std::optional<std::string> HostOf(std::string_view host) {
  if (!host.starts_with('[')) return AsciiDomain(host);
  const std::string_view inner = host.substr(1, host.size() - 2);
  const bool address = host.ends_with(']') && inner.find(':') != std::string_view::npos &&
                       std::all_of(inner.begin(), inner.end(),
                                   [](char c) { return IsHex(c) || c == ':' || c == '.'; });
  return address ? std::optional(ToLowerAscii(host)) : std::nullopt;
}

// Host and port; nothing where either is none.
std::optional<std::string> Authority(std::string_view text, int default_port) {
  const std::size_t colon = text.rfind(':');
  const std::size_t bracket = text.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  const std::optional<std::string> host = HostOf(has_port ? text.substr(0, colon) : text);
  if (!host || !has_port || colon + 1 == text.size()) return host;
  const auto port = ParseDigits(text.substr(colon + 1));
  if (!port || *port == 0 || *port > kPortMax) return std::nullopt;
  return *port == default_port ? *host : *host + ':' + std::to_string(*port);
}

}  // namespace

Result<std::string> NormalizeUrl(std::string_view value) {
  const std::string_view text = TrimAscii(value);
  if (text.empty() || !IsUsableText(text)) return InvalidUrl();
  const auto is_gap = [](char c) { return (c >= 0 && c <= ' ') || c == 0x7f || c == '\\'; };
  if (std::any_of(text.begin(), text.end(), is_gap)) return InvalidUrl();
  const std::string scheme = ToLowerAscii(text.substr(0, text.find("://")));
  if (text.size() == scheme.size() || (scheme != "http" && scheme != "https")) {
    return Invalid("URL_SCHEME_UNKNOWN", "a web address starts with http:// or https://");
  }
  std::string_view rest = text.substr(scheme.size() + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  rest.remove_prefix(authority.size());
  if (authority.find('@') != std::string_view::npos) {
    return Invalid("URL_HAS_USER", "a web address must not hold a user or password");
  }
  const auto host = Authority(authority, scheme == "https" ? 443 : 80);
  if (!host) return InvalidUrl();
  const std::string_view path = rest.substr(0, rest.find_first_of("?#"));
  return scheme + "://" + *host + WithoutDots(Encoded(path)) + Encoded(rest.substr(path.size()));
}

}  // namespace selfsame::normalize
