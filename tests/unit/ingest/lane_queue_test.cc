#include "server/ingest/lane_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace selfsame::ingest {
namespace {

using std::chrono::microseconds;

class LaneQueueTest : public testing::Test {
 protected:
  LaneWork WorkOf(int tenant, std::size_t rows) {
    auto& held = tenants_[tenant];
    if (held == nullptr) {
      held = std::make_unique<storage::Tenant>(storage::Tenant{.id = TenantId{tenant},
                                                               .node_key = storage::Secret(""),
                                                               .seal_key = storage::Secret("")});
    }
    auto submission = std::make_shared<Submission>(
        directory_, *held, std::vector<PreparedRecord>(rows), nullptr, [](Submission&) {});
    return {std::move(submission), std::vector<std::uint32_t>(rows)};
  }

  const std::shared_ptr<const storage::Directory> directory_ =
      std::make_shared<storage::Directory>();
  std::map<int, std::unique_ptr<storage::Tenant>> tenants_;
  LaneQueue queue_;
};

TEST_F(LaneQueueTest, TenantsTakeTurnsAndABatchIsOfOneTenant) {
  queue_.Push(WorkOf(1, 3));
  queue_.Push(WorkOf(1, 3));
  queue_.Push(WorkOf(2, 1));
  EXPECT_EQ(queue_.Take(4, microseconds(0))[0].submission->tenant().id, TenantId{1});
  EXPECT_EQ(queue_.Take(4, microseconds(0))[0].submission->tenant().id, TenantId{2});
  EXPECT_EQ(queue_.Take(4, microseconds(0))[0].submission->tenant().id, TenantId{1});
}

TEST_F(LaneQueueTest, ABatchIsWhatFitsButAtLeastOneWork) {
  queue_.Push(WorkOf(1, 9));
  queue_.Push(WorkOf(1, 2));
  queue_.Push(WorkOf(1, 2));
  queue_.Push(WorkOf(1, 2));
  EXPECT_EQ(queue_.Take(5, microseconds(0)).size(), 1U);
  EXPECT_EQ(queue_.Take(5, microseconds(0)).size(), 2U);
}

TEST_F(LaneQueueTest, StopHandsOutWhatIsLeftThenNothing) {
  queue_.Push(WorkOf(1, 1));
  queue_.Stop();
  EXPECT_FALSE(queue_.Push(WorkOf(1, 1)));
  EXPECT_EQ(queue_.Take(5, microseconds(0)).size(), 1U);
  EXPECT_TRUE(queue_.Take(5, microseconds(0)).empty());
}

TEST_F(LaneQueueTest, StopWakesATakerThatWaits) {
  std::vector<LaneWork> taken;
  std::thread taker([&] { taken = queue_.Take(5, microseconds(0)); });
  queue_.Stop();
  taker.join();
  EXPECT_TRUE(taken.empty());
}

TEST_F(LaneQueueTest, LingeringEndsAsSoonAsTheBatchIsFull) {
  queue_.Push(WorkOf(1, 5));
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(queue_.Take(5, std::chrono::minutes(5)).size(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::minutes(1));
}

}  // namespace
}  // namespace selfsame::ingest
