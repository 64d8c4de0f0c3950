#include "tests/support/http_get.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace selfsame::test {
namespace {

int Connect(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &target.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  if (connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof(target)) == 0) return fd;
  close(fd);
  return -1;
}

}  // namespace

std::string HttpGetAny(const std::string& address, const std::string& path) {
  const int fd = Connect(address);
  if (fd < 0) return "";
  const std::string request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
  std::string answer;
  if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) ==
      static_cast<ssize_t>(request.size())) {
    char part[4096];
    for (ssize_t got; (got = recv(fd, part, sizeof(part), 0)) > 0;) answer.append(part, got);
  }
  close(fd);
  return answer;
}

std::string HttpGet(const std::string& address, const std::string& path) {
  const std::string answer = HttpGetAny(address, path);
  const std::size_t head = answer.find("\r\n\r\n");
  const bool is_ok = answer.find(" 200 ") < answer.find("\r\n");
  return is_ok && head != std::string::npos ? answer.substr(head + 4) : "";
}

}  // namespace selfsame::test
