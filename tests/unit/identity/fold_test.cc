#include "identity/fold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "identity/fold_values.h"
#include "tests/support/seed.h"

namespace selfsame::identity {
namespace {

using enum ClaimOperation;

Claim At(int time, std::string value, ClaimOperation operation = kSet, int trust = 1) {
  return {.trust_priority = trust,
          .event_time = TimeUs{time},
          .source = SourceId{1},
          .key = "k" + std::to_string(time) + value,
          .record_id = {},
          .value = std::move(value),
          .operation = operation};
}

// The value as folded; empty when there is none.
std::string ValueOf(Survivorship rule, const std::vector<Claim>& claims) {
  const auto folded = FoldField(rule, claims);
  return folded && folded->HasValue() ? folded->claim.value : "";
}
std::string Latest(const std::vector<Claim>& claims) {
  return ValueOf(Survivorship::kLatest, claims);
}

TEST(Fold, TheMoreTrustedSourceThenTheLatestTimeWins) {
  EXPECT_EQ(Latest({At(1, "1"), At(9, "2", kSet, 5)}), "1");
  EXPECT_EQ(Latest({At(9, "1"), At(3, "2")}), "1");
  EXPECT_EQ(Latest({}), "");
}

// A sender can tell which of two records of one time wins, by what they say.
TEST(Fold, TiesGoToTheGreaterValueWhoeverSaysIt) {
  Claim one = At(1, "\"Leeds\"");
  Claim two = At(1, "\"York\"");
  one.source = SourceId{2};
  one.key = "z";
  for (const auto rule :
       {Survivorship::kLatest, Survivorship::kEarliest, Survivorship::kMostFrequent}) {
    EXPECT_EQ(ValueOf(rule, {one, two}), "\"York\"") << SurvivorshipName(rule);
    EXPECT_EQ(ValueOf(rule, {two, one}), "\"York\"") << SurvivorshipName(rule);
  }
  EXPECT_EQ(Latest({At(1, "9"), At(1, "10")}), "10");
  EXPECT_EQ(ValueOf(Survivorship::kLongest, {At(1, "\"aa\""), At(1, "\"bb\"")}), "\"bb\"");
}

TEST(Fold, OfOneTimeAnUnsetComesFirstAndChangesLast) {
  EXPECT_EQ(Latest({At(1, "null", kUnset), At(1, "5")}), "5");
  EXPECT_EQ(Latest({At(1, "5"), At(1, "2", kAdd)}), "7");
  EXPECT_EQ(Latest({At(1, "[1]"), At(1, "[2]", kRemove), At(1, "[2]", kAppend)}), "[1]");
}

TEST(Fold, OfClaimsThatSayTheSameTheFirstInOrderIsNamed) {
  Claim one = At(1, "7");
  Claim two = At(1, "7");
  one.key = "b";
  two.key = "a";
  for (const auto rule : {Survivorship::kLatest, Survivorship::kEarliest, Survivorship::kMin,
                          Survivorship::kMax, Survivorship::kMostFrequent, Survivorship::kUnion}) {
    EXPECT_EQ(FoldField(rule, std::vector{one, two})->claim.key, "a") << SurvivorshipName(rule);
    EXPECT_EQ(FoldField(rule, std::vector{two, one})->claim.key, "a") << SurvivorshipName(rule);
    EXPECT_EQ(FoldField(rule, std::vector{two, one})->claim.source, SourceId{1});
    two.source = SourceId{2};
    EXPECT_EQ(FoldField(rule, std::vector{two, one})->claim.key, "b") << SurvivorshipName(rule);
    two.source = SourceId{1};
  }
  EXPECT_EQ(ValueOf(Survivorship::kEarliest, {At(2, "1"), At(1, "2")}), "2");
}

TEST(Fold, TheLatestValueIsNamedByTheClaimSinceWhichItHolds) {
  const auto since = [](std::vector<Claim> claims) {
    return FoldField(Survivorship::kLatest, claims)->claim.event_time.us;
  };
  EXPECT_EQ(since({At(1, "1"), At(5, "1"), At(9, "1")}), 1);
  EXPECT_EQ(since({At(1, "1"), At(3, "2"), At(5, "1"), At(9, "1")}), 5);
  EXPECT_EQ(since({At(1, "1"), At(3, "null", kUnset), At(5, "1")}), 5);
  EXPECT_EQ(since({At(1, "1"), At(3, "null", kUnset), At(5, "null", kUnset)}), 3);
  // A source that is trusted less interrupts nothing, and begins nothing.
  EXPECT_EQ(since({At(1, "1"), At(3, "2", kSet, 9), At(5, "1")}), 1);
  EXPECT_EQ(since({At(1, "1", kSet, 9), At(5, "1")}), 5);
}

TEST(Fold, TheMostFrequentValueOfATieIsTheOneSaidLast) {
  const std::vector<Claim> tie = {At(1, "1"), At(2, "2"), At(3, "2"), At(4, "1")};
  EXPECT_EQ(ValueOf(Survivorship::kMostFrequent, tie), "1");
  EXPECT_EQ(FoldField(Survivorship::kMostFrequent, tie)->claim.event_time, TimeUs{1});
  EXPECT_EQ(ValueOf(Survivorship::kMostFrequent, {At(1, "1"), At(2, "2"), At(4, "2"), At(4, "1")}),
            "2");
}

TEST(Fold, AUnionIsNamedByTheClaimThatCompletedIt) {
  const auto folded = FoldField(
      Survivorship::kUnion, std::vector{At(1, "[1]"), At(2, "[2,1]"), At(3, "[1]"), At(9, "2")});
  EXPECT_EQ(folded->claim.value, "[1,2]");
  EXPECT_EQ(folded->claim.event_time, TimeUs{2});
}

TEST(Fold, WhatIsDerivedComesAndGoesWithItsClaim) {
  Claim with = At(1, "\"+1\"");
  with.derived = R"({"phone_extension":"101"})";
  const auto derived = [](const std::vector<Claim>& claims) {
    Attributes attributes;
    attributes.emplace("phone", *FoldField(Survivorship::kLatest, claims));
    const auto values = DerivedOf(attributes);
    return values.empty() ? "" : values.at("phone_extension").value;
  };
  EXPECT_EQ(derived({with}), "\"101\"");
  EXPECT_EQ(derived({with, At(2, "\"+2\"")}), "");
  EXPECT_EQ(derived({with, At(2, "\"+1\"")}), "");  // The same number, without.
  EXPECT_EQ(derived({with, At(2, "null", kUnset)}), "");
  EXPECT_EQ(derived({with, At(0, "\"+2\"")}), "\"101\"");
  Attributes attributes;
  attributes.emplace("phone", *FoldField(Survivorship::kLatest, std::vector{with}));
  attributes.emplace("phone_extension",
                     *FoldField(Survivorship::kLatest, std::vector{At(0, "\"7\"")}));
  EXPECT_TRUE(DerivedOf(attributes).empty());  // Somebody says what it is.
}

// As protobuf's JSON has them.
TEST(Fold, SixtyFourBitIntegersAreNumbersAndStayTexts) {
  EXPECT_EQ(ValueOf(Survivorship::kMax, {At(1, R"("9")"), At(2, R"("10")")}), R"("10")");
  EXPECT_EQ(ValueOf(Survivorship::kMin, {At(1, R"("-9")"), At(2, R"("-10")")}), R"("-10")");
  EXPECT_EQ(ValueOf(Survivorship::kMax,
                    {At(1, R"("9223372036854775806")"), At(2, R"("9223372036854775807")")}),
            R"("9223372036854775807")");
  EXPECT_EQ(Latest({At(1, R"("7")"), At(2, R"("5")", kAdd)}), R"("12")");
  EXPECT_EQ(ValueOf(Survivorship::kSum, {At(1, R"("18446744073709551614")"), At(2, R"("1")")}),
            R"("18446744073709551615")");
  // Texts that only look like numbers, such as postal codes.
  EXPECT_EQ(ValueOf(Survivorship::kMin, {At(1, R"("02134")"), At(2, R"("9")")}), R"("9")");
  EXPECT_EQ(ValueOf(Survivorship::kMax, {At(1, R"("02134")"), At(2, R"("01")")}), R"("02134")");
}

TEST(Fold, AnUnsetStandsAgainstWhatIsOlder) {
  EXPECT_EQ(Latest({At(1, "1"), At(2, "null", kUnset)}), "");
  EXPECT_EQ(Latest({At(3, "1"), At(2, "null", kUnset)}), "1");
  EXPECT_EQ(ValueOf(Survivorship::kMax, {At(1, "9"), At(2, "null", kUnset), At(3, "4")}), "4");
}

TEST(Fold, SetOnceOnlyFills) {
  EXPECT_EQ(Latest({At(5, "1", kSetOnce), At(3, "2", kSetOnce)}), "2");
  EXPECT_EQ(Latest({At(1, "1", kSetOnce), At(9, "2")}), "2");
  EXPECT_EQ(Latest({At(9, "1", kSetOnce), At(1, "2")}), "2");
  EXPECT_EQ(Latest({At(1, "1", kSetOnce), At(2, "null", kUnset)}), "");
  EXPECT_EQ(Latest({At(3, "1", kSetOnce), At(2, "null", kUnset)}), "1");
}

TEST(Fold, AdditionsCountFromWhatWasSet) {
  EXPECT_EQ(Latest({At(1, "10"), At(2, "5", kAdd), At(3, "-2.5", kAdd)}), "12.5");
  EXPECT_EQ(Latest({At(5, "10"), At(2, "5", kAdd)}), "10");
  EXPECT_EQ(Latest({At(2, "5", kAdd), At(3, "\"7\"", kAdd)}), "\"12\"");
  EXPECT_EQ(Latest({At(1, "3", kSetOnce), At(2, "5", kAdd)}), "8");
}

TEST(Fold, ElementsComeAndGo) {
  EXPECT_EQ(Latest({At(1, "[1,2]"), At(2, "[2,3]", kAppend), At(3, "[1]", kRemove)}), "[2,3]");
  EXPECT_EQ(Latest({At(3, "[1]", kRemove), At(2, "[1]", kAppend)}), "[]");
  EXPECT_EQ(Latest({At(3, "[9]"), At(2, "[1]", kAppend)}), "[9]");
}

TEST(Fold, EachRuleTakesItsOwn) {
  const std::vector<Claim> claims = {At(1, "3"), At(2, "10"), At(3, "1"), At(4, "10"), At(5, "4")};
  EXPECT_EQ(ValueOf(Survivorship::kEarliest, claims), "3");
  EXPECT_EQ(ValueOf(Survivorship::kMin, claims), "1");
  EXPECT_EQ(ValueOf(Survivorship::kMax, claims), "10");
  EXPECT_EQ(ValueOf(Survivorship::kMostFrequent, claims), "10");
  EXPECT_EQ(ValueOf(Survivorship::kUnion, claims), "[1,3,4,10]");
  EXPECT_EQ(ValueOf(Survivorship::kSum, claims), "28");
  EXPECT_EQ(ValueOf(Survivorship::kLongest, {At(1, "\"\u00e4\u00e4\u00e4\""), At(2, "\"four\"")}),
            "\"four\"");
}

TEST(Fold, SumsDoNotDependOnTheOrder) {
  const std::string_view forward[] = {"0.1", "0.2", "0.3", "1e15"};
  const std::string_view backward[] = {"1e15", "0.3", "0.2", "0.1"};
  EXPECT_EQ(SumOf(forward), SumOf(backward));
  const std::string_view small[] = {"0.1", "0.2"};
  EXPECT_EQ(SumOf(small), "0.3");
}

TEST(Fold, WhatIsKeptOfASumIsAllOfIt) {
  for (const char* number : {"0", "-0.000000001", "1e18", "-1e18", "123.456"}) {
    ExactSum sum;
    for (int i = 0; i < 1'000; ++i) sum.Add(number);
    const auto kept = ExactSum::FromExact(sum.Exact());
    ASSERT_TRUE(kept.has_value()) << number;
    EXPECT_EQ(*kept, sum) << number;
  }
  for (const char* wrong : {"", "-", "1.5", "+1", "1e3", " 1"}) {
    EXPECT_FALSE(ExactSum::FromExact(wrong).has_value()) << wrong;
  }
  EXPECT_FALSE(ExactSum::FromExact(std::string(39, '9')).has_value());
}

TEST(Fold, SumsPastSixtyFourBitsStayOnTheirSideOfZero) {
  const std::string_view large[] = {"9e17", "9e17", "9223372036854775807"};
  EXPECT_GT(std::stod(SumOf(large)), 1e19);
}

constexpr Survivorship kRules[] = {
    Survivorship::kLatest,  Survivorship::kEarliest,     Survivorship::kMin,   Survivorship::kMax,
    Survivorship::kLongest, Survivorship::kMostFrequent, Survivorship::kUnion, Survivorship::kSum};

std::vector<Claim> RandomClaims(std::mt19937_64& random) {
  std::vector<Claim> claims;
  const std::vector<std::vector<ClaimOperation>> kMixes = {
      {kSet},
      {kSet, kSet, kSet, kUnset},
      {kAdd, kAdd, kSet, kUnset},
      {kAppend, kAppend, kRemove, kSet, kUnset},
      {kSet, kSetOnce, kUnset, kAdd, kAppend, kRemove}};
  const auto& operations = kMixes[random() % kMixes.size()];
  const bool is_text = random() % 3 == 0;  // As 64-bit integers are.
  for (int i = 0, count = 1 + static_cast<int>(random() % 8); i < count; ++i) {
    const ClaimOperation operation = operations[random() % operations.size()];
    std::string value = std::to_string(random() % (random() % 2 == 0 ? 2 : 12));
    if (is_text) value = '"' + value + '"';
    if (operation == kAppend || operation == kRemove) value = "[" + value + "]";
    if (operation == kUnset) value = "null";
    Claim claim =
        At(static_cast<int>(random() % 6), value, operation, 1 + static_cast<int>(random() % 2));
    claim.key = "k" + std::to_string(i);
    if (operation == kSet && random() % 8 == 0) claim.derived = R"({"x":1})";
    claims.push_back(std::move(claim));
  }
  return claims;
}

TEST(Fold, AnyOrderIsTheSame) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 3000; ++round) {
    std::vector<Claim> claims = RandomClaims(random);
    for (const Survivorship rule : kRules) {
      const auto expected = FoldField(rule, claims);
      std::shuffle(claims.begin(), claims.end(), random);
      ASSERT_EQ(FoldField(rule, claims), expected);
    }
  }
}

// Adds claims one by one as a writer does: by the short cuts, or by folding what they ask for.
std::optional<Folded> OneByOne(Survivorship rule, const std::vector<Claim>& claims) {
  std::optional<Folded> field;
  std::vector<Claim> stored;
  for (const Claim& claim : claims) {
    stored.push_back(claim);
    if (FoldClaim(rule, field, claim) != Step::kRefold) continue;
    const bool is_simple = rule == Survivorship::kLatest && field && !field->is_composite &&
                           (claim.operation == kSet || claim.operation == kUnset);
    std::vector<Claim> needed;
    std::copy_if(stored.begin(), stored.end(), std::back_inserter(needed), [&](const Claim& one) {
      if (!is_simple) return true;
      const bool is_late = claim.event_time < field->claim.event_time;
      return one.event_time >= std::min(field->claim.event_time, claim.event_time) &&
             (!is_late || one.event_time <= field->claim.event_time);
    });
    field = FoldField(rule, needed);
  }
  return field;
}

TEST(Fold, ShortCutsAgreeWithTheWhole) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 3000; ++round) {
    const std::vector<Claim> claims = RandomClaims(random);
    for (const Survivorship rule : kRules) {
      const auto whole = FoldField(rule, claims);
      const auto steps = OneByOne(rule, claims);
      ASSERT_TRUE(whole == steps) << "rule " << static_cast<int>(rule) << ", round " << round;
    }
  }
}

TEST(Fold, JoiningTwoProfilesAgreesWithTheWholeOrAsksForIt) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 3000; ++round) {
    std::vector<Claim> some = RandomClaims(random);
    std::vector<Claim> others = RandomClaims(random);
    for (Claim& claim : others) claim.source = SourceId{2};
    for (const Survivorship rule : kRules) {
      std::optional<Folded> field = OneByOne(rule, some);
      const auto other = OneByOne(rule, others);
      if (!other || FoldJoin(rule, field, *other) == Step::kRefold) continue;
      std::vector<Claim> all = some;
      all.insert(all.end(), others.begin(), others.end());
      const auto whole = FoldField(rule, all);
      ASSERT_TRUE(field == whole) << "rule " << static_cast<int>(rule) << ", round " << round;
    }
  }
}

TEST(Fold, AnUnchangedValueWithANewerTimeChangesNothing) {
  std::optional<Folded> field;
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(1, "1")), Step::kChanged);
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(9, "1")), Step::kUnchanged);
  EXPECT_EQ(field->claim.event_time, TimeUs{1});
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(5, "2")), Step::kRefold);
}

TEST(Fold, AnAdditionNeedsNoClaimsBeforeIt) {
  std::optional<Folded> field;
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(5, "1", kAdd)), Step::kChanged);
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(3, "2", kAdd)), Step::kChanged);
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(7, "10")), Step::kChanged);
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(6, "4", kAdd)), Step::kUnchanged);
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(8, "0.5", kAdd)), Step::kChanged);
  EXPECT_EQ(field->claim.value, "10.5");
  // Additions before it no longer count, but which are not?
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(6, "1", kSet, 0)), Step::kRefold);
}

TEST(Fold, ElementsThatComeLaterNeedNoClaimsBeforeThem) {
  std::optional<Folded> field;
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(5, "[1]", kAppend)), Step::kChanged);
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(6, "[2,1]", kAppend)), Step::kChanged);
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(7, "[1]", kRemove)), Step::kChanged);
  EXPECT_EQ(field->claim.value, "[2]");
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(6, "[3]", kAppend)), Step::kRefold);
  EXPECT_EQ(FoldClaim(Survivorship::kLatest, field, At(7, "[3]", kRemove)), Step::kRefold);
}

TEST(Fold, CountersOfTwoProfilesJoinByTheirSums) {
  const auto one = OneByOne(Survivorship::kLatest, {At(1, "2", kAdd), At(4, "3", kAdd)});
  const auto other = OneByOne(Survivorship::kLatest, {At(2, "7", kAdd)});
  std::optional<Folded> field = one;
  EXPECT_EQ(FoldJoin(Survivorship::kLatest, field, *other), Step::kChanged);
  EXPECT_EQ(field->claim.value, "12");
}

}  // namespace
}  // namespace selfsame::identity
