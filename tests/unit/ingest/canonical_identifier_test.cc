#include "server/ingest/canonical_identifier.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "server/normalize/email.h"
#include "tests/support/data_dir.h"

namespace selfsame::ingest {
namespace {

using identity::Canonical;

std::string CanonicalOf(Canonical rule, std::string_view value, std::string_view region = {}) {
  const auto canonical = CanonicalIdentifier(rule, value, {.default_phone_region = region});
  return canonical.ok() ? *canonical : "error " + canonical.error().reason;
}

TEST(CanonicalIdentifier, OpaqueValuesKeepTheirCase) {
  EXPECT_EQ(CanonicalOf(Canonical::kOpaque, "AbC-1"), "AbC-1");
}

TEST(CanonicalIdentifier, EmailsLoseCaseDisplayNameAndScheme) {
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "Jane Doe <Jane@Example.COM>"), "jane@example.com");
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "MAILTO:jane@x.io"), "jane@x.io");
}

TEST(CanonicalIdentifier, EmailDomainsBecomeAscii) {
  for (const char* value :
       {"Jane@B\u00fccher.example", "jane@b\u00dcCHER.EXAMPLE", "jane@bu\u0308cher.example",
        "jane@XN--bcher-kva.example", "Jane <jane@b\u00fccher\u3002example>"}) {
    EXPECT_EQ(CanonicalOf(Canonical::kEmail, value), "jane@xn--bcher-kva.example") << value;
  }
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "a@fa\u00df.de"), "a@xn--fa-hia.de");
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "J\u00d6RG@x.de"), "j\u00f6rg@x.de");
}

TEST(CanonicalIdentifier, WhatIsNoEmailIsSaidToBeSo) {
  for (const char* value : {"jane", "@x.io", "jane@", "ja ne@x.io"}) {
    EXPECT_EQ(CanonicalOf(Canonical::kEmail, value), "error EMAIL_INVALID") << value;
  }
}

TEST(CanonicalIdentifier, PhonesBecomeE164) {
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "+44 20 7946 0958"), "+442079460958");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "+1 (212) 555-2368 ext. 5"), "+12125552368;ext=5");
}

TEST(CanonicalIdentifier, PhonesAreNotGuessed) {
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "020 7946 0958"), "error PHONE_REGION_UNKNOWN");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "+44 1"), "error PHONE_INVALID");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "+hello"), "error PHONE_INVALID");
}

TEST(CanonicalIdentifier, PhonesMayHaveADefaultRegion) {
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "020 7946 0958", "GB"), "+442079460958");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "020 7946 0958", "gb"), "+442079460958");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "+44 20 7946 0958", "US"), "+442079460958");
  EXPECT_EQ(CanonicalOf(Canonical::kPhone, "020 7946 0958", "US"), "error PHONE_INVALID");
  for (const char* region : {"", "QQ", "Britain", "\xc3\xa9"}) {
    EXPECT_EQ(CanonicalOf(Canonical::kPhone, "020 7946 0958", region), "error PHONE_REGION_UNKNOWN")
        << region;
  }
}

TEST(CanonicalIdentifier, IsIdempotent) {
  for (const char* value :
       {"Jane <J@X.io>", "\u00df@x.io", "\u0130@x.io", "\ufb01@x.io", "a@B\u00fccher.de"}) {
    const std::string once = CanonicalOf(Canonical::kEmail, value);
    EXPECT_EQ(CanonicalOf(Canonical::kEmail, once), once) << value;
  }
}

// Held to the rules of a field, whatever it holds.
TEST(CanonicalIdentifier, EmailsAreWhatAFieldMakesOfThem) {
  for (const char* value :
       {"a@b@pat.example", "pat@localhost", "pat@example..com", "pat@example.com.",
        "pat@example.com,x@example.com", "\"pat@example.com\"", "pat@-", "<b>pat@x.example",
        "mailto:pat@example.com?subject=Hi", "MAILTO:jane%2Bpat@example.com", "a@X_Y.io",
        "a@[10.0.0.1]", "gro\u00dfpat@mail.example", "\u0130@x.io", "\u03a3\u03a3@x.io",
        "Pat <pat@x.io>", "'pat@x.io'", "pat@x.io;pat@y.io", "mailto:a@x.io,b@x.io"}) {
    const auto field = normalize::NormalizeEmail(value);
    EXPECT_EQ(CanonicalOf(Canonical::kEmail, value),
              field.ok() ? field->address : "error " + field.error().reason)
        << value;
  }
}

TEST(CanonicalIdentifier, EmailsKeepLettersThatAreNotAscii) {
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "Gro\u00dfpat@Mail.example"),
            "gro\u00dfpat@mail.example");
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "GRO\u1e9e@x.io"), "gro\u00df@x.io");
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "\u03a3\u039f\u03a3@x.io"), "\u03c3\u03bf\u03c3@x.io");
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "\u03c3\u03bf\u03c2@x.io"), "\u03c3\u03bf\u03c3@x.io");
  EXPECT_EQ(CanonicalOf(Canonical::kEmail, "\u0130pek@x.io"), "i\u0307pek@x.io");
}

// A value of the vendors' lists, as a record would be judged: before and after its canonical form.
// Low trust is what links nobody.
bool WouldLinkNobody(const std::string& kind, const std::string& value) {
  const identity::Ruleset& rules = identity::DefaultRuleset();
  if (rules.blocked->Blocks(kind, value)) return true;
  const auto canonical = CanonicalIdentifier(rules.Find(kind)->canonical, value);
  return !canonical.ok() || rules.LinksNobody(kind, *canonical);
}

TEST(BlockedValues, AgreeWithWhatVendorsDocument) {
  const auto path = selfsame::test::DataFile("vectors/ids/blocked_values.tsv");
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
    EXPECT_EQ(WouldLinkNobody(as, value), expect != "allow")
        << "row " << rows << " expects " << expect;
    ++rows;
  }
  EXPECT_GT(rows, 80);
}

}  // namespace
}  // namespace selfsame::ingest
