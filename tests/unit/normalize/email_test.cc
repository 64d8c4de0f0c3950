#include "server/normalize/email.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/domain.h"
#include "tests/support/data_dir.h"
#include "tests/unit/normalize/vectors.h"

namespace selfsame::normalize {
namespace {

using selfsame::test::DataFile;
using test::NormalizerVectors;

std::string AddressOf(std::string_view value) {
  const auto email = NormalizeEmail(value);
  return email.ok() ? email->address : "error " + email.error().reason;
}

std::string KeyOf(std::string_view value) {
  const auto email = NormalizeEmail(value);
  return email.ok() ? email->match_key : "error " + email.error().reason;
}

TEST(NormalizeEmail, LosesCaseDisplayNameSchemeAndWhiteSpace) {
  EXPECT_EQ(AddressOf("\u00a0 Jane.Doe@Example.COM\r\n"), "jane.doe@example.com");
  EXPECT_EQ(AddressOf("\"Doe, Jane\" <Jane@Example.com>"), "jane@example.com");
  EXPECT_EQ(AddressOf("<jane@x.io>"), "jane@x.io");
  EXPECT_EQ(AddressOf("MAILTO:jane%2Bnews@x.io?subject=Hi"), "jane+news@x.io");
  EXPECT_EQ(AddressOf("\uff4a\uff41\uff4e\uff45\uff20x.io"), "jane@x.io");  // Full width.
}

TEST(NormalizeEmail, DomainsBecomeAscii) {
  EXPECT_EQ(AddressOf("info@B\u00fccher.example"), "info@xn--bcher-kva.example");
  EXPECT_EQ(AddressOf("info@fa\u00df.de"), "info@xn--fa-hia.de");
  EXPECT_EQ(AddressOf("info@xn--BCHER-kva.example"), "info@xn--bcher-kva.example");
  EXPECT_EQ(AddressOf("J\u00d6RG@x.de"), "j\u00f6rg@x.de");
}

TEST(NormalizeEmail, RefusesWhatASignUpFormShould) {
  for (const char* value : {"",
                            "jane",
                            "@x.io",
                            "jane@",
                            "ja ne@x.io",
                            "jane@x",
                            "jane@10.0.0.1",
                            "jane@[10.0.0.1]",
                            "\"jane doe\"@x.io",
                            "jane(work)@x.io",
                            ".jane@x.io",
                            "jane.@x.io",
                            "ja..ne@x.io",
                            "jane@x_y.io",
                            "jane@x.io.",
                            "jane@-x.io",
                            "a@x.io, b@x.io",
                            "a@b@x.io",
                            "jane@x..io",
                            "<jane@x.io",
                            "jane@x.io>",
                            "mailto:",
                            "mailto:%FF@x.io",
                            "\xff@x.io"}) {
    EXPECT_EQ(AddressOf(value), "error EMAIL_INVALID") << value;
  }
  EXPECT_EQ(AddressOf(std::string(5000, 'a') + "@x.io"), "error EMAIL_INVALID");
}

TEST(NormalizeEmail, IsIdempotent) {
  for (const char* value : {"Jane <J@X.io>", "\u00df@x.io", "\u0130@x.io", "a@B\u00fccher.de"}) {
    EXPECT_EQ(AddressOf(AddressOf(value)), AddressOf(value)) << value;
    EXPECT_EQ(KeyOf(KeyOf(value)), KeyOf(value)) << value;
  }
}

TEST(NormalizeEmail, MatchKeyFollowsTheProvider) {
  EXPECT_EQ(KeyOf("J.a.n.e+news@googlemail.com"), "jane@gmail.com");
  EXPECT_EQ(KeyOf("jane.doe+news@outlook.com"), "jane.doe@outlook.com");
  EXPECT_EQ(KeyOf("jane.doe+news@example.com"), "jane.doe+news@example.com");
  EXPECT_EQ(KeyOf("+news@gmail.com"), "+news@gmail.com");
  EXPECT_EQ(AddressOf("J.a.n.e+news@googlemail.com"), "j.a.n.e+news@googlemail.com");
}

TEST(NormalizeEmail, FlagsDisposableDomainsAndAllBelow) {
  const std::vector<std::string> list = {"# comment", "", " Throw.Away ", "b\u00fccher.example"};
  const DisposableDomains domains(list);
  EXPECT_EQ(domains.size(), 2u);
  const EmailOptions options{.disposable_domains = &domains};
  EXPECT_TRUE(NormalizeEmail("a@throw.away", options)->disposable);
  EXPECT_TRUE(NormalizeEmail("a@mx.throw.away", options)->disposable);
  EXPECT_TRUE(NormalizeEmail("a@B\u00dcCHER.example", options)->disposable);
  EXPECT_FALSE(NormalizeEmail("a@nothrow.away", options)->disposable);
  EXPECT_FALSE(NormalizeEmail("a@throw.away")->disposable);
}

TEST(NormalizeEmail, FlagsTheBestKnownDisposableDomainsWithoutAList) {
  EXPECT_TRUE(NormalizeEmail("a@Mailinator.com")->disposable);
  EXPECT_TRUE(NormalizeEmail("a@eu.guerrillamail.com")->disposable);
  EXPECT_FALSE(NormalizeEmail("a@gmail.com")->disposable);
  const DisposableDomains none({});
  EXPECT_FALSE(NormalizeEmail("a@mailinator.com", {.disposable_domains = &none})->disposable);
}

TEST(NormalizeEmail, MessagesNeverRepeatTheValue) {
  for (const char* value : {"canary", "canary@x", "canary@canary..io", "\"canary\"@x.io"}) {
    EXPECT_EQ(NormalizeEmail(value).error().message.find("canary"), std::string::npos);
  }
}

TEST_F(NormalizerVectors, IsEmailAgreesButForTheStatedPolicy) {
  const auto path = DataFile("vectors/email/isemail_tests.xml");
  if (!path) GTEST_SKIP() << "no vectors/email";
  test::Tally tally("is_email");
  for (const auto& test : test::ReadIsEmailCases(*path)) {
    const bool usable =
        test.category == "ISEMAIL_VALID_CATEGORY" || test.category == "ISEMAIL_DNSWARN";
    tally.Count(NormalizeEmail(test.address).ok() == usable, std::to_string(test.id));
  }
  tally.ExpectExceptions({
      {"domain of one label, which receives no mail", {"5"}},
      {"with white space around them, which is cut off",
       {"88",  "89",  "99",  "127", "128", "132", "141", "142", "143", "144", "145", "146",
        "147", "148", "149", "150", "151", "152", "153", "154", "155", "156", "157", "158"}},
  });
}

TEST_F(NormalizerVectors, JsonSchemaEmailAgreesButForTheStatedPolicy) {
  const auto path = DataFile("vectors/email/jsts_email.json");
  if (!path) GTEST_SKIP() << "no vectors/email";
  test::Tally tally("format email");
  for (const auto& test : test::ReadFormatCases(*path)) {
    tally.Count(NormalizeEmail(test.data).ok() == test.valid, test.data);
  }
  tally.ExpectExceptions({
      {"quoted local parts",
       {"\"joe bloggs\"@example.com", "\"joe..bloggs\"@example.com", "\"joe@bloggs\"@example.com"}},
      {"address literals", {"joe.bloggs@[127.0.0.1]", "joe.bloggs@[IPv6:::1]"}},
  });
}

TEST_F(NormalizerVectors, JsonSchemaIdnEmailAgreesButForTheStatedPolicy) {
  const auto path = DataFile("vectors/email/jsts_idn-email.json");
  if (!path) GTEST_SKIP() << "no vectors/email";
  test::Tally tally("format idn-email");
  for (const auto& test : test::ReadFormatCases(*path)) {
    tally.Count(NormalizeEmail(test.data).ok() == test.valid, test.data);
  }
  tally.ExpectExceptions({
      {"quoted local part", {"\"\u03b4\u03bf\u03ba\u03b9\u03bc\u03ae\"@example.com"}},
      {"full-width @, as input methods type it", {"user\uff20example.com"}},
      {"white space as a local part, which is cut off", {"\u0085@example.com"}},
  });
}

TEST_F(NormalizerVectors, JsonSchemaHostnames) {
  const auto path = DataFile("vectors/email/jsts_hostname.json");
  if (!path) GTEST_SKIP() << "no vectors/email";
  test::Tally tally("format hostname");
  for (const auto& test : test::ReadFormatCases(*path)) {
    tally.Count(AsciiDomain(test.data).has_value() == test.valid, test.data);
  }
  tally.ExpectExceptions({
      {"that UTS #46 maps to what was meant", {"example\uff0ecom", "\u212aelvin.example.com"}},
      {"that UTS #46 lets through, as browsers do",
       {"xn--07jceefgh4c", "xn--07jt112bpxg.xn--9t4b11yi5a", "xn--chb89f"}},
  });
}

// A list of which every entry must be a domain, and then be flagged.
TEST_F(NormalizerVectors, PublishedDisposableDomainsAreFlagged) {
  const auto path = DataFile("vectors/email/disposable_email_blocklist.conf");
  if (!path) GTEST_SKIP() << "no vectors/email";
  std::vector<std::string> lines;
  std::ifstream file(*path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  const DisposableDomains domains(lines);
  test::Tally tally("disposable domains, loaded");
  test::Tally well_known("disposable domains, built in");
  std::size_t flagged = 0;
  for (const std::string& line : lines) {
    const auto email = NormalizeEmail("x@" + line, {.disposable_domains = &domains});
    tally.Count(email.ok() && email->disposable, line);
    const bool is_well_known = NormalizeEmail("x@" + line)->disposable;
    well_known.Count(is_well_known, line);
    flagged += is_well_known ? 1 : 0;
  }
  tally.ExpectExceptions({});
  // Each of ours is in the published list, so none is there by mistake.
  EXPECT_EQ(flagged, DisposableDomains::WellKnown().size());
  well_known.Explain("not well known: load a list", static_cast<int>(lines.size() - flagged));
}

}  // namespace
}  // namespace selfsame::normalize
