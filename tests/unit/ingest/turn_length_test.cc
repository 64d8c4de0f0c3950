#include "server/ingest/turn_length.h"

#include <gtest/gtest.h>

namespace selfsame::ingest {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr TenantId kBusy{1};
constexpr TenantId kCalm{2};

class TurnLengthTest : public testing::Test {
 protected:
  std::size_t RowsFor(TenantId tenant) const { return turns_.RowsFor(tenant, now_); }
  // A batch as large as allowed, of records that cost so much each.
  void Takes(TenantId tenant, microseconds each) {
    const std::size_t rows = RowsFor(tenant);
    turns_.Took(tenant, rows, each * rows, now_);
  }

  TurnLength turns_{{.rows_max = 2'000, .turn = microseconds(5'000)}};
  TurnLength::TimePoint now_;
};

TEST_F(TurnLengthTest, AloneABatchIsAsLargeAsItComes) {
  for (int i = 0; i < 10; ++i) Takes(kBusy, microseconds(500));
  EXPECT_EQ(RowsFor(kBusy), 2'000U);
}

TEST_F(TurnLengthTest, InCompanyABatchFitsItsTurn) {
  turns_.Took(kCalm, 1, microseconds(1'000), now_);
  for (int i = 0; i < 20; ++i) Takes(kBusy, microseconds(50));
  EXPECT_LE(RowsFor(kBusy), 125U);
  EXPECT_GE(RowsFor(kBusy), 75U);
  for (int i = 0; i < 50; ++i) Takes(kBusy, microseconds(1));
  EXPECT_EQ(RowsFor(kBusy), 2'000U) << "Where records cost next to nothing, all fit.";
}

TEST_F(TurnLengthTest, ASlowCommitOrTwoDoNotEndBatching) {
  turns_.Took(kCalm, 1, microseconds(1'000), now_);
  for (int i = 0; i < 20; ++i) Takes(kBusy, microseconds(10));
  const std::size_t before = RowsFor(kBusy);
  Takes(kBusy, seconds(1));
  EXPECT_EQ(RowsFor(kBusy), before / 2);
  for (int i = 0; i < 20; ++i) Takes(kBusy, seconds(1));
  EXPECT_EQ(RowsFor(kBusy), 25U);
}

TEST_F(TurnLengthTest, WhoeverHasGoneIsNoCompany) {
  turns_.Took(kCalm, 1, microseconds(1'000), now_);
  EXPECT_EQ(RowsFor(kBusy), 100U);
  now_ += seconds(10);
  EXPECT_EQ(RowsFor(kBusy), 2'000U);
}

TEST_F(TurnLengthTest, ASmallBatchThatWasSoonOverSaysNothingOfLargeOnes) {
  turns_.Took(kCalm, 1, microseconds(1'000), now_);
  for (int i = 0; i < 20; ++i) turns_.Took(kBusy, 10, microseconds(100), now_);
  EXPECT_EQ(RowsFor(kBusy), 100U);
}

}  // namespace
}  // namespace selfsame::ingest
