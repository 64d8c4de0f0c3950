#include "identity/fold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/support/seed.h"

namespace selfsame::identity {
namespace {

Claim ClaimOf(int trust, std::int64_t at, int source, std::string key) {
  return {.trust_priority = trust,
          .event_time = TimeUs{at},
          .source = SourceId{source},
          .key = key,
          .record_id = {},
          .value = "\"" + key + "\""};
}

TEST(Fold, TheLatestEventTimeWinsNotTheLastArrival) {
  Attributes attributes;
  EXPECT_TRUE(FoldClaim(attributes, "city", ClaimOf(100, 20, 1, "new")));
  EXPECT_FALSE(FoldClaim(attributes, "city", ClaimOf(100, 10, 1, "stale-import")));
  EXPECT_EQ(attributes.at("city").key, "new");
}

TEST(Fold, AMoreTrustedSourceWinsOverALaterTime) {
  Attributes attributes;
  FoldClaim(attributes, "city", ClaimOf(100, 99, 1, "web"));
  EXPECT_TRUE(FoldClaim(attributes, "city", ClaimOf(10, 1, 2, "crm")));
  EXPECT_EQ(attributes.at("city").key, "crm");
}

TEST(Fold, TiesGoToTheGreaterSourceThenKey) {
  EXPECT_TRUE(Prevails(ClaimOf(1, 5, 2, "a"), ClaimOf(1, 5, 1, "z")));
  EXPECT_TRUE(Prevails(ClaimOf(1, 5, 1, "b"), ClaimOf(1, 5, 1, "a")));
  EXPECT_FALSE(Prevails(ClaimOf(1, 5, 1, "a"), ClaimOf(1, 5, 1, "a")));
}

// INV-5: one by one in any order, in two halves joined, or some of it twice.
TEST(FoldProperty, AnyOrderAndAnyGroupingGivesTheSame) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::pair<std::string, Claim>> claims;
    for (int i = 0; i < 20; ++i) {
      claims.emplace_back(
          "a" + std::to_string(random() % 3),
          ClaimOf(static_cast<int>(random() % 2), static_cast<std::int64_t>(random() % 4),
                  static_cast<int>(random() % 3), "k" + std::to_string(i)));
    }
    Attributes expected;
    for (const auto& [name, claim] : claims) FoldClaim(expected, name, claim);
    std::shuffle(claims.begin(), claims.end(), random);
    Attributes left, right;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (i < 12) FoldClaim(left, claims[i].first, claims[i].second);
      if (i >= 8) FoldClaim(right, claims[i].first, claims[i].second);
    }
    FoldAttributes(left, right);
    ASSERT_EQ(left, expected) << "round " << round;
  }
}

}  // namespace
}  // namespace selfsame::identity
