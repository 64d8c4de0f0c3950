#include "server/normalize/phone.h"

#include <gtest/gtest.h>

#include <iterator>
#include <random>

#include "tests/support/data_dir.h"
#include "tests/unit/normalize/vectors.h"

namespace selfsame::normalize {
namespace {

using test::NormalizerVectors;

std::string Shown(std::string_view value, std::string_view region = {}) {
  const auto phone = NormalizePhone(value, {.default_region = region});
  if (!phone.ok()) return phone.error().reason;
  return phone->e164 + "/" + phone->extension + "/" + phone->region;
}

TEST(NormalizePhone, BecomesE164WithItsRegion) {
  EXPECT_EQ(Shown("+44 20 7946 0958"), "+442079460958//GB");
  EXPECT_EQ(Shown("020 7946 0958", "gb"), "+442079460958//GB");
  EXPECT_EQ(Shown("tel:+1-201-555-0123"), "+12015550123//US");
  EXPECT_EQ(Shown("\uff0b44 20 7946 0958"), "+442079460958//GB");
  EXPECT_EQ(Shown("+39 02 1234 5678"), "+390212345678//IT");  // The zero belongs to it.
  EXPECT_EQ(Shown("+800 1234 5678"), "+80012345678//001");
}

TEST(NormalizePhone, KeepsTheExtensionApart) {
  EXPECT_EQ(Shown("+1 (212) 555-2368 ext. 5"), "+12125552368/5/US");
  EXPECT_EQ(Shown("(212) 555-2368 x042", "US"), "+12125552368/042/US");
}

TEST(NormalizePhone, DoesNotGuessARegion) {
  EXPECT_EQ(Shown("020 7946 0958"), "PHONE_REGION_UNKNOWN");
  EXPECT_EQ(Shown("0044 20 7946 0958"), "PHONE_REGION_UNKNOWN");
  EXPECT_EQ(Shown("020 7946 0958", "QQ"), "PHONE_REGION_UNKNOWN");
  EXPECT_EQ(Shown("020 7946 0958", "Britain"), "PHONE_REGION_UNKNOWN");
}

TEST(NormalizePhone, TheCountryCodeOutranksTheDefault) {
  EXPECT_EQ(Shown("+44 20 7946 0958", "US"), "+442079460958//GB");
  EXPECT_EQ(Shown("011 44 20 7946 0958", "US"), "+442079460958//GB");
}

TEST(NormalizePhone, RefusesWhatNoPlanGivesOut) {
  for (const char* value : {"", "hello", "+44 1", "+999 123456", "+1 000 000 0000", "\xff", "+"}) {
    EXPECT_EQ(Shown(value), "PHONE_INVALID") << value;
  }
  EXPECT_EQ(Shown("12345", "GB"), "PHONE_INVALID");
  EXPECT_EQ(Shown(std::string(10000, '1'), "GB"), "PHONE_INVALID");
}

// Plain numbers are taken apart by hand; in the RFC 3966 form the same numbers go through Parse.
TEST(NormalizePhone, PlainNumbersComeOutAsTheLibraryParsesThem) {
  std::mt19937 random(20260101);
  const char* codes[] = {"1",  "44",  "49", "33", "31", "32", "41", "43",
                         "46", "353", "91", "27", "34", "45", "48", "351"};
  int valid = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string number = std::string("+") + codes[random() % std::size(codes)];
    const int length = 7 + static_cast<int>(random() % 5);
    for (int digit = 0; digit < length; ++digit) number += static_cast<char>('0' + random() % 10);
    ASSERT_EQ(Shown(number), Shown("tel:" + number)) << number;
    valid += Shown(number) != "PHONE_INVALID" ? 1 : 0;
  }
  EXPECT_GT(valid, 1000);
}

TEST(NormalizePhone, PlainNationalNumbersComeOutAsTheLibraryParsesThem) {
  std::mt19937 random(20260102);
  const char* regions[] = {"US", "CA", "GB", "DE", "FR", "NL", "BE", "CH", "AT",
                           "SE", "IE", "IN", "ZA", "ES", "DK", "PL", "PT"};
  for (int i = 0; i < 20000; ++i) {
    const char* region = regions[random() % std::size(regions)];
    std::string number;
    const int length = 8 + static_cast<int>(random() % 5);
    for (int digit = 0; digit < length; ++digit) number += static_cast<char>('0' + random() % 10);
    // A letter-less slash is no plain number to us and mere punctuation to the library.
    ASSERT_EQ(Shown(number, region), Shown(number.substr(0, 3) + "/" + number.substr(3), region))
        << number << " " << region;
  }
}

TEST(NormalizePhone, MessagesNeverRepeatTheValue) {
  const auto phone = NormalizePhone("+44 777");
  EXPECT_EQ(phone.error().message.find("777"), std::string::npos);
}

TEST_F(NormalizerVectors, PhonesAgreeWithTheLibrary) {
  const auto path = selfsame::test::DataFile("vectors/phone/phone_examples_lib8.12.57.tsv");
  if (!path) GTEST_SKIP() << "no vectors/phone";
  test::Tally tally("phone");
  for (const auto& row : test::ReadTsv(*path)) {
    const auto phone = NormalizePhone(row[1], {.default_region = row[0]});
    const std::string expected = row[5] == "1" ? row[4] + row[8] : "PHONE_INVALID";
    tally.Count((phone.ok() ? phone->e164 + phone->region : phone.error().reason) == expected,
                row[0] + " " + row[1]);
  }
  tally.ExpectExceptions({});
}

}  // namespace
}  // namespace selfsame::normalize
