#include "server/normalize/country.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/data_dir.h"
#include "tests/unit/normalize/vectors.h"

namespace selfsame::normalize {
namespace {

using test::NormalizerVectors;

std::string CountryOf(std::string_view value) {
  const auto country = NormalizeCountry(value);
  return country.ok() ? country->alpha2 : country.error().reason;
}

TEST(NormalizeCountry, TakesCodesOfAllThreeKinds) {
  for (const char* value : {"DE", "de", " DEU ", "276"}) EXPECT_EQ(CountryOf(value), "DE") << value;
  EXPECT_EQ(CountryOf("NA"), "NA");  // Namibia, not "not available".
  EXPECT_EQ(CountryOf("XK"), "XK");
}

TEST(NormalizeCountry, TakesNamesInAnyLanguageAndSpelling) {
  for (const char* value : {"Germany", "GERMANY", "Deutschland", "Allemagne", "\u30c9\u30a4\u30c4",
                            "\u0413\u0435\u0440\u043c\u0430\u043d\u0438\u044f", "Almanya",
                            "Federal Republic of Germany"}) {
    EXPECT_EQ(CountryOf(value), "DE") << value;
  }
  for (const char* value : {"C\u00f4te d\u2019Ivoire", "Cote d'Ivoire", "COTE DIVOIRE"}) {
    EXPECT_EQ(CountryOf(value), "CI") << value;
  }
  EXPECT_EQ(CountryOf("the Netherlands"), "NL");
  EXPECT_EQ(CountryOf("Trinidad & Tobago"), "TT");
  EXPECT_EQ(CountryOf("St. Lucia"), "LC");
  EXPECT_EQ(CountryOf("Korea, Republic of"), "KR");
  EXPECT_EQ(CountryOf("Republic of Korea"), "KR");
}

TEST(NormalizeCountry, KnowsWhatPeopleWrite) {
  EXPECT_EQ(CountryOf("EIRE"), "IE");
  EXPECT_EQ(CountryOf("RSA"), "ZA");
  EXPECT_EQ(CountryOf("UK"), "GB");
  EXPECT_EQ(CountryOf("U.K."), "GB");
  EXPECT_EQ(CountryOf("U.S.A."), "US");
  EXPECT_EQ(CountryOf("Scotland"), "GB");
  EXPECT_EQ(CountryOf("Holland"), "NL");
}

TEST(NormalizeCountry, ReadsWhatIsSaidTwiceOrTheWrongWayRound) {
  EXPECT_EQ(CountryOf("Great Britain (UK)"), "GB");
  EXPECT_EQ(CountryOf("United States (USA)"), "US");
  EXPECT_EQ(CountryOf("Gambia, The"), "GM");
  EXPECT_EQ(CountryOf("Korea, North"), "KP");
  EXPECT_EQ(CountryOf("Samoa, American"), "AS");
  EXPECT_EQ(CountryOf("Samoa (American)"), "AS");
  EXPECT_EQ(CountryOf("Germany (France)"), "COUNTRY_UNKNOWN");
}

TEST(NormalizeCountry, SaysWhenAnameIsNotOneCountry) {
  for (const char* value : {"Korea", "Congo", "Channel Islands", "Virgin Islands"}) {
    EXPECT_EQ(CountryOf(value), "COUNTRY_AMBIGUOUS") << value;
  }
  for (const char* value : {"Unspecified", "unknown", "N/A", "ZZ"}) {
    EXPECT_EQ(CountryOf(value), "COUNTRY_UNSPECIFIED") << value;
  }
  for (const char* value : {"European Community", "EU", "Africa", "World"}) {
    EXPECT_EQ(CountryOf(value), "COUNTRY_NOT_A_COUNTRY") << value;
  }
  for (const char* value : {"", "  ", "Atlantis", "\xff", "QQ", "999", "---"}) {
    EXPECT_EQ(CountryOf(value), "COUNTRY_UNKNOWN") << value;
  }
}

TEST(NormalizeCountry, WithdrawnNamesAreTheirOneSuccessor) {
  EXPECT_EQ(CountryOf("Burma"), "MM");
  EXPECT_EQ(CountryOf("DDR"), "DE");
  EXPECT_EQ(CountryOf("ZAR"), "CD");
  EXPECT_EQ(CountryOf("Upper Volta"), "BF");
  EXPECT_EQ(CountryOf("SUN"), "COUNTRY_AMBIGUOUS");
  EXPECT_EQ(CountryOf("YU"), "COUNTRY_AMBIGUOUS");
  EXPECT_EQ(CountryOf("Serbia and Montenegro"), "COUNTRY_AMBIGUOUS");
}

TEST_F(NormalizerVectors, IsoCountriesAreKnownWhole) {
  const auto path = selfsame::test::DataFile("vectors/country/iso_3166-1.json");
  if (!path) GTEST_SKIP() << "no vectors/country";
  test::Tally tally("ISO 3166-1");
  const nlohmann::json iso = test::ReadJson(*path);
  for (const auto& entry : iso["3166-1"]) {
    for (const char* field : {"alpha_2", "alpha_3", "numeric", "name", "official_name"}) {
      if (!entry.contains(field)) continue;
      tally.Count(CountryOf(entry[field].get<std::string>()) == entry["alpha_2"], entry[field]);
    }
  }
  tally.ExpectExceptions({{"Congo: CG to ISO, CD to most people", {"Congo"}}});
}

// Never a wrong country, but for two rows in which the list itself is mistaken.
TEST_F(NormalizerVectors, CountriesInSixteenLanguagesAgreeOrAreUnknown) {
  const auto path = selfsame::test::DataFile("vectors/country/country_names_16langs.tsv");
  if (!path) GTEST_SKIP() << "no vectors/country";
  test::Tally tally("country names, 16 languages");
  std::map<std::string, int> unknown;
  std::set<std::string> other;
  for (const auto& row : test::ReadTsv(*path)) {
    const std::string got = CountryOf(row[0]);
    tally.Count(got == row[2], row[0]);
    if (got == "COUNTRY_UNKNOWN") {
      ++unknown[row[1]];
    } else if (got != row[2]) {
      other.insert(row[1] + " " + row[0] + " is " + row[2] + ": " + got);
    }
  }
  const std::set<std::string> expected = {
      // Two countries have this name.
      "en Congo is CG: COUNTRY_AMBIGUOUS", "en Congo is CD: COUNTRY_AMBIGUOUS",
      "es Congo is CG: COUNTRY_AMBIGUOUS", "de Kongo is CD: COUNTRY_AMBIGUOUS",
      "pl Kongo is CG: COUNTRY_AMBIGUOUS", "pt Guiana is GY: COUNTRY_AMBIGUOUS",
      "ru \u0413\u0432\u0438\u0430\u043d\u0430 is GF: COUNTRY_AMBIGUOUS",
      // The list is mistaken: this is the Democratic Republic, and the French part.
      "pt Rep\u00fablica Democr\u00e1tica do Congo is CG: CD", "pt S\u00e3o Martinho is SX: MF"};
  EXPECT_EQ(other, expected);
  // Wordings that neither CLDR nor ISO's translators use: official names in Dutch, older spellings
  // in Korean and Greek, and islands and territories nearly everywhere else.
  const std::map<std::string, int> unknown_expected = {
      {"ar", 30}, {"el", 34}, {"en", 1}, {"es", 8},  {"fr", 1}, {"it", 9}, {"ja", 18},
      {"ko", 46}, {"nl", 31}, {"pt", 4}, {"ru", 18}, {"sv", 9}, {"tr", 8}, {"zh", 7}};
  EXPECT_EQ(unknown, unknown_expected);
  int unknown_total = 0;
  for (const auto& [language, count] : unknown) unknown_total += count;
  tally.Explain("wordings that neither CLDR nor iso-codes has", unknown_total);
  tally.Explain("names of two countries", 7);
  tally.Explain("mistakes of the list", 2);
}

}  // namespace
}  // namespace selfsame::normalize
