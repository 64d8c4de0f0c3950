// A well-behaved client beside an attack: one event at a time, each of which must be accepted.
#ifndef SELFSAME_TESTS_E2E_FRONT_GOOD_NEIGHBOUR_H_
#define SELFSAME_TESTS_E2E_FRONT_GOOD_NEIGHBOUR_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>

#include "base/time.h"
#include "tests/support/ingest_client.h"
#include "tests/support/records.h"

namespace selfsame::test {

class GoodNeighbour {
 public:
  // Longer than a busy machine takes, and shorter than anything an attack holds up.
  static constexpr std::chrono::seconds kPatience{20};

  GoodNeighbour(const std::string& address, const std::string& api_key)
      : client_(address, api_key, kPatience), thread_([this](const std::stop_token& stop) {
          while (!stop.stop_requested()) SendOne();
        }) {}

  // Waits until some more calls have been answered: all of them, and as they should be.
  void ExpectAnswers(int count) {
    const int until = answered_ + count;
    const Deadline deadline = Deadline::After(kPatience * count);
    while (answered_ < until && !deadline.Expired()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_GE(answered_, until);
    EXPECT_EQ(failed_, 0);
  }

 private:
  void SendOne() {
    const std::string key = "neighbour-" + std::to_string(sent_++);
    const auto reply =
        client_.Track(Events({EventBuilder(key).With("email", "good@shop.test").Build()}));
    const bool is_accepted =
        reply.ok() && reply.response.outcomes(0).outcome() == ingest::v1::OUTCOME_ACCEPTED;
    if (!is_accepted) ++failed_;
    ++answered_;
    EXPECT_TRUE(is_accepted) << static_cast<int>(reply.status.code) << reply.status.message;
  }

  IngestClient client_;
  int sent_ = 0;
  std::atomic<int> answered_{0};
  std::atomic<int> failed_{0};
  std::jthread thread_;  // Last: it uses all others.
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_FRONT_GOOD_NEIGHBOUR_H_
