#include "base/fair_queue.h"

#include <gtest/gtest.h>

namespace selfsame {
namespace {

constexpr TenantId kGreedy{1};
constexpr TenantId kOther{2};
constexpr TenantId kThird{3};

TEST(FairQueueTest, ABusyTenantFillsWhatIsCommonAndNoShare) {
  FairQueue<int> queue({.common_max = 3, .share = 2});
  int taken = 0;
  while (queue.Push(kGreedy, taken)) ++taken;
  EXPECT_EQ(taken, 5);  // Its share and all that is common.
  EXPECT_TRUE(queue.Push(kOther, 0));
  EXPECT_TRUE(queue.Push(kOther, 1));
  EXPECT_FALSE(queue.Push(kOther, 2)) << "beyond its share nothing is left";
  EXPECT_TRUE(queue.Push(kThird, 0));
}

TEST(FairQueueTest, TenantsTakeTurns) {
  FairQueue<int> queue({.common_max = 10, .share = 1});
  for (int i = 0; i < 3; ++i) queue.Push(kGreedy, i);
  queue.Push(kOther, 10);
  EXPECT_EQ(queue.Take(9)->second, 0);
  EXPECT_EQ(queue.Take(9)->second, 10);
  EXPECT_EQ(queue.Take(9)->second, 1);
}

TEST(FairQueueTest, ATenantHasNoMoreUnderWayThanItMay) {
  FairQueue<int> queue({.common_max = 10, .share = 1});
  for (int i = 0; i < 3; ++i) queue.Push(kGreedy, i);
  EXPECT_TRUE(queue.Take(1).has_value());
  EXPECT_FALSE(queue.Take(1).has_value());
  queue.Push(kOther, 10);
  EXPECT_EQ(queue.Take(1)->first, kOther);
  queue.Done(kGreedy);
  EXPECT_EQ(queue.Take(1)->second, 1);
}

TEST(FairQueueTest, WhatIsCommonIsGivenBack) {
  FairQueue<int> queue({.common_max = 1, .share = 1});
  for (int round = 0; round < 5; ++round) {
    EXPECT_TRUE(queue.Push(kGreedy, 0));
    EXPECT_TRUE(queue.Push(kGreedy, 1));
    EXPECT_FALSE(queue.Push(kGreedy, 2));
    while (const auto next = queue.Take(9)) queue.Done(next->first);
    EXPECT_TRUE(queue.empty());
  }
}

}  // namespace
}  // namespace selfsame
