#include "base/host_port.h"

#include <gtest/gtest.h>

namespace selfsame {
namespace {

TEST(HostPort, TakesNamesAndAddressesOfBothFamilies) {
  for (const char* text :
       {"127.0.0.1:7430", "localhost:0", "db-1.example:65535", "[::1]:7430", "[fe80::1%eth0]:1"}) {
    const auto parsed = ParseHostPort(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(HostPortText(*parsed), text);
  }
  EXPECT_EQ(ParseHostPort("[::1]:7430")->host, "::1");
  EXPECT_EQ(ParseHostPort("[::1]:7430")->port, 7430);
}

TEST(HostPort, RefusesWhatLibrariesWouldGuess) {
  for (const char* text : {"",
                           ":",
                           "127.0.0.1",
                           "127.0.0.1:",
                           ":7430",
                           "127.0.0.1:99999",
                           "127.0.0.1:65536",
                           "127.0.0.1:-1",
                           "127.0.0.1:+1",
                           "127.0.0.1: 1",
                           "127.0.0.1:1x",
                           "127.0.0.1:http",
                           "::1:7430",
                           "::1",
                           "[::1]",
                           "[::1",
                           "[::1]7430",
                           "[127.0.0.1]:1",
                           "[]:1",
                           "a b:1",
                           "http://host:1",
                           "127.0.0.1:99999999999999999999"}) {
    const auto parsed = ParseHostPort(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().reason, "ADDRESS_MALFORMED");
  }
}

}  // namespace
}  // namespace selfsame
