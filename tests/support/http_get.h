// The least of HTTP that a test needs: one GET.
#ifndef SELFSAME_TESTS_SUPPORT_HTTP_GET_H_
#define SELFSAME_TESTS_SUPPORT_HTTP_GET_H_

#include <string>

namespace selfsame::test {

// The body of the answer of an IPv4 "address:port"; empty when nobody answers within ten seconds
// with 200.
std::string HttpGet(const std::string& address, const std::string& path);

// The whole answer, whatever its status: status line, headers and body.
std::string HttpGetAny(const std::string& address, const std::string& path);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_HTTP_GET_H_
