#include "server/normalize/vocabulary.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace selfsame::normalize {
namespace {

Vocabulary Plans() {
  const std::vector<VocabularyTerm> terms = {
      {"Caf\u00e9 Plus", {"cafe+", "CP", "\uff23\uff30-1"}},  // The last in full width.
      {"Free", {"Gratis", "\u7121\u6599", "Kostenlos"}},
      {"C++", {}},
  };
  return *Vocabulary::Make(terms);
}

std::string Meaning(const Vocabulary& vocabulary, std::string_view text) {
  const std::string* value = vocabulary.Find(text);
  return value == nullptr ? "nothing" : *value;
}

std::vector<std::string> ViolationsOf(std::span<const VocabularyTerm> terms) {
  const auto made = Vocabulary::Make(terms);
  if (made.ok()) return {};
  EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(made.error().reason, "VOCABULARY_INVALID");
  std::vector<std::string> violations;
  for (const Violation& violation : made.error().violations) {
    violations.push_back(violation.field + " " + violation.reason);
  }
  return violations;
}

TEST(Vocabulary, CaseAccentsWidthAndWhiteSpaceDoNotCount) {
  const Vocabulary plans = Plans();
  EXPECT_EQ(plans.size(), 3u);
  for (const char* text : {"Caf\u00e9 Plus", "CAFE  PLUS", " cafe\u0301\u00a0plus\n", "cp",
                           "\uff23\uff30", "Cafe+", "cp-1"}) {
    EXPECT_EQ(Meaning(plans, text), "Caf\u00e9 Plus") << text;
  }
  EXPECT_EQ(Meaning(plans, "\u7121\u6599"), "Free");
}

TEST(Vocabulary, PunctuationCounts) {
  const Vocabulary plans = Plans();
  EXPECT_EQ(Meaning(plans, "c++"), "C++");
  EXPECT_EQ(Meaning(plans, "C"), "nothing");
  EXPECT_EQ(Meaning(plans, "CP1"), "nothing");
}

TEST(Vocabulary, WhatItDoesNotHoldMeansNothing) {
  const Vocabulary plans = Plans();
  for (const std::string& text :
       {std::string(), std::string(" "), std::string("Gold"), std::string("\xff"),
        std::string("Free\0", 5) + "x", std::string(100'000, 'a')}) {
    EXPECT_EQ(plans.Find(text), nullptr);
  }
}

TEST(Vocabulary, AnswersStayValidWhenItIsMoved) {
  Vocabulary plans = Plans();
  const std::string* before = plans.Find("free");
  const Vocabulary moved = std::move(plans);
  EXPECT_EQ(moved.Find("GRATIS"), before);
}

TEST(Vocabulary, EveryViolationIsReportedAtOnce) {
  const std::vector<VocabularyTerm> terms = {
      {"Gold", {"G", "", "silver"}},
      {" GOLD ", {}},
      {"Silver", {"g", std::string(kVocabularyTextBytesMax + 1, 'x')}},
      {"\xff", {"\u200b"}},
  };
  const std::vector<std::string> expected = {
      "terms[1].value TERM_REPEATED",        "terms[3].value TERM_NOT_UTF8",
      "terms[0].synonyms[1] TERM_EMPTY",     "terms[0].synonyms[2] TERM_AMBIGUOUS",
      "terms[2].synonyms[0] TERM_AMBIGUOUS", "terms[2].synonyms[1] TERM_TOO_LONG",
      "terms[3].synonyms[0] TERM_EMPTY",
  };
  EXPECT_EQ(ViolationsOf(terms), expected);
}

TEST(Vocabulary, ASynonymMayRepeatItsOwnTerm) {
  const std::vector<VocabularyTerm> terms = {{"Gold", {"gold", "GOLD", "au", "Au"}}};
  EXPECT_EQ(ViolationsOf(terms), std::vector<std::string>{});
}

TEST(Vocabulary, MessagesNameTheEarlierTextAndNeverRepeatIt) {
  const std::vector<VocabularyTerm> terms = {{"x", {"canary"}}, {"y", {"CANARY"}}};
  const auto made = Vocabulary::Make(terms);
  ASSERT_EQ(made.error().violations.size(), 1u);
  const std::string& message = made.error().violations[0].message;
  EXPECT_NE(message.find("terms[0].synonyms[0]"), std::string::npos);
  EXPECT_EQ(message.find("anary"), std::string::npos);
}

TEST(Vocabulary, SizesAreBounded) {
  EXPECT_EQ(ViolationsOf({}), std::vector<std::string>{"terms TERMS_REQUIRED"});
  std::vector<VocabularyTerm> terms(kVocabularyTermsMax + 1);
  terms[0].synonyms.resize(kVocabularySynonymsMax + 1);
  EXPECT_EQ(ViolationsOf(terms),
            (std::vector<std::string>{"terms TOO_MANY_TERMS", "terms TOO_MANY_SYNONYMS"}));
  terms.pop_back();
  terms[0].synonyms.clear();
  EXPECT_EQ(ViolationsOf(terms).size(), kVocabularyViolationsMax);
}

TEST(Vocabulary, HoldsAsManyTermsAsItSays) {
  std::vector<VocabularyTerm> terms(kVocabularyTermsMax);
  for (std::size_t i = 0; i < terms.size(); ++i) terms[i].value = "SKU-" + std::to_string(i);
  const Vocabulary skus = *Vocabulary::Make(terms);
  EXPECT_EQ(Meaning(skus, "sku-9999"), "SKU-9999");
  EXPECT_EQ(Meaning(skus, "sku-10000"), "nothing");
}

}  // namespace
}  // namespace selfsame::normalize
