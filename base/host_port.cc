#include "base/host_port.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace selfsame {
namespace {

Error Malformed(std::string_view text, std::string_view why) {
  return {.code = ErrorCode::kInvalidArgument,
          .reason = "ADDRESS_MALFORMED",
          .message = fmt::format("expected host:port, got \"{}\": {}", text, why)};
}

// Digits only: no sign, no blank, nothing after them.
std::optional<int> ParsePort(std::string_view text) {
  int port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, port);
  if (text.empty() || failed != std::errc() || stop != end || port < 0 || port > 65'535) {
    return std::nullopt;
  }
  return port;
}

bool IsHostLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

// An address may name its zone: fe80::1%eth0.
bool IsIpv6Letter(char c) { return IsHostLetter(c) || c == ':' || c == '%'; }

}  // namespace

Result<HostPort> ParseHostPort(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const bool has_brackets = text.starts_with('[');
  const std::size_t closed = text.find(']');
  if (has_brackets && closed == std::string_view::npos)
    return Malformed(text, "no closing bracket");
  if (colon == std::string_view::npos || (has_brackets && colon < closed)) {
    return Malformed(text, "the port is missing");
  }
  std::string_view host = text.substr(0, colon);
  if (has_brackets) {
    if (closed + 1 != colon) return Malformed(text, "a colon must follow the bracket");
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos ||
        !std::all_of(host.begin(), host.end(), IsIpv6Letter)) {
      return Malformed(text, "brackets are for IPv6 addresses");
    }
  } else if (host.find(':') != std::string_view::npos) {
    return Malformed(text, "write an IPv6 address in brackets, such as [::1]:7430");
  } else if (host.empty()) {
    return Malformed(text, "the host is missing; 0.0.0.0 stands for all addresses");
  } else if (!std::all_of(host.begin(), host.end(), IsHostLetter)) {
    return Malformed(text, "not a host name or address");
  }
  const std::optional<int> port = ParsePort(text.substr(colon + 1));
  if (!port) return Malformed(text, "the port must be a number from 0 to 65535");
  return HostPort{.host = std::string(host), .port = *port};
}

std::string HostPortText(const HostPort& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", address.host, is_ipv6 ? "]" : "",
                     address.port);
}

}  // namespace selfsame
