#include "server/normalize/phone.h"

#include <fmt/format.h>
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

TEST(NormalizePhone, RefusesMasksWordsAndTwoNumbers) {
  for (const char* value :
       {"+49 151 1234XXXX", "+4915112345xxx", "+44 7911 12XXXX", "030 123456 privat",
        "+49 171 1234567tt", "61234b6t*", "089/12345 089/123", "030 1234567 0171 2345678",
        "030 1234567 / 0171 2345678", "030 1234567, 0171 2345678", "030 1234567; 0171 2345678",
        "030 1234567 oder 0171 2345678", "+49 30 123456 +49 30 123457", "+49 151 ****5678",
        "+49 151 ####5678", "XXXX 123456", "+49 30 12?456", "abc 030 123456",
        "0171 2345678 Mama"}) {
    EXPECT_EQ(Shown(value, "DE"), "PHONE_INVALID") << value;
  }
  EXPECT_EQ(Shown("+353 ks.123456789", "IE"), "PHONE_INVALID");
  EXPECT_EQ(Shown("212-555-0199 / (212) 555-0100", "US"), "PHONE_INVALID");
}

TEST(NormalizePhone, RefusesWhatASpreadsheetMadeOfANumber) {
  for (const char* value : {"4930901820.0", "4930901820,0", "+4930901820.00", "4.91512E+12",
                            "4,91512E+12", "1.2e12", "4915112345678.5"}) {
    EXPECT_EQ(Shown(value, "DE"), "PHONE_INVALID") << value;
  }
  EXPECT_EQ(Shown("2.125550199E9", "US"), "PHONE_INVALID");
}

TEST(NormalizePhone, LettersAreDigitsOnlyInVanityNumbers) {
  EXPECT_EQ(Shown("1-800-FLOWERS", "US"), "+18003569377//US");
  EXPECT_EQ(Shown("+1 800 GO FEDEX"), "+18004633339//US");
  EXPECT_EQ(Shown("1-800-4-A-CHILD", "US"), "+18004224453//US");
  EXPECT_EQ(Shown("1300 FLOWERS", "AU"), "PHONE_INVALID");  // One digit too many.
  EXPECT_EQ(Shown("1800 REVERSE", "DE"), "PHONE_INVALID");
  EXPECT_EQ(Shown("+44 800 FLOWERS"), "PHONE_INVALID");
  EXPECT_EQ(Shown("+1 415 655 XXXX"), "PHONE_INVALID");
  EXPECT_EQ(Shown("+1 415 655 12XX"), "PHONE_INVALID");
  EXPECT_EQ(Shown("+1 (415) 655-12ab"), "PHONE_INVALID");
  EXPECT_EQ(Shown("+1 212 555 0199 home"), "PHONE_INVALID");
}

TEST(NormalizePhone, ReadsLabelsSpacesDashesAndDigitsOfAllKinds) {
  for (const char* value :
       {"Tel.: +49 30 123456", "phone +49 30 123456", "Tel. Nr. +49 30 123456",
        "\u202a+49\u00a030\u2011123456\u202c", "+49 30 \u0661\u0662\u0663\u0664\u0665\u0666",
        "\ufeff+49\u300030\u2013123456\u200f", "(+49) 30 123456", "+49 (0)30 123456",
        "tel:+49-30-123456", "tel:30-123456;phone-context=+49", "+49 (30) 12/34/56"}) {
    EXPECT_EQ(Shown(value), "+4930123456//DE") << value;
  }
}

TEST(NormalizePhone, ReadsExtensionsHoweverWritten) {
  for (const char* value :
       {"+1 212 555 0199 x101", "+1 212 555 0199 ext. 101", "+1 212 555 0199, ext 101",
        "+12125550199;ext=101", "tel:+1-212-555-0199;ext=101", "+1 212 555 0199 extension 101",
        "+1 212 555 0199 #101", "+1 212 555 0199,,101", "+12125550199x101"}) {
    EXPECT_EQ(Shown(value), "+12125550199/101/US") << value;
  }
}

TEST(NormalizePhone, AsAnIdentifierKeepsTheExtensionAndIsItsOwnForm) {
  EXPECT_EQ(*NormalizePhoneIdentifier("+1 212 555 0199 x101"), "+12125550199;ext=101");
  EXPECT_EQ(*NormalizePhoneIdentifier("+12125550199;ext=101"), "+12125550199;ext=101");
  EXPECT_EQ(*NormalizePhoneIdentifier("+1 212 555 0199"), "+12125550199");
}

TEST(NormalizePhone, DigitsThatBeginWithTheCountryCodeAreNotReadAtHome) {
  EXPECT_EQ(Shown("4915112345678", "DE"), "+4915112345678//DE");
  EXPECT_EQ(Shown("491732234568", "DE"), "+491732234568//DE");
  EXPECT_EQ(Shown("447400123456", "GB"), "+447400123456//GB");
  EXPECT_EQ(Shown("12125550199", "US"), "+12125550199//US");
  // No other reading: a national number that happens to begin so.
  EXPECT_EQ(Shown("3471234567", "IT"), "+393471234567//IT");
  EXPECT_EQ(Shown("3912345678", "IT"), "+393912345678//IT");
}

TEST(NormalizePhone, DigitsWithTwoReadingsAreReadAbroadOrRefused) {
  std::mt19937 random(20260103);
  int refused = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string number = "49";
    const int length = 6 + static_cast<int>(random() % 8);
    for (int digit = 0; digit < length; ++digit) number += static_cast<char>('0' + random() % 10);
    const std::string abroad = Shown("+" + number);
    const std::string read = Shown(number, "DE");
    if (abroad == "PHONE_INVALID") continue;
    ASSERT_TRUE(read == abroad || read == "PHONE_INVALID") << number << " " << read;
    refused += read == "PHONE_INVALID" ? 1 : 0;
  }
  EXPECT_GT(refused, 10);
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

// What programs export: E.164 less its plus, with the region that it is of.
TEST_F(NormalizerVectors, ExampleNumbersWithoutTheirPlusAreNeverOtherNumbers) {
  const auto path = selfsame::test::DataFile("vectors/phone/phone_examples_lib8.12.57.tsv");
  if (!path) GTEST_SKIP() << "no vectors/phone";
  int read = 0;
  int refused = 0;
  for (const auto& row : test::ReadTsv(*path)) {
    if (row[5] != "1") continue;
    const auto phone = NormalizePhone(row[4].substr(1), {.default_region = row[0]});
    phone.ok() ? ++read : ++refused;
    EXPECT_EQ(phone.ok() ? phone->e164 : row[4], row[4]) << row[0];
  }
  fmt::print("without plus: {} read, {} refused\n", read, refused);
  EXPECT_GT(read, 600);
}

}  // namespace
}  // namespace selfsame::normalize
