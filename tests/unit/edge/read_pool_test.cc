// Without a database: what is queued runs all the same, with the error of connecting.
#include "server/edge/read_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>

namespace selfsame::edge {
namespace {

constexpr TenantId kGreedy{1};
constexpr TenantId kOther{2};
constexpr std::chrono::seconds kPatience{20};

ReadPoolOptions Options(int threads, const StopLimit* stop = nullptr) {
  return {.database = {.url = "postgresql:///none?host=/nowhere"},
          .threads = threads,
          .queue_reads_max = 10,
          .queue_reads_share = 2,
          .stop = stop};
}

class ReadPoolTest : public testing::Test {
 protected:
  observe::Metrics metrics_{{}};
  observe::Logger log_{observe::LogOptions{}};
  observe::Barrier barrier_{metrics_, log_};
};

// A read that is under way until it is let go.
struct Held {
  std::promise<void> started;
  std::promise<void> release;
  ReadPool::Read Read() {
    return [this](const Result<pg::Session*>&) {
      started.set_value();
      release.get_future().wait();
      return Status();
    };
  }
};

TEST_F(ReadPoolTest, OneTenantDoesNotHoldTheLastThread) {
  Held first;
  Held second;
  ReadPool pool(Options(2), barrier_);
  ASSERT_TRUE(pool.Submit(kGreedy, {}, first.Read()).ok());
  ASSERT_TRUE(pool.Submit(kGreedy, {}, second.Read()).ok());
  first.started.get_future().wait();
  std::promise<void> answered;
  ASSERT_TRUE(pool.Submit(kOther, {},
                          [&](const Result<pg::Session*>&) {
                            answered.set_value();
                            return Status();
                          })
                  .ok());
  EXPECT_EQ(answered.get_future().wait_for(kPatience), std::future_status::ready);
  first.release.set_value();
  second.release.set_value();
}

TEST_F(ReadPoolTest, ABusyTenantIsRefusedAndAnotherIsNot) {
  Held held;
  ReadPool pool(Options(1), barrier_);
  ASSERT_TRUE(pool.Submit(kGreedy, {}, held.Read()).ok());
  held.started.get_future().wait();
  const auto nothing = [](const Result<pg::Session*>&) { return Status(); };
  int queued = 0;
  Status refused;
  while ((refused = pool.Submit(kGreedy, {}, nothing)).ok()) ++queued;
  EXPECT_EQ(queued, 12);
  EXPECT_EQ(refused.error().reason, "READS_BUSY");
  EXPECT_TRUE(pool.Submit(kOther, {}, nothing).ok());
  held.release.set_value();
}

TEST_F(ReadPoolTest, WhatNobodyWaitsForIsNotBegun) {
  Held held;
  ReadPool pool(Options(1), barrier_);
  ASSERT_TRUE(pool.Submit(kGreedy, {}, held.Read()).ok());
  held.started.get_future().wait();
  std::atomic<bool> is_cancelled{false};
  std::promise<std::string> reason;
  ASSERT_TRUE(pool.Submit(
                      kGreedy, [&] { return is_cancelled.load(); },
                      [&](const Result<pg::Session*>& session) {
                        reason.set_value(session.ok() ? "" : session.error().reason);
                        return Status();
                      })
                  .ok());
  is_cancelled = true;
  held.release.set_value();
  EXPECT_EQ(reason.get_future().get(), "CALL_ABANDONED");
}

TEST_F(ReadPoolTest, AfterTheStopLimitWhatIsQueuedIsSentBack) {
  Held held;
  StopLimit stop;
  ReadPool pool(Options(1, &stop), barrier_);
  ASSERT_TRUE(pool.Submit(kGreedy, {}, held.Read()).ok());
  held.started.get_future().wait();
  std::promise<std::string> reason;
  ASSERT_TRUE(pool.Submit(kGreedy, {},
                          [&](const Result<pg::Session*>& session) {
                            reason.set_value(session.ok() ? "" : session.error().reason);
                            return Status();
                          })
                  .ok());
  stop.Set(Deadline::After(std::chrono::milliseconds(0)));
  held.release.set_value();
  EXPECT_EQ(reason.get_future().get(), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace selfsame::edge
