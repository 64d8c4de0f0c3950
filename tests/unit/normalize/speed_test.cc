// Prints what a call costs. Asserts no time: the machine may be shared.
#include <gtest/gtest.h>

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
#include "server/normalize/url.h"
#include "server/normalize/uuid.h"
#include "server/normalize/vocabulary.h"
#include "tests/unit/normalize/vectors.h"

namespace selfsame::normalize {
namespace {

template <typename Call>
void Measure(const std::string& name, Call call) {
  int ok = 0;
  test::PrintTime(name, [&] { ok += call().ok() ? 1 : 0; });
  EXPECT_GT(ok, 0) << name;
}

TEST(NormalizerSpeed, IsPrinted) {
  Measure("phone international", [] { return NormalizePhone("+44 20 7946 0958"); });
  Measure("phone, other plan", [] { return NormalizePhone("+61 412 345 678"); });
  Measure("phone with extension", [] { return NormalizePhone("+44 20 7946 0958 ext. 5"); });
  Measure("phone national",
          [] { return NormalizePhone("(201) 555-0123", {.default_region = "US"}); });
  Measure("e-mail", [] { return NormalizeEmail(" Jane.Doe+news@GMail.com"); });
  Measure("country", [] { return NormalizeCountry("United Kingdom"); });
  Measure("country, accents", [] { return NormalizeCountry("C\u00f4te d\u2019Ivoire"); });
  Measure("person name", [] { return NormalizePersonName("SIOBHAN VAN DER BERG-MCDONALD"); });
  Measure("person name, accents", [] { return NormalizePersonName("JOS\u00c9 GARC\u00cdA"); });
  Measure("currency", [] { return NormalizeCurrency("Schweizer Franken"); });
  Measure("language", [] { return NormalizeLanguage("zh_Hant_TW"); });
  Measure("uuid", [] { return NormalizeUuid("2EB8AA08-AA98-11EA-B4AA-73B441D16380"); });
  Measure("postal code", [] { return NormalizePostalCode("sw1a1aa", "GB"); });
  Measure("url", [] { return NormalizeUrl("HTTPS://Example.com:443/a/../b?q=1"); });
  Measure("date", [] { return NormalizeDate("2020-04-03"); });
  Measure("date-time", [] { return NormalizeDateTime("1990-12-31T15:59:50.123-08:00"); });
  const std::vector<VocabularyTerm> terms = {{"Gold", {"Or"}}, {"Caf\u00e9", {}}};
  const Vocabulary plans = *Vocabulary::Make(terms);
  const auto find = [&](std::string_view text) {
    const std::string* value = plans.Find(text);
    return value == nullptr ? Result<std::string>(Error{}) : Result<std::string>(*value);
  };
  Measure("vocabulary", [&] { return find(" GOLD "); });
  Measure("vocabulary, accents", [&] { return find("CAF\u00c9"); });
  Measure("address, US",
          [] { return NormalizeAddressLine("123 North Main Street, Apartment 4b", "US"); });
  Measure("address, elsewhere", [] { return NormalizeAddressLine("12 Hauptstra\u00dfe", "DE"); });
  Measure("free text", [] { return NormalizeText("It came late, but the colour is lovely."); });
  Measure("e-mail, IDN", [] { return NormalizeEmail("info@B\u00fccher.example"); });
}

}  // namespace
}  // namespace selfsame::normalize
