#include "base/domain.h"

#include <gtest/gtest.h>

namespace selfsame {
namespace {

TEST(AsciiDomain, IsLowerCaseAsciiWithEachLabelByItself) {
  EXPECT_EQ(AsciiDomain("Example.COM"), "example.com");
  EXPECT_EQ(AsciiDomain("localhost"), "localhost");
  EXPECT_EQ(AsciiDomain("a--b.r3---sn.example"), "a--b.r3---sn.example");
  EXPECT_EQ(AsciiDomain("B\u00dcCHER.example"), "xn--bcher-kva.example");
  EXPECT_EQ(AsciiDomain("fa\u00df.de"), "xn--fa-hia.de");
  EXPECT_EQ(AsciiDomain("XN--BCHER-kva.example"), "xn--bcher-kva.example");
}

TEST(AsciiDomain, RefusesWhatIsNoDomain) {
  const std::string long_label(kLabelBytesMax + 1, 'a');
  std::string long_domain = "a";
  while (long_domain.size() <= kDomainBytesMax) long_domain += ".a";
  for (const std::string& domain :
       {std::string(), std::string("."), std::string("a..b"), std::string(".a"), std::string("a."),
        std::string("-a.b"), std::string("a-.b"), std::string("a_b.c"), std::string("[10.0.0.1]"),
        std::string("a b"), std::string("xn--\u00fc"), std::string("\xff.com"),
        std::string("\xed\xa0\x80.com"), std::string("a\0b", 3), long_label, long_domain,
        std::string(100'000, 'a')}) {
    EXPECT_EQ(AsciiDomain(domain), std::nullopt) << domain.substr(0, 80);
  }
}

}  // namespace
}  // namespace selfsame
