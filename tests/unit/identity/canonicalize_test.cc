#include "identity/canonicalize.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "identity/node_id.h"
#include "identity/ruleset.h"

namespace selfsame::identity {
namespace {

TEST(NormalizeText, KeepsCase) { EXPECT_EQ(NormalizeText("AbC-1"), "AbC-1"); }

TEST(NormalizeText, TrimsWhiteSpaceAndDropsInvisibleCharacters) {
  EXPECT_EQ(NormalizeText(" \t\u00a0a\u200bb\ufeff \n"), "ab");
  EXPECT_EQ(NormalizeText("\u202ac-1\u202c\u200e"), "c-1");
  EXPECT_EQ(NormalizeText("\u200b"), "");
}

TEST(NormalizeText, WidthAndCompositionDoNotMatter) {
  EXPECT_EQ(NormalizeText("\uff21\uff11"), "A1");  // Full width.
  EXPECT_EQ(NormalizeText("e\u0301"), "\u00e9");   // e + acute.
  EXPECT_EQ(NormalizeText("e\u200b\u0301"), "\u00e9");
}

TEST(IsUtf8, TellsWellFormedFromTheRest) {
  EXPECT_TRUE(IsUtf8("plain, \u00e9\U0001f600"));
  EXPECT_FALSE(IsUtf8("\xff"));
  EXPECT_FALSE(IsUtf8("\xc0\x80"));      // Overlong.
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));  // A surrogate.
  EXPECT_FALSE(IsUtf8("\xe2\x82"));      // Cut off.
}

constexpr const char* kNobody[] = {"null",
                                   "NULL",
                                   "\"undefined\"",
                                   "'null'",
                                   "0",
                                   "--",
                                   "Anonymous",
                                   "{{user_id}}",
                                   "00000000-0000-0000-0000-000000000000",
                                   "[object Object]",
                                   "#N/A",
                                   "#REF!",
                                   "#VALUE!",
                                   "#NAME?",
                                   "#NULL!",
                                   "#NUM!",
                                   "#DIV/0!",
                                   "#NV",
                                   "#WERT!",
                                   "#\u00a1VALOR!",
                                   "#ERROR!",
                                   "#SPILL!",
                                   "Err:502",
                                   "<nil>",
                                   "(not set)",
                                   "(none)",
                                   "NaT",
                                   "<NA>",
                                   "N.A.",
                                   "n.a",
                                   "\u201cnull\u201d",
                                   "\u00abnull\u00bb",
                                   "\u2018None\u2019",
                                   "`null`",
                                   "'null",
                                   "Optional(nil)",
                                   "Optional(\"null\")",
                                   "[object Undefined]",
                                   "[object Array]",
                                   "{% user_id %}",
                                   "*|EMAIL|*",
                                   "[[user]]",
                                   "<%= id %>",
                                   "%%user%%",
                                   "#{id}",
                                   "{user_id}",
                                   "null@null.com",
                                   "undefined@undefined.com",
                                   "1.23E+15",
                                   "4.5E+12",
                                   "1,23E+15",
                                   "1E+15",
                                   "-nan",
                                   "NaN(ind)",
                                   "nullnull",
                                   "null null",
                                   "xxx",
                                   "XXXX",
                                   "zzzz",
                                   "11111111",
                                   "...",
                                   "?",
                                   "***",
                                   "\u041d\u0415\u0422",
                                   "unbekannt",
                                   "((null))",
                                   "\\N"};

TEST(BlockedValues, NobodysNamesAreBlockedInAnyCaseAndWrapping) {
  for (const char* value : kNobody) {
    EXPECT_TRUE(DefaultRuleset().blocked->Blocks("customer_id", value)) << value;
  }
}

TEST(BlockedValues, ValuesThatOnlyLookLikeThemAreNot) {
  for (const char* value : {"1",
                            "42",
                            "user_1",
                            "00123",
                            "0a",
                            "null-user",
                            "-10",
                            "anonymous-7f3a",
                            "1111",
                            "#1234",
                            "12e4",
                            "1e5",
                            "3f2e10",
                            "x",
                            "xx",
                            "(1)",
                            "{3f2b0c1d-0000-4000-8000-00000000000a}",
                            "Optional(17)",
                            "[17]",
                            "nully",
                            "nan-1",
                            "Nathan",
                            "null@shop.example",
                            "C-1.5",
                            "a@b.com",
                            "email-1",
                            "E+15",
                            "NA-1",
                            "idx",
                            "ada@x.com",
                            "\u674e\u660e",
                            "O'Neill",
                            "\"C1\""}) {
    EXPECT_FALSE(DefaultRuleset().blocked->Blocks("customer_id", value)) << value;
  }
}

TEST(NodeId, DependsOnKeyKindAndValueAndOnNothingElse) {
  const std::string key(32, 'k'), other(32, 'o');
  EXPECT_EQ(NodeIdOf(key, "email", "a@b.c"), NodeIdOf(key, "email", "a@b.c"));
  EXPECT_NE(NodeIdOf(key, "email", "a@b.c"), NodeIdOf(other, "email", "a@b.c"));
  EXPECT_NE(NodeIdOf(key, "email", "a@b.c"), NodeIdOf(key, "phone", "a@b.c"));
  EXPECT_NE(NodeIdOf(key, "a", "bc"), NodeIdOf(key, "ab", "c"));
}

}  // namespace
}  // namespace selfsame::identity
