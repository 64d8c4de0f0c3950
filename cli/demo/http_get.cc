#include "cli/demo/http_get.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

namespace selfsame::cli {
namespace {

constexpr std::size_t kResponseBytesMax = 4 << 20;

// A non-blocking socket, closed at the end of its scope.
struct Socket {
  Socket() : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  ~Socket() { ::close(fd); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  const int fd;
};

std::optional<sockaddr_in> ParseAddress(const std::string& host_port) {
  const std::size_t colon = host_port.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  std::uint16_t port = 0;
  const char* end = host_port.data() + host_port.size();
  const auto read = std::from_chars(host_port.data() + colon + 1, end, port);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  address.sin_port = htons(port);
  const std::string host = host_port.substr(0, colon);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return std::nullopt;
  return address;
}

bool Await(int fd, short events, const Deadline& deadline) {
  pollfd ready{.fd = fd, .events = events, .revents = 0};
  return ::poll(&ready, 1, static_cast<int>(deadline.Left().count())) == 1;
}

bool Connect(int fd, const sockaddr_in& address, const Deadline& deadline) {
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return true;
  if (errno != EINPROGRESS || !Await(fd, POLLOUT, deadline)) return false;
  int error = 0;
  socklen_t length = sizeof(error);
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
}

// Reads until the server closes, as it was asked to.
std::optional<std::string> ReadToEnd(int fd, const Deadline& deadline) {
  std::string text;
  std::array<char, 16'384> buffer;
  while (text.size() <= kResponseBytesMax) {
    if (!Await(fd, POLLIN, deadline)) return std::nullopt;
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got == 0) return text;
    if (got < 0 && errno != EINTR && errno != EAGAIN) return std::nullopt;
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return std::nullopt;
}

}  // namespace

// HTTP/1.0: the body is whatever comes until the end.
Result<std::string> HttpGet(const std::string& host_port, const std::string& path,
                            Deadline deadline) {
  const Error failed{ErrorCode::kUnavailable, "HTTP_FAILED",
                     fmt::format("cannot read http://{}{}", host_port, path)};
  const auto address = ParseAddress(host_port);
  if (!address) return failed;
  const Socket socket;
  const std::string request = fmt::format("GET {} HTTP/1.0\r\nHost: {}\r\n\r\n", path, host_port);
  if (!Connect(socket.fd, *address, deadline) ||
      ::send(socket.fd, request.data(), request.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(request.size())) {
    return failed;
  }
  const auto response = ReadToEnd(socket.fd, deadline);
  if (!response) return failed;
  const std::size_t head_end = response->find("\r\n\r\n");
  const std::string_view status = std::string_view(*response).substr(0, 12);
  if (head_end == std::string::npos || !status.starts_with("HTTP/1.") ||
      !status.ends_with(" 200")) {
    return failed;
  }
  return response->substr(head_end + 4);
}

}  // namespace selfsame::cli
