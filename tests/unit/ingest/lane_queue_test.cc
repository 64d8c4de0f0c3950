#include "server/ingest/lane_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <numeric>
#include <thread>

namespace selfsame::ingest {
namespace {

using std::chrono::microseconds;

LaneQueue::RowsMax Most(std::size_t rows) {
  return [rows](TenantId) { return rows; };
}

std::vector<std::size_t> RowsOf(const std::vector<LaneWork>& works) {
  std::vector<std::size_t> rows;
  for (const LaneWork& work : works) rows.push_back(work.records.size());
  return rows;
}

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
  EXPECT_EQ(queue_.Take(Most(4), microseconds(0))[0].submission->tenant().id, TenantId{1});
  EXPECT_EQ(queue_.Take(Most(4), microseconds(0))[0].submission->tenant().id, TenantId{2});
  EXPECT_EQ(queue_.Take(Most(4), microseconds(0))[0].submission->tenant().id, TenantId{1});
}

TEST_F(LaneQueueTest, AWorkThatDoesNotFitIsTakenInPartsInItsOrder) {
  LaneWork large = WorkOf(1, 9);
  std::iota(large.records.begin(), large.records.end(), 0U);
  queue_.Push(large);
  queue_.Push(WorkOf(1, 2));
  queue_.Push(WorkOf(2, 1));
  const std::vector<LaneWork> first = queue_.Take(Most(5), microseconds(0));
  EXPECT_THAT(RowsOf(first), testing::ElementsAre(5));
  EXPECT_THAT(first[0].records, testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(queue_.Take(Most(5), microseconds(0))[0].submission->tenant().id, TenantId{2});
  const std::vector<LaneWork> rest = queue_.Take(Most(5), microseconds(0));
  EXPECT_THAT(RowsOf(rest), testing::ElementsAre(4, 1));
  EXPECT_THAT(rest[0].records, testing::ElementsAre(5, 6, 7, 8));
  EXPECT_EQ(rest[0].submission, large.submission);
  EXPECT_THAT(RowsOf(queue_.Take(Most(5), microseconds(0))), testing::ElementsAre(1));
}

TEST_F(LaneQueueTest, StopHandsOutWhatIsLeftThenNothing) {
  queue_.Push(WorkOf(1, 1));
  queue_.Stop();
  EXPECT_FALSE(queue_.Push(WorkOf(1, 1)));
  EXPECT_EQ(queue_.Take(Most(5), microseconds(0)).size(), 1U);
  EXPECT_TRUE(queue_.Take(Most(5), microseconds(0)).empty());
}

TEST_F(LaneQueueTest, StopWakesATakerThatWaits) {
  std::vector<LaneWork> taken;
  std::thread taker([&] { taken = queue_.Take(Most(5), microseconds(0)); });
  queue_.Stop();
  taker.join();
  EXPECT_TRUE(taken.empty());
}

TEST_F(LaneQueueTest, LingeringEndsAsSoonAsTheBatchIsFull) {
  queue_.Push(WorkOf(1, 5));
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(queue_.Take(Most(5), std::chrono::minutes(5)).size(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::minutes(1));
}

}  // namespace
}  // namespace selfsame::ingest
