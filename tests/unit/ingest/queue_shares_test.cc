#include "server/ingest/queue_shares.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/support/seed.h"

namespace selfsame::ingest {
namespace {

constexpr TenantId kGreedy{1};
constexpr TenantId kOther{2};

TEST(QueueSharesTest, AShareIsFreeHoweverFullTheQueueIs) {
  QueueShares shares({.rows = 100, .bytes = 1'000}, {.rows = 10, .bytes = 100});
  while (shares.Take(kGreedy, {.rows = 5, .bytes = 5})) {
  }
  EXPECT_TRUE(shares.Take(kOther, {.rows = 10, .bytes = 100}));
  EXPECT_FALSE(shares.Take(kOther, {.rows = 1, .bytes = 1}));
  shares.Give(kGreedy, {.rows = 5, .bytes = 5});
  EXPECT_TRUE(shares.Take(kOther, {.rows = 1, .bytes = 1}));
}

TEST(QueueSharesTest, BytesBoundAsRowsDo) {
  QueueShares shares({.rows = 1'000, .bytes = 50}, {.rows = 10, .bytes = 10});
  EXPECT_TRUE(shares.Take(kGreedy, {.rows = 1, .bytes = 60}));
  EXPECT_FALSE(shares.Take(kGreedy, {.rows = 1, .bytes = 1}));
  EXPECT_TRUE(shares.Take(kOther, {.rows = 1, .bytes = 10}));
}

TEST(QueueSharesTest, WhateverIsTakenIsGivenBack) {
  std::mt19937_64 random(test::Seed());
  QueueShares shares({.rows = 50, .bytes = 500}, {.rows = 7, .bytes = 70});
  std::vector<std::pair<TenantId, QueueLoad>> held;
  for (int step = 0; step < 10'000; ++step) {
    const TenantId tenant{static_cast<std::int32_t>(random() % 4)};
    const QueueLoad load{.rows = 1 + random() % 9, .bytes = random() % 90};
    if (shares.Take(tenant, load)) {
      held.emplace_back(tenant, load);
    } else if (!held.empty()) {
      shares.Give(held.back().first, held.back().second);
      held.pop_back();
    }
  }
  for (const auto& [tenant, load] : held) shares.Give(tenant, load);
  EXPECT_TRUE(shares.Take(kGreedy, {.rows = 57, .bytes = 570}));
  EXPECT_FALSE(shares.Take(kGreedy, {.rows = 1, .bytes = 0}));
}

}  // namespace
}  // namespace selfsame::ingest
