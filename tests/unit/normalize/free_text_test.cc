#include "server/normalize/free_text.h"

#include <gtest/gtest.h>

#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

std::string TextOf(std::string_view value) {
  const auto text = NormalizeText(value);
  return text.ok() ? *text : text.error().reason;
}

TEST(NormalizeText, KeepsWhatIsWritten) {
  for (const char* text :
       {"", "Two  spaces, a\ttab.\n\nAnd a paragraph!", "\u5f20\u4f1f \U0001f600",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  // Persian.
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",        // A family.
        "\u0600\u0661"}) {  // An Arabic number sign is a format character.
    EXPECT_EQ(TextOf(text), text);
  }
}

TEST(NormalizeText, IsComposed) { EXPECT_EQ(TextOf("Jose\u0301\u200b"), "Jos\u00e9"); }

TEST(NormalizeText, LineBreaksAreOneKind) {
  EXPECT_EQ(TextOf("a\r\nb\rc\nd\u2028e\u0085f\vg"), "a\nb\nc\nd\ne\nf\ng");
  EXPECT_EQ(TextOf("a\r\n\r\nb"), "a\n\nb");
}

TEST(NormalizeText, DropsWhatCannotBeSeen) {
  EXPECT_EQ(TextOf(std::string_view("a\0b\x01\x7f"
                                    "c",
                                    6)),
            "abc");
  EXPECT_EQ(TextOf("in\u202evoice\u202c \u2066x\u2069\u00ad \U000e0041"), "invoice x");
  EXPECT_EQ(TextOf("a\u200db"), "ab");  // No script of these letters has joiners.
}

TEST(NormalizeText, EndsAreTrimmed) {
  EXPECT_EQ(TextOf(" \n\u00a0 a b \t\r\n\u3000"), "a b");
  EXPECT_EQ(TextOf("\ufeff \n"), "");
}

TEST(NormalizeText, RefusesWhatIsNoText) {
  EXPECT_EQ(TextOf("\xff"), "TEXT_INVALID");
  EXPECT_EQ(TextOf(std::string(kFreeTextBytesMax, 'a')).size(), kFreeTextBytesMax);
  EXPECT_EQ(TextOf(std::string(kFreeTextBytesMax + 1, 'a')), "TEXT_INVALID");
}

TEST(NormalizeText, IsIdempotent) {
  for (const char* text : {" \u200b a\r\n ", "e\u200b\u0301", "\u202e\u0301 x"}) {
    EXPECT_EQ(TextOf(TextOf(text)), TextOf(text));
  }
}

TEST(TidyNfc, JoinersStayWhereAScriptNeedsThem) {
  EXPECT_EQ(TidyNfc(" \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 "),
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645");
  EXPECT_EQ(TidyNfc("a\u200cb"), "ab");
}

}  // namespace
}  // namespace selfsame::normalize
