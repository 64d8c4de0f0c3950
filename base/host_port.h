// Addresses as people write them: host:port. Libraries read what is missing or out of range as
// something else (another port, "https"), so that they are parsed here.
#ifndef SELFSAME_BASE_HOST_PORT_H_
#define SELFSAME_BASE_HOST_PORT_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame {

struct HostPort {
  std::string host;  // A name or an address; of IPv6 without brackets.
  int port = 0;
};

// "127.0.0.1:7430", "localhost:7430", "[::1]:7430": a host, and a port of 0 to 65535. An IPv6
// address needs its brackets. Errors: kInvalidArgument ADDRESS_MALFORMED, which quotes the text.
Result<HostPort> ParseHostPort(std::string_view text);

// The reverse of ParseHostPort.
std::string HostPortText(const HostPort& address);

}  // namespace selfsame

#endif  // SELFSAME_BASE_HOST_PORT_H_
