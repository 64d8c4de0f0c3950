#include "server/normalize/postal_code.h"

#include <gtest/gtest.h>

namespace selfsame::normalize {
namespace {

std::string CodeOf(std::string_view value, std::string_view country) {
  const auto code = NormalizePostalCode(value, country);
  return code.ok() ? *code : code.error().reason;
}

TEST(NormalizePostalCode, WritesAsThePostDoes) {
  EXPECT_EQ(CodeOf("sw1a1aa", "GB"), "SW1A 1AA");
  EXPECT_EQ(CodeOf("M1 1AE", "gb"), "M1 1AE");
  EXPECT_EQ(CodeOf("k1a-0b1", "CA"), "K1A 0B1");
  EXPECT_EQ(CodeOf("123456789", "US"), "12345-6789");
  EXPECT_EQ(CodeOf("02134", "US"), "02134");
  EXPECT_EQ(CodeOf("1234ab", "NL"), "1234 AB");
  EXPECT_EQ(CodeOf("\uff11\uff10\uff10-0001", "JP"), "100-0001");
  EXPECT_EQ(CodeOf("00950", "PL"), "00-950");
  EXPECT_EQ(CodeOf("d02af30", "IE"), "D02 AF30");
  EXPECT_EQ(CodeOf("11455", "SE"), "114 55");
}

TEST(NormalizePostalCode, TakesOffTheCountry) {
  EXPECT_EQ(CodeOf("D-10115", "DE"), "10115");
  EXPECT_EQ(CodeOf("LV-1050", "LV"), "1050");
  EXPECT_EQ(CodeOf("F-10115", "DE"), "POSTAL_CODE_INVALID");
}

TEST(NormalizePostalCode, RefusesOtherForms) {
  EXPECT_EQ(CodeOf("1234", "US"), "POSTAL_CODE_INVALID");
  EXPECT_EQ(CodeOf("00123", "DE"), "POSTAL_CODE_INVALID");
  EXPECT_EQ(CodeOf("D1A 0B1", "CA"), "POSTAL_CODE_INVALID");  // No D in Canada.
  EXPECT_EQ(CodeOf("", "DE"), "POSTAL_CODE_INVALID");
  EXPECT_EQ(CodeOf("12345", "ZZ"), "POSTAL_CODE_COUNTRY_UNKNOWN");
}

}  // namespace
}  // namespace selfsame::normalize
