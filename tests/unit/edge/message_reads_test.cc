#include "server/edge/message_reads.h"

#include <gtest/gtest.h>

#include <string>

namespace selfsame::edge {
namespace {

struct FakeCall final : MessageReader {
  void Read() override { ++reads; }
  void Refuse(const Error& error) override { refused = error.reason; }

  int reads = 0;
  std::string refused;
};

constexpr TenantId kOne{1}, kTwo{2};

TEST(MessageReadsTest, AFullHouseWaitsAndTheOldestEntersFirst) {
  MessageReads reads({.reads_max = 2, .reads_per_tenant_max = 2});
  FakeCall calls[4];
  for (FakeCall& call : calls) ASSERT_TRUE(reads.Begin(&call, kOne).ok());
  EXPECT_EQ(calls[1].reads, 1);
  EXPECT_EQ(calls[2].reads, 0);
  EXPECT_TRUE(reads.End(&calls[0]));
  EXPECT_EQ(calls[2].reads, 1);
  EXPECT_EQ(calls[3].reads, 0);
}

TEST(MessageReadsTest, OneTenantLeavesPlacesToOthers) {
  MessageReads reads({.reads_max = 3, .reads_per_tenant_max = 1});
  FakeCall first, second, other;
  ASSERT_TRUE(reads.Begin(&first, kOne).ok());
  ASSERT_TRUE(reads.Begin(&second, kOne).ok());
  ASSERT_TRUE(reads.Begin(&other, kTwo).ok());
  EXPECT_EQ(second.reads, 0);
  EXPECT_EQ(other.reads, 1);
  EXPECT_TRUE(reads.End(&other));
  EXPECT_EQ(second.reads, 0);
  EXPECT_TRUE(reads.End(&first));
  EXPECT_EQ(second.reads, 1);
}

TEST(MessageReadsTest, TooManyWaitingAreRefusedAtOnce) {
  MessageReads reads({.reads_max = 1, .waiting_max = 1});
  FakeCall calls[3];
  ASSERT_TRUE(reads.Begin(&calls[0], kOne).ok());
  ASSERT_TRUE(reads.Begin(&calls[1], kOne).ok());
  const Status refused = reads.Begin(&calls[2], kOne);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "CALLS_BUSY");
  EXPECT_GT(refused.error().retry_after.count(), 0);
}

TEST(MessageReadsTest, WhoIsTooSlowLosesItsPlaceToWhoWaits) {
  MessageReads reads({.reads_max = 1, .read_wait = std::chrono::milliseconds(-1)});
  FakeCall slow, next;
  ASSERT_TRUE(reads.Begin(&slow, kOne).ok());
  ASSERT_TRUE(reads.Begin(&next, kOne).ok());
  reads.RefuseSlow();
  EXPECT_EQ(slow.refused, "REQUEST_TOO_SLOW");
  EXPECT_EQ(next.reads, 1);
  EXPECT_TRUE(next.refused.empty());
  EXPECT_FALSE(reads.End(&slow));  // Whoever refused it has finished it.
}

TEST(MessageReadsTest, ACallThatGoesWhileItWaitsIsForgotten) {
  MessageReads reads({.reads_max = 1});
  FakeCall first, gone;
  ASSERT_TRUE(reads.Begin(&first, kOne).ok());
  ASSERT_TRUE(reads.Begin(&gone, kOne).ok());
  EXPECT_FALSE(reads.Withdraw(&first));  // It is being read: its reading ends it.
  EXPECT_TRUE(reads.Withdraw(&gone));
  EXPECT_TRUE(reads.End(&first));
  EXPECT_EQ(gone.reads, 0);
}

}  // namespace
}  // namespace selfsame::edge
