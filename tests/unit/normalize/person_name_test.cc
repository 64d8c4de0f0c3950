#include "server/normalize/person_name.h"

#include <gtest/gtest.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include "tests/support/data_dir.h"
#include "tests/unit/normalize/vectors.h"

namespace selfsame::normalize {
namespace {

using test::NormalizerVectors;

std::string Shown(std::string_view value, NamePart part = NamePart::kFull) {
  const auto name = NormalizePersonName(value, {.part = part});
  return name.ok() ? name->display : name.error().reason;
}

std::string KeyOf(std::string_view value) { return NormalizePersonName(value)->match_key; }

TEST(NormalizePersonName, CasesNamesAsTheirBearersDo) {
  for (const char* name : {"John McDonald",
                           "Sin\u00e9ad O'Neill",
                           "Vincent van Gogh",
                           "Ludwig van der Berg",
                           "Mary-Jane Smith-MacLeod",
                           "Henry VIII",
                           "J.R.R. Tolkien",
                           "Juan de la Cruz",
                           "Jean Le Pen",
                           "Mary O\u2019Brien",
                           "Antonio Machado",
                           "Sammy Davis Jr.",
                           "D'Angelo Russell",
                           "Bj\u00f6rn \u00c5ngstr\u00f6m",
                           "\u0391\u03bd\u03b4\u03c1\u03ad\u03b1\u03c2",
                           "Jinping Xi",
                           "Ng Wei",
                           "Mohammed bin Salman",
                           "St. John Rivers",
                           "TJ Maxwell"}) {
    std::string upper;
    std::string lower;
    icu::UnicodeString::fromUTF8(name).toUpper(icu::Locale::getEnglish()).toUTF8String(upper);
    icu::UnicodeString::fromUTF8(name).toLower(icu::Locale::getEnglish()).toUTF8String(lower);
    EXPECT_EQ(Shown(upper), name);
    EXPECT_EQ(Shown(lower), name);
    EXPECT_EQ(Shown(name), name);
  }
}

TEST(NormalizePersonName, MixedCaseIsHowSomebodyWritesIt) {
  for (const char* name : {"DeShawn", "bell Hooks", "Mackenzie MacKenzie", "LaToya", "Van Morrison",
                           "e. e. Cummings"}) {
    EXPECT_EQ(Shown(name), name);
  }
}

TEST(NormalizePersonName, ThePartDecidesAboutParticles) {
  EXPECT_EQ(Shown("BEN GURION", NamePart::kFamily), "ben Gurion");
  EXPECT_EQ(Shown("BEN JOHNSON"), "Ben Johnson");
  EXPECT_EQ(Shown("VAN", NamePart::kGiven), "Van");
  EXPECT_EQ(Shown("VON TRAPP", NamePart::kFamily), "von Trapp");
  EXPECT_EQ(Shown("VAN MORRISON"), "Van Morrison");
}

TEST(NormalizePersonName, ApostrophesOfAllKindsAreOne) {
  for (const char* mark :
       {"'", "`", "\u00b4", "\u02bb", "\u02bc", "\u2018", "\u2019", "\u2032", "\ua78c"}) {
    const std::string name = std::string("O") + mark + "Connor";
    EXPECT_EQ(Shown(std::string("O") + mark + "CONNOR", NamePart::kFamily), name);
    EXPECT_EQ(Shown(std::string("o") + mark + "connor", NamePart::kFamily), name);
    EXPECT_EQ(Shown(std::string("DAN") + mark + "EL"), std::string("Dan") + mark + "el");
    EXPECT_EQ(Shown(std::string(mark) + "AKAHI"), std::string(mark) + "Akahi");
    EXPECT_EQ(Shown(std::string("Kealoha ") + mark + "okina"),
              std::string("Kealoha ") + mark + "okina");
    EXPECT_EQ(KeyOf(name), "oconnor") << mark;
  }
  EXPECT_EQ(Shown("\u02bbokina"), "\u02bbOkina");
  EXPECT_EQ(Shown("\u02bfABD AL\u02bfAZIZ"), "\u02bfAbd Al\u02bfAziz");
  EXPECT_EQ(Shown("'T HOOFT", NamePart::kFamily), "'t Hooft");
  EXPECT_EQ(Shown("'s-gravenhage", NamePart::kFamily), "'s-Gravenhage");
  EXPECT_EQ(Shown("MATTHEW\u02bcS"), "Matthew\u02bcs");
}

TEST(NormalizePersonName, DottedAndDotlessLettersKeepTheirDots) {
  EXPECT_EQ(Shown("\u0130BRAH\u0130M", NamePart::kGiven), "\u0130brahim");
  EXPECT_EQ(Shown("\u0130BRAH\u0130M I\u015eIK"), "\u0130brahim I\u015f\u0131k");
  EXPECT_EQ(Shown("ibrahim \u0131\u015f\u0131k"), "\u0130brahim I\u015f\u0131k");
  EXPECT_EQ(Shown("IRIS MILLIS"), "Iris Millis");
  EXPECT_EQ(Shown("\u0130brahim"), "\u0130brahim");
}

TEST(NormalizePersonName, ASigmaIsFinalWhereverAWordEnds) {
  EXPECT_EQ(Shown("\u03a0\u0391\u03a0\u0391\u03a3."), "\u03a0\u03b1\u03c0\u03b1\u03c2.");
  EXPECT_EQ(Shown("\u03a0\u0391\u03a3-\u03a0\u0391\u03a3"),
            "\u03a0\u03b1\u03c2-\u03a0\u03b1\u03c2");
  EXPECT_EQ(Shown("\u03a3\u03a0\u0391\u03a3,"), "\u03a3\u03c0\u03b1\u03c2,");
  EXPECT_EQ(Shown("\u03a3."), "\u03a3.");
}

TEST(NormalizePersonName, AVietnameseMiddleNameIsNoParticle) {
  EXPECT_EQ(Shown("NGUYEN VAN AN"), "Nguyen Van An");
  EXPECT_EQ(Shown("tran van minh"), "Tran Van Minh");
  EXPECT_EQ(Shown("LUDWIG VAN BEETHOVEN"), "Ludwig van Beethoven");
  EXPECT_EQ(Shown("OSCAR DE LA HOYA"), "Oscar de la Hoya");
}

TEST(NormalizePersonName, OtherScriptsAreKept) {
  for (const char* name :
       {"\u5f20\u4f1f", "\u0645\u062d\u0645\u062f", "\u10d2\u10d8\u10dd\u10e0\u10d2\u10d8",
        "\u0928\u0930\u0947\u0928\u094d\u0926\u094d\u0930", "\u30ac\u30f3\u30c0\u30e0"}) {
    EXPECT_EQ(Shown(name), name);
    EXPECT_EQ(KeyOf(name), name);
  }
  EXPECT_EQ(Shown("\u0418\u0412\u0410\u041d"), "\u0418\u0432\u0430\u043d");
}

TEST(NormalizePersonName, IsComposedAndTidied) {
  EXPECT_EQ(Shown(" Jose\u0301 \t Garci\u0301a\u200b "), "Jos\u00e9 Garc\u00eda");
}

TEST(NormalizePersonName, KeysMeetWhereNamesAreOne) {
  EXPECT_EQ(KeyOf("Jos\u00e9 GARC\u00cdA"), "jose garcia");
  EXPECT_EQ(KeyOf("Se\u00e1n O\u2019Neill"), KeyOf("SEAN ONEILL"));
  EXPECT_EQ(KeyOf("Mary-Jane"), KeyOf("mary jane"));
  EXPECT_EQ(KeyOf("\u0141ukasz \u00d8rsted Stra\u00dfe"), "lukasz orsted strasse");
  EXPECT_NE(KeyOf("\u30ab"), KeyOf("\u30ac"));  // Voicing is no accent.
}

TEST(NormalizePersonName, RefusesWhatIsNoName) {
  for (const char* value : {"", " ", "12345", "---", "jane@x.io", "http://x.io", "\xff"}) {
    EXPECT_EQ(Shown(value), "NAME_INVALID") << value;
  }
  EXPECT_EQ(Shown(std::string(5000, 'a')), "NAME_INVALID");
}

TEST_F(NormalizerVectors, NamesAgree) {
  const auto path = selfsame::test::DataFile("vectors/name/namecase_tests.tsv");
  if (!path) GTEST_SKIP() << "no vectors/name";
  test::Tally tally("names");
  for (const auto& row : test::ReadTsv(*path)) {
    const NamePart part = row[0] == "full_name" ? NamePart::kFull : NamePart::kFamily;
    const std::string got = Shown(row[1], part);
    tally.Count(got == row[2], row[1] + " is " + row[2] + ": " + got);
  }
  tally.ExpectExceptions({});
}

}  // namespace
}  // namespace selfsame::normalize
