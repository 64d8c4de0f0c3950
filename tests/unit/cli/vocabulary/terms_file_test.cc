#include "cli/vocabulary/terms_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace selfsame::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(TermsFileTest, TomlHasTermsWithTheirSynonyms) {
  const auto terms = ParseTermsToml(R"(
    [[term]]
    value = "pro"
    synonyms = ["professional", "Profi"]
    [[term]]
    value = "free"
  )");
  ASSERT_TRUE(terms.ok()) << terms.error().message;
  EXPECT_THAT(*terms, ElementsAre(Term{"pro", {"professional", "Profi"}}, Term{"free", {}}));
}

TEST(TermsFileTest, TomlThatIsSomethingElseIsRefusedWithItsLine) {
  for (const char* text :
       {"", "term = 5", "[[term]]\nvalue = 5", "[[term]]\nvalue = \"\"",
        "name = \"x\"\n[[term]]\nvalue = \"a\"", "[[term]]\nvalue = \"a\"\nsynonym = [\"b\"]",
        "[[term]]\nvalue = \"a\"\nsynonyms = \"b\"", "[[term]]\nvalue = \"a\"\nsynonyms = [1]",
        "[[term"}) {
    const auto terms = ParseTermsToml(text);
    ASSERT_FALSE(terms.ok()) << text;
    EXPECT_EQ(terms.error().reason, "TERMS_INVALID") << text;
  }
  EXPECT_THAT(ParseTermsToml("\n[[term]]\nvalue = \"a\"\ncolour = 1").error().message,
              HasSubstr("line 2"));
}

TEST(TermsFileTest, CsvRowsOfOneTermAddUp) {
  const auto terms =
      ParseTermsCsv("value,synonym\npro,professional,\"Pro, large\"\nfree,gratis,\npro,Profi\n");
  ASSERT_TRUE(terms.ok()) << terms.error().message;
  EXPECT_THAT(*terms, ElementsAre(Term{"pro", {"professional", "Pro, large", "Profi"}},
                                  Term{"free", {"gratis"}}));
}

TEST(TermsFileTest, CsvNeedsNoHeader) {
  const auto terms = ParseTermsCsv("pro,professional\n");
  ASSERT_TRUE(terms.ok());
  EXPECT_THAT(*terms, ElementsAre(Term{"pro", {"professional"}}));
}

TEST(TermsFileTest, CsvWithoutATermIsRefusedWithItsRow) {
  EXPECT_THAT(ParseTermsCsv("a,b\n,c\n").error().message, HasSubstr("row 2"));
  EXPECT_EQ(ParseTermsCsv("a,\"b\n").error().reason, "CSV_QUOTE_OPEN");
}

}  // namespace
}  // namespace selfsame::cli
