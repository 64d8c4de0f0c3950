// Explanations: which evidence made one person, and which claims a value.
#include "identity/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/seed.h"

namespace selfsame::identity {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum ClaimOperation;

Claim At(int time, std::string value, ClaimOperation operation = kSet, int trust = 100) {
  return {.trust_priority = trust,
          .event_time = TimeUs{time},
          .source = SourceId{1},
          .key = "k" + std::to_string(time),
          .record_id = {},
          .value = std::move(value),
          .operation = operation,
          .schema = {}};
}

std::vector<std::string> Judged(Survivorship rule, const std::vector<Claim>& claims) {
  std::vector<std::string> verdicts;
  for (const Verdict verdict : JudgeClaims(rule, claims)) {
    verdicts.emplace_back(VerdictName(verdict));
  }
  return verdicts;
}

std::vector<std::string> Latest(const std::vector<Claim>& claims) {
  return Judged(Survivorship::kLatest, claims);
}

TEST(JudgeClaims, WhoLostForTrustIsToldSo) {
  EXPECT_THAT(Latest({At(9, "1", kSet, 100), At(1, "2", kSet, 1), At(2, "3", kAdd, 100)}),
              ElementsAre("SOURCE_LESS_TRUSTED", "CONTRIBUTES", "WINS"));
  EXPECT_THAT(Latest({At(1, "1"), At(2, "2")}), ElementsAre("EARLIER", "WINS"));
  EXPECT_THAT(Latest({At(1, "1"), At(2, "null", kUnset)}), ElementsAre("EARLIER", "WINS"));
  EXPECT_THAT(Latest({At(1, "1"), At(2, "null", kUnset), At(3, "4", kAdd)}),
              ElementsAre("EARLIER", "CONTRIBUTES", "WINS"));
}

TEST(JudgeClaims, WhatAnUnsetUndidIsOverriddenByEveryRule) {
  const std::vector<Claim> claims = {At(1, "2"), At(2, "null", kUnset), At(3, "1"), At(4, "3")};
  EXPECT_THAT(Judged(Survivorship::kEarliest, claims),
              ElementsAre("OVERRIDDEN", "CONTRIBUTES", "WINS", "LATER"));
  EXPECT_THAT(Judged(Survivorship::kMin, claims),
              ElementsAre("OVERRIDDEN", "CONTRIBUTES", "WINS", "NOT_CHOSEN"));
  EXPECT_THAT(Judged(Survivorship::kMax, claims),
              ElementsAre("OVERRIDDEN", "CONTRIBUTES", "NOT_CHOSEN", "WINS"));
  EXPECT_THAT(Judged(Survivorship::kSum, claims),
              ElementsAre("OVERRIDDEN", "CONTRIBUTES", "CONTRIBUTES", "WINS"));
  EXPECT_THAT(Judged(Survivorship::kEarliest, {At(1, "null", kUnset), At(2, "1")}),
              ElementsAre("OVERRIDDEN", "WINS"));
}

TEST(JudgeClaims, AdditionsCountFromTheOneThatTheRuleChose) {
  EXPECT_THAT(Judged(Survivorship::kMin, {At(1, "5"), At(10, "9"), At(5, "1", kAdd)}),
              ElementsAre("CONTRIBUTES", "NOT_CHOSEN", "WINS"));
  // The latest set holds back what was added before it, although another value is chosen.
  EXPECT_THAT(
      Judged(Survivorship::kMostFrequent, {At(1, "5"), At(2, "5"), At(4, "7"), At(3, "1", kAdd)}),
      ElementsAre("WINS", "CONTRIBUTES", "CONTRIBUTES", "OVERRIDDEN"));
  EXPECT_THAT(Judged(Survivorship::kMostFrequent, {At(1, "5"), At(2, "5"), At(4, "7")}),
              ElementsAre("WINS", "CONTRIBUTES", "NOT_CHOSEN"));
}

TEST(JudgeClaims, WhatFilledItOnceIsWhatIsAddedTo) {
  EXPECT_THAT(Latest({At(1, "3", kSetOnce), At(2, "4", kSetOnce), At(5, "1", kAdd)}),
              ElementsAre("CONTRIBUTES", "LATER", "WINS"));
  EXPECT_THAT(Latest({At(1, "3", kSetOnce), At(2, "4")}), ElementsAre("OVERRIDDEN", "WINS"));
  EXPECT_THAT(Latest({}), IsEmpty());
}

std::string FoldedText(Survivorship rule, const std::vector<Claim>& claims) {
  const auto folded = FoldField(rule, claims);
  return folded && folded->HasValue() ? folded->claim.value : "(none)";
}

std::vector<Claim> RandomClaims(std::mt19937_64& random) {
  const std::vector<std::vector<ClaimOperation>> kMixes = {
      {kSet},
      {kSet, kSet, kUnset},
      {kAdd, kAdd, kSet, kUnset},
      {kSetOnce, kAdd, kUnset},
      {kSet, kSetOnce, kUnset, kAdd, kAppend, kRemove}};
  const auto& operations = kMixes[random() % kMixes.size()];
  std::vector<Claim> claims;
  for (int i = 0, count = 1 + static_cast<int>(random() % 8); i < count; ++i) {
    const ClaimOperation operation = operations[random() % operations.size()];
    std::string value = std::to_string(random() % 4);
    if (operation == kAppend || operation == kRemove) value = "[" + value + "]";
    if (operation == kUnset) value = "null";
    Claim claim = At(static_cast<int>(random() % 6), std::move(value), operation,
                     1 + static_cast<int>(random() % 2));
    claim.key = "k" + std::to_string(i);
    claims.push_back(std::move(claim));
  }
  return claims;
}

bool Matters(Verdict verdict) {
  return verdict == Verdict::kWins || verdict == Verdict::kContributes;
}

// A verdict is a promise about folding.
TEST(JudgeClaims, VerdictsSayWhatTheValueDependsOn) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 20'000; ++round) {
    const std::vector<Claim> claims = RandomClaims(random);
    for (int rule_number = 0; rule_number <= static_cast<int>(Survivorship::kSum); ++rule_number) {
      const auto rule = static_cast<Survivorship>(rule_number);
      const std::string value = FoldedText(rule, claims);
      const std::vector<Verdict> verdicts = JudgeClaims(rule, claims);
      ASSERT_EQ(std::count(verdicts.begin(), verdicts.end(), Verdict::kWins), 1);
      std::vector<Claim> mattering;
      for (std::size_t i = 0; i < claims.size(); ++i) {
        if (Matters(verdicts[i])) {
          mattering.push_back(claims[i]);
          continue;
        }
        std::vector<Claim> others = claims;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
        ASSERT_EQ(FoldedText(rule, others), value)
            << SurvivorshipName(rule) << ": without a claim that is " << VerdictName(verdicts[i])
            << ", round " << round;
      }
      ASSERT_EQ(FoldedText(rule, mattering), value) << SurvivorshipName(rule) << " round " << round;
    }
  }
}

NodeId Id(int n) {
  NodeId id;
  id.bytes[15] = static_cast<std::uint8_t>(n);
  return id;
}

Edge Link(int a, int b, int time, Strength strength = Strength::kDeterministic) {
  return {.a = Id(a),
          .b = Id(b),
          .strength = strength,
          .first_evidence = TimeUs{time},
          .record_id = {}};
}

TEST(JoiningEdges, AreATreeOfTheStrongestAndEarliest) {
  const std::vector<Edge> edges = {Link(1, 2, 30), Link(2, 3, 20), Link(1, 3, 10),
                                   Link(1, 2, 99, Strength::kManual), Link(3, 4, 50)};
  EXPECT_THAT(JoiningEdges(edges), ElementsAre(3, 2, 4));
  EXPECT_THAT(PathBetween(edges, Id(2), Id(4)), ElementsAre(3, 2, 4));
  EXPECT_THAT(PathBetween(edges, Id(4), Id(3)), ElementsAre(4));
  EXPECT_THAT(PathBetween(edges, Id(4), Id(4)), IsEmpty());
  EXPECT_THAT(PathBetween(edges, Id(4), Id(9)), IsEmpty());
}

// Of edges that Resolve let stand, they are the ones that it united by.
TEST(JoiningEdges, AreThoseThatResolveUnitedBy) {
  std::mt19937_64 random(test::Seed());
  const Ruleset& rules = DefaultRuleset();
  for (int round = 0; round < 2000; ++round) {
    std::vector<Node> nodes;
    for (int i = 0; i < 8; ++i) {
      const char* kinds[] = {"customer_id", "email", "device_id"};
      nodes.push_back(
          {.id = Id(i), .kind = kinds[random() % 3], .birth_id = ProfileId{Id(i).bytes}});
    }
    std::vector<Edge> edges;
    for (int i = 0; i < 12; ++i) {
      const int a = static_cast<int>(random() % 7);
      const int b = a + 1 + static_cast<int>(random() % (7 - a));
      edges.push_back(Link(a, b, i, static_cast<Strength>(2 + random() % 2)));
    }
    const Resolution resolution = Resolve({nodes, edges}, rules);
    std::vector<Edge> standing;
    std::vector<Edge> united;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (resolution.refusal_of[i] == Refusal::kNone) standing.push_back(edges[i]);
      if (resolution.is_joining[i]) united.push_back(edges[i]);
    }
    const auto joining = JoiningEdges(standing);
    ASSERT_EQ(joining.size(), united.size());
    for (const std::size_t i : joining) {
      ASSERT_TRUE(std::any_of(united.begin(), united.end(), [&](const Edge& edge) {
        return edge.a == standing[i].a && edge.b == standing[i].b &&
               edge.first_evidence == standing[i].first_evidence;
      }));
    }
  }
}

}  // namespace
}  // namespace selfsame::identity
