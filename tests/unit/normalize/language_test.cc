#include "server/normalize/language.h"

#include <gtest/gtest.h>

namespace selfsame::normalize {
namespace {

std::string LanguageOf(std::string_view value) {
  const auto language = NormalizeLanguage(value);
  return language.ok() ? language->tag : language.error().reason;
}

TEST(NormalizeLanguage, TakesCodesAndGivesTheShortest) {
  for (const char* value : {"de", "DE", "deu", "ger", " de "}) EXPECT_EQ(LanguageOf(value), "de");
  EXPECT_EQ(LanguageOf("iw"), "he");
  EXPECT_EQ(LanguageOf("haw"), "haw");
}

TEST(NormalizeLanguage, WritesTagsAsBcp47Does) {
  EXPECT_EQ(LanguageOf("EN_us"), "en-US");
  EXPECT_EQ(LanguageOf("zh-hant-tw"), "zh-Hant-TW");
  EXPECT_EQ(LanguageOf("en_US.UTF-8"), "en-US");
  EXPECT_EQ(LanguageOf("de_DE@euro"), "de-DE");
  EXPECT_EQ(LanguageOf("es-419"), "es-419");
  EXPECT_EQ(LanguageOf("de-CH-1996"), "de-CH");
  EXPECT_EQ(LanguageOf("de-DE-u-co-phonebk"), "de-DE");
}

TEST(NormalizeLanguage, TakesNamesInAnyLanguage) {
  for (const char* value :
       {"German", "Deutsch", "allemand", "alem\u00e1n", "\u30c9\u30a4\u30c4\u8a9e"}) {
    EXPECT_EQ(LanguageOf(value), "de") << value;
  }
  EXPECT_EQ(LanguageOf("Castilian"), "es");
  EXPECT_EQ(LanguageOf("Chinese (Traditional)"), "zh-Hant");
  EXPECT_EQ(LanguageOf("Ghotuo"), "aaa");
}

TEST(NormalizeLanguage, RefusesTheRest) {
  for (const char* value : {"", "qq", "en-QQ", "en-Abcd", "Klingonese", "\xff", "en--US", "-"}) {
    EXPECT_EQ(LanguageOf(value), "LANGUAGE_UNKNOWN") << value;
  }
}

}  // namespace
}  // namespace selfsame::normalize
