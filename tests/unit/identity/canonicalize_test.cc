#include "identity/canonicalize.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "identity/node_id.h"
#include "identity/ruleset.h"
#include "tests/support/data_dir.h"

namespace selfsame::identity {
namespace {

std::string CanonicalOf(Canonical rule, std::string_view value, std::string_view region = {}) {
  const auto canonical = Canonicalize(rule, value, {.default_phone_region = region});
  return canonical.ok() ? *canonical : "error " + canonical.error().reason;
}

TEST(Canonicalize, OpaqueValuesKeepTheirCase) {
  EXPECT_EQ(CanonicalOf(Canonical::kOpaque, "AbC-1"), "AbC-1");
}

TEST(Canonicalize, TrimsWhiteSpaceAndDropsZeroWidthCharacters) {
  EXPECT_EQ(CanonicalOf(Canonical::kOpaque, " \t\u00a0a\u200bb\ufeff \n"), "ab");
  EXPECT_EQ(CanonicalOf(Canonical::kOpaque, "\u200b"), "");
}

TEST(Canonicalize, WidthAndCompositionDoNotMatter) {
  EXPECT_EQ(CanonicalOf(Canonical::kOpaque, "\uff21\uff11"), "A1");  // Full width.
  EXPECT_EQ(CanonicalOf(Canonical::kOpaque, "e\u0301"), "\u00e9");   // e + acute.
  EXPECT_EQ(CanonicalOf(Canonical::kOpaque, "e\u200b\u0301"), "\u00e9");
}

TEST(Canonicalize, EmailsLoseCaseDisplayNameAndScheme) {
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "Jane Doe <Jane@Example.COM>"), "jane@example.com");
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "MAILTO:jane@x.io"), "jane@x.io");
}

TEST(Canonicalize, EmailDomainsBecomeAscii) {
  for (const char* value :
       {"Jane@B\u00fccher.example", "jane@b\u00dcCHER.EXAMPLE", "jane@bu\u0308cher.example",
        "jane@XN--bcher-kva.example", "Jane <jane@b\u00fccher\u3002example>"}) {
    EXPECT_EQ(CanonicalOf(Canonical::kEmail, value), "jane@xn--bcher-kva.example") << value;
  }
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "a@fa\u00df.de"), "a@xn--fa-hia.de");
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "J\u00d6RG@x.de"), "j\u00f6rg@x.de");
}

TEST(Canonicalize, EmailDomainsWithoutAnAsciiFormAreKept) {
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "a@X_Y.io"), "a@x_y.io");
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "a@[10.0.0.1]"), "a@[10.0.0.1]");
}

TEST(Canonicalize, WhatIsNoEmailIsSaidToBeSo) {
  for (const char* value : {"jane", "@x.io", "jane@", "ja ne@x.io"}) {
    EXPECT_EQ(CanonicalOf(Canonical::kEmail, value), "error EMAIL_INVALID") << value;
  }
}

TEST(Canonicalize, PhonesBecomeE164) {
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "+44 20 7946 0958"), "+442079460958");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "+1 (212) 555-2368 ext. 5"), "+12125552368");
}

TEST(Canonicalize, PhonesAreNotGuessed) {
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "020 7946 0958"), "error PHONE_REGION_UNKNOWN");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "+44 1"), "error PHONE_INVALID");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "+hello"), "error PHONE_INVALID");
}

TEST(Canonicalize, PhonesMayHaveADefaultRegion) {
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "020 7946 0958", "GB"), "+442079460958");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "020 7946 0958", "gb"), "+442079460958");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "+44 20 7946 0958", "US"), "+442079460958");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "020 7946 0958", "US"), "error PHONE_INVALID");
  for (const char* region : {"", "QQ", "Britain", "\xc3\xa9"}) {
    EXPECT_EQ(CanonicalOf(Canonical::kPhone, "020 7946 0958", region), "error PHONE_REGION_UNKNOWN")
        << region;
  }
}

TEST(Canonicalize, IsIdempotent) {
  for (const char* value : {"Jane <J@X.io>", "\u00df@x.io", "\u0130@x.io", "\ufb01@x.io",
                            "a@B\u00fccher.de", "a@\u00df_.io"}) {
    const std::string once = CanonicalOf(Canonical::kEmail, value);
    EXPECT_EQ(CanonicalOf(Canonical::kEmail, once), once) << value;
  }
}

TEST(IsUtf8, TellsWellFormedFromTheRest) {
  EXPECT_TRUE(IsUtf8("plain, \u00e9\U0001f600"));
  EXPECT_FALSE(IsUtf8("\xff"));
  EXPECT_FALSE(IsUtf8("\xc0\x80"));      // Overlong.
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));  // A surrogate.
  EXPECT_FALSE(IsUtf8("\xe2\x82"));      // Cut off.
}

TEST(BlockedValues, NobodysNamesAreBlockedInAnyCaseAndQuotes) {
  for (const char* value :
       {"null", "NULL", "\"undefined\"", "'null'", "0", "--", "Anonymous", "{{user_id}}",
        "00000000-0000-0000-0000-000000000000", "[object Object]"}) {
    EXPECT_TRUE(DefaultRuleset().blocked->Blocks("customer_id", value)) << value;
  }
}

TEST(BlockedValues, ValuesThatOnlyLookLikeThemAreNot) {
  for (const char* value :
       {"1", "42", "user_1", "00123", "0a", "null-user", "-10", "anonymous-7f3a"}) {
    EXPECT_FALSE(DefaultRuleset().blocked->Blocks("customer_id", value)) << value;
  }
}

// A value of the vendors' lists, as a record would be judged: before and after its canonical form.
bool WouldBeUnusable(const std::string& kind, const std::string& value) {
  if (DefaultRuleset().blocked->Blocks(kind, value)) return true;
  const auto canonical = Canonicalize(DefaultRuleset().Find(kind)->canonical, value);
  return !canonical.ok() || DefaultRuleset().blocked->Blocks(kind, *canonical);
}

TEST(BlockedValues, AgreeWithWhatVendorsDocument) {
  const auto path = test::DataFile("vectors/ids/blocked_values.tsv");
  if (!path) GTEST_SKIP() << "no data folder: set SELFSAME_DATA_DIR";
  std::ifstream in(*path);
  std::string line;
  std::getline(in, line);
  int rows = 0;
  while (std::getline(in, line)) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    const std::string value = line.substr(0, first);
    const std::string kind = line.substr(first + 1, second - first - 1);
    const std::string expect = line.substr(second + 1, line.find('\t', second + 1) - second - 1);
    const std::string as = kind == "any" ? "customer_id" : kind;
    EXPECT_EQ(WouldBeUnusable(as, value), expect != "allow")
        << "row " << rows << " expects " << expect;
    ++rows;
  }
  EXPECT_GT(rows, 80);
}

TEST(NodeId, DependsOnKeyKindAndValueAndOnNothingElse) {
  const std::string key(32, 'k'), other(32, 'o');
  EXPECT_EQ(NodeIdOf(key, "email", "a@b.c"), NodeIdOf(key, "email", "a@b.c"));
  EXPECT_NE(NodeIdOf(key, "email", "a@b.c"), NodeIdOf(other, "email", "a@b.c"));
  EXPECT_NE(NodeIdOf(key, "email", "a@b.c"), NodeIdOf(key, "phone", "a@b.c"));
  EXPECT_NE(NodeIdOf(key, "a", "bc"), NodeIdOf(key, "ab", "c"));
}

}  // namespace
}  // namespace selfsame::identity
