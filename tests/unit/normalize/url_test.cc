#include "server/normalize/url.h"

#include <gtest/gtest.h>

namespace selfsame::normalize {
namespace {

std::string UrlOf(std::string_view value) {
  const auto url = NormalizeUrl(value);
  return url.ok() ? *url : url.error().reason;
}

TEST(NormalizeUrl, ThePageIsOneValue) {
  for (const char* value :
       {"HTTP://Example.COM", "http://example.com:80/", " http://example.com/. ",
        "http://example.com/a/..", "http://example.com:/"}) {
    EXPECT_EQ(UrlOf(value), "http://example.com/") << value;
  }
  EXPECT_EQ(UrlOf("https://x.io:443/a/./b/../c?q=A#F"), "https://x.io/a/c?q=A#F");
  EXPECT_EQ(UrlOf("https://x.io:80/a/"), "https://x.io:80/a/");
  EXPECT_EQ(UrlOf("http://x.io?q=1"), "http://x.io/?q=1");
  EXPECT_EQ(UrlOf("http://x.io/a//b"), "http://x.io/a//b");
  EXPECT_EQ(UrlOf("http://x.io/../../a"), "http://x.io/a");
}

TEST(NormalizeUrl, EncodingIsTheShortest) {
  EXPECT_EQ(UrlOf("http://x.io/%7ejane/%2fa%3a"), "http://x.io/~jane/%2Fa%3A");
  EXPECT_EQ(UrlOf("http://x.io/caf\u00e9?q=100%"), "http://x.io/caf%C3%A9?q=100%25");
}

TEST(NormalizeUrl, HostsAreAscii) {
  EXPECT_EQ(UrlOf("https://B\u00fccher.example/"), "https://xn--bcher-kva.example/");
  EXPECT_EQ(UrlOf("http://[2001:DB8::1]:8080/"), "http://[2001:db8::1]:8080/");
  EXPECT_EQ(UrlOf("http://127.0.0.1/"), "http://127.0.0.1/");
}

TEST(NormalizeUrl, RefusesWhatIsNoWebAddress) {
  for (const char* value :
       {"www.example.com", "ftp://x.io/", "javascript:alert(1)", "//x.io", "x"}) {
    EXPECT_EQ(UrlOf(value), "URL_SCHEME_UNKNOWN") << value;
  }
  for (const char* value : {"", "http://", "http://x y.io", "http://x.io:99999/", "http://x..io",
                            "http://x.io:a/", "http://[::1", "http://x.io\\@y.io", "http://a_b/"}) {
    EXPECT_EQ(UrlOf(value), "URL_INVALID") << value;
  }
  EXPECT_EQ(UrlOf("http://jane:secret@x.io/"), "URL_HAS_USER");
}

TEST(NormalizeUrl, IsIdempotent) {
  for (const char* value : {"HTTP://X.io/%7e%2f/../a", "http://x.io/caf\u00e9?q=100%#x"}) {
    EXPECT_EQ(UrlOf(UrlOf(value)), UrlOf(value)) << value;
  }
  EXPECT_EQ(UrlOf(UrlOf("http://x.io/100%?a=%7E")), "http://x.io/100%25?a=~");
}

}  // namespace
}  // namespace selfsame::normalize
