#include "server/edge/long_messages.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace selfsame::edge {
namespace {

constexpr TenantId kBusy{1};
constexpr TenantId kCalm{2};

TEST(LongMessagesTest, AShortMessageIsTheCallersOwn) {
  LongMessages messages({.bytes_min = 100, .threads = 1});
  EXPECT_FALSE(messages.Take(kBusy, 99, [] { ADD_FAILURE(); }));
}

TEST(LongMessagesTest, ABusyTenantNeitherHasAllThreadsNorAllRoom) {
  std::promise<void> open;
  const std::shared_future<void> opened = open.get_future().share();
  std::promise<void> calm;
  std::atomic<int> done{0};
  int taken = 0;
  {
    LongMessages messages({.bytes_min = 1, .threads = 2, .waiting_max = 3, .waiting_share = 2});
    const auto wait = [&] {
      opened.wait();
      ++done;
    };
    while (taken < 100 && messages.Take(kBusy, 1, wait)) ++taken;
    EXPECT_GE(taken, 5);
    EXPECT_LE(taken, 6) << "Its share, the common room, and one under way.";
    ASSERT_TRUE(messages.Take(kCalm, 1, [&] { calm.set_value(); }));
    calm.get_future().wait();  // Beside those that wait.
    EXPECT_EQ(done, 0);
    open.set_value();
  }
  EXPECT_EQ(done, taken) << "What waits is run before the end.";
}

}  // namespace
}  // namespace selfsame::edge
