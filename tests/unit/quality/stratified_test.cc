// What an audit with strata says of everybody.
#include "server/quality/stratified.h"

#include <gtest/gtest.h>

#include <vector>

namespace selfsame::quality {
namespace {

struct TestStratum {
  double population;
  std::int64_t right;
  std::int64_t wrong;
};

// As storage/sql/audits.sql sums it.
storage::AuditRow AuditOf(const std::vector<TestStratum>& strata) {
  storage::AuditRow audit;
  audit.strata.strata = static_cast<std::int64_t>(strata.size());
  for (const auto& [population, right, wrong] : strata) {
    audit.right += right;
    audit.wrong += wrong;
    const auto judged = static_cast<double>(right + wrong);
    if (judged == 0) continue;
    const double share = static_cast<double>(right) / judged;
    audit.strata.population += population;
    audit.strata.right += population * share;
    audit.strata.spread += population * population * share * (1 - share) / judged;
    audit.strata.square += population * population / judged;
  }
  return audit;
}

void ExpectSame(const Interval& found, const Interval& expected) {
  EXPECT_NEAR(found.estimate, expected.estimate, 1e-12);
  EXPECT_NEAR(found.low, expected.low, 1e-12);
  EXPECT_NEAR(found.high, expected.high, 1e-12);
}

// Half of the samples are of one person in a hundred.
TEST(AuditIntervalTest, AStratumCountsByItsPeopleAndNotByItsSamples) {
  const Interval found = AuditInterval(AuditOf({{990, 49, 1}, {10, 5, 45}}));
  EXPECT_NEAR(found.estimate, 0.99 * 0.98 + 0.01 * 0.1, 1e-12);
  EXPECT_GT(found.low, 0.85);  // Unweighted: 0.44.
  EXPECT_LT(found.low, found.estimate);
  EXPECT_GT(found.high, found.estimate);
}

// p = 0.9; its variance is 0.25 x 0.09 x (1/40 + 1/10); as of 0.09 / 0.0028125 = 32 samples.
TEST(AuditIntervalTest, TheIntervalIsWilsonsOnTheEffectiveNumberOfSamples) {
  const Interval found = AuditInterval(AuditOf({{500, 36, 4}, {500, 9, 1}}));
  EXPECT_NEAR(found.estimate, 0.9, 1e-12);
  // As Wilson has 28.8 of 32.
  EXPECT_NEAR(found.low, 0.749964, 1e-6);
  EXPECT_NEAR(found.high, 0.964292, 1e-6);
}

TEST(AuditIntervalTest, EqualRatesAreThePlainInterval) {
  ExpectSame(AuditInterval(AuditOf({{200, 18, 2}, {800, 72, 8}})), WilsonInterval(90, 100));
}

TEST(AuditIntervalTest, OneStratumOrNoneIsThePlainInterval) {
  ExpectSame(AuditInterval(AuditOf({{1'000, 19, 1}})), WilsonInterval(19, 20));
  storage::AuditRow old = AuditOf({});
  old.right = 7;
  old.wrong = 3;
  ExpectSame(AuditInterval(old), WilsonInterval(7, 10));
  ExpectSame(AuditInterval({}), WilsonInterval(0, 0));
}

TEST(AuditIntervalTest, StrataWithoutVerdictsShareTheirWeightAmongTheOthers) {
  const Interval without = AuditInterval(AuditOf({{300, 8, 2}, {100, 5, 5}}));
  ExpectSame(AuditInterval(AuditOf({{300, 8, 2}, {100, 5, 5}, {600, 0, 0}})), without);
  EXPECT_NEAR(without.estimate, 0.75 * 0.8 + 0.25 * 0.5, 1e-12);
  ExpectSame(AuditInterval(AuditOf({{300, 0, 0}, {100, 0, 0}})), WilsonInterval(0, 0));
}

// A stratum of one sample has no variance to see, which is not to have none.
TEST(AuditIntervalTest, SmallStrataAreNotCertainty) {
  std::vector<TestStratum> strata(10, {100, 1, 0});
  ExpectSame(AuditInterval(AuditOf(strata)), WilsonInterval(10, 10));
  strata[0] = strata[1] = {100, 0, 1};
  ExpectSame(AuditInterval(AuditOf(strata)), WilsonInterval(8, 10));
  // All right, but nearly all people stand behind one sample.
  const Interval lopsided = AuditInterval(AuditOf({{990, 1, 0}, {10, 99, 0}}));
  EXPECT_LT(lopsided.low, 0.3);
  EXPECT_DOUBLE_EQ(lopsided.high, 1);
}

}  // namespace
}  // namespace selfsame::quality
