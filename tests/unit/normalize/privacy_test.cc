// INV-10: no error of any normalizer repeats the value; and no bytes whatever upset one.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "server/normalize/address.h"
#include "server/normalize/country.h"
#include "server/normalize/currency.h"
#include "server/normalize/date.h"
#include "server/normalize/email.h"
#include "server/normalize/free_text.h"
#include "server/normalize/language.h"
#include "server/normalize/person_name.h"
#include "server/normalize/phone.h"
#include "server/normalize/postal_code.h"
#include "server/normalize/tables.h"
#include "server/normalize/url.h"
#include "server/normalize/us_state.h"
#include "server/normalize/uuid.h"

namespace selfsame::normalize {
namespace {

template <typename T>
void Collect(const Result<T>& result, std::vector<Error>& errors) {
  if (!result.ok()) errors.push_back(result.error());
}

std::vector<Error> ErrorsOf(const std::string& value) {
  std::vector<Error> errors;
  Collect(NormalizeAddressLine(value, "US"), errors);
  Collect(NormalizeAddressLine(value, "DE"), errors);
  Collect(NormalizeCountry(value), errors);
  Collect(NormalizeCurrency(value), errors);
  Collect(NormalizeDate(value), errors);
  Collect(NormalizeDateTime(value), errors);
  Collect(NormalizeTimeOfDay(value), errors);
  Collect(NormalizeEmail(value), errors);
  Collect(NormalizeLanguage(value), errors);
  Collect(NormalizePersonName(value), errors);
  Collect(NormalizePhone(value), errors);
  Collect(NormalizePhone(value, {.default_region = "US"}), errors);
  Collect(NormalizePostalCode(value, "US"), errors);
  Collect(NormalizeText(value), errors);
  Collect(NormalizeUrl(value), errors);
  Collect(NormalizeUsState(value), errors);
  Collect(NormalizeUuid(value), errors);
  return errors;
}

void ExpectNoneRepeats(const std::vector<Error>& errors) {
  for (const Error& error : errors) {
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(error.message.find("canary"), std::string::npos);
    EXPECT_EQ(error.message.find("7391"), std::string::npos);
    EXPECT_FALSE(error.reason.empty());
  }
}

TEST(NormalizerErrors, AreInvalidArgumentsThatNeverRepeatTheValue) {
  const std::vector<Error> errors = ErrorsOf("canary-7391@\x01");
  EXPECT_EQ(errors.size(), 14u);  // All but text and address lines, which take nearly anything.
  ExpectNoneRepeats(errors);
  const std::vector<Error> no_text = ErrorsOf("canary-7391@\xff");
  EXPECT_EQ(no_text.size(), 17u);
  ExpectNoneRepeats(no_text);
}

TEST(NormalizerErrors, AnyBytesHaveAnAnswer) {
  std::mt19937 random(20260103);
  const std::string likely = "+@.-:/0123456789aAzZ '\"<>()\xc3\xa9\xcc\x81\xe2\x80\x8d\xff ";
  for (int i = 0; i < 20000; ++i) {
    std::string value(random() % 40, ' ');
    for (char& c : value) {
      c = random() % 4 != 0 ? likely[random() % likely.size()] : static_cast<char>(random());
    }
    for (const Error& error : ErrorsOf(value)) {
      ASSERT_EQ(error.code, ErrorCode::kInvalidArgument);
    }
  }
}

TEST(NormalizerTables, AreBuiltAtOnce) { EXPECT_TRUE(BuildTables().ok()); }

}  // namespace
}  // namespace selfsame::normalize
