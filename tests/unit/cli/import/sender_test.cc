#include "cli/import/sender.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/cli/import/fake_ingest.h"

namespace selfsame::cli {
namespace {

using ingest::v1::StreamRequest;
using ingest::v1::StreamResponse;
using std::chrono::milliseconds;
using Step = FakeIngest::Step;

StreamRequest RequestOf(const std::string& key) {
  StreamRequest request;
  request.add_records()->mutable_event()->set_key(key);
  return request;
}

// A sender to a fake server, and what came of it.
struct Sending {
  explicit Sending(FakeIngest& server, SenderOptions options = {})
      : client(server.client()),
        sender(options,
               {.open_stream = [this] { return client.OpenStream(); },
                .on_answer =
                    [this](const StreamRequest& request, const StreamResponse& response) {
                      answered.push_back(request.records(0).event().key());
                      outcomes.push_back(response.outcomes(0).outcome());
                    },
                .on_trouble = [this](const std::string& what) { troubles.push_back(what); },
                .interrupted = [this](milliseconds) { return interrupted; }}) {}

  // Sends `count` requests of one record each and waits for all.
  Status SendAll(int count) {
    for (int i = 0; i < count; ++i) {
      SELFSAME_RETURN_IF_ERROR(sender.Send(RequestOf("key-" + std::to_string(i))));
      most_unanswered = std::max(most_unanswered, sender.unanswered());
    }
    return sender.Finish();
  }

  Client client;
  std::vector<std::string> answered;
  std::vector<ingest::v1::Outcome> outcomes;
  std::vector<std::string> troubles;
  bool interrupted = false;
  std::size_t most_unanswered = 0;
  Sender sender;
};

SenderOptions Quick() {
  return {.in_flight_max = 3,
          .give_up_after = milliseconds(20'000),
          .reopen_wait_min = milliseconds(1),
          .reopen_wait_max = milliseconds(5)};
}

TEST(SenderTest, EveryRequestIsAnsweredOnceAndInOrder) {
  FakeIngest server;
  Sending run(server, Quick());
  ASSERT_TRUE(run.SendAll(20).ok());
  ASSERT_EQ(run.answered.size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(run.answered[i], "key-" + std::to_string(i));
  EXPECT_EQ(server.streams(), 1);
  EXPECT_EQ(server.authorization(), "Bearer key");
  EXPECT_TRUE(run.troubles.empty());
}

TEST(SenderTest, TheWindowIsNeverExceeded) {
  FakeIngest server;
  Sending run(server, Quick());
  ASSERT_TRUE(run.SendAll(50).ok());
  EXPECT_EQ(run.most_unanswered, 3u);
}

TEST(SenderTest, RefusedRequestsAreSentAgainOnTheSameStream) {
  FakeIngest server({Step::kAnswer, Step::kRefuse, Step::kRefuse, Step::kAnswer, Step::kRefuse});
  Sending run(server, Quick());
  ASSERT_TRUE(run.SendAll(10).ok());
  EXPECT_EQ(run.answered.size(), 10u);
  EXPECT_EQ(server.keys().size(), 10u);
  EXPECT_EQ(server.streams(), 1);
}

TEST(SenderTest, UnansweredRequestsAreSentAgainAfterABreak) {
  FakeIngest server({Step::kAnswer, Step::kBreak, Step::kAnswer, Step::kClose});
  Sending run(server, Quick());
  ASSERT_TRUE(run.SendAll(10).ok());
  EXPECT_EQ(run.answered.size(), 10u);
  EXPECT_EQ(server.keys().size(), 10u);
  EXPECT_EQ(server.streams(), 3);
  EXPECT_EQ(run.troubles.size(), 4u);  // Two breaks, and twice an answer after them.
}

TEST(SenderTest, AnAnswerThatWasLostComesBackAsDuplicate) {
  FakeIngest server({Step::kKeepAndBreak});
  Sending run(server, Quick());
  ASSERT_TRUE(run.SendAll(1).ok());
  ASSERT_EQ(run.outcomes.size(), 1u);
  EXPECT_EQ(run.outcomes[0], ingest::v1::OUTCOME_DUPLICATE);
}

TEST(SenderTest, GivesUpWhenNothingIsAnswered) {
  FakeIngest server({Step::kSilence});
  SenderOptions options = Quick();
  options.give_up_after = milliseconds(200);
  Sending run(server, options);
  const Status status = run.SendAll(1);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(status.error().reason, "GAVE_UP");
  EXPECT_EQ(run.sender.unanswered(), 1u);
}

TEST(SenderTest, GivesUpOnARequestThatIsRefusedForEver) {
  FakeIngest server(std::deque<Step>(100, Step::kRefuse));
  SenderOptions options = Quick();
  options.refusals_max = 3;
  Sending run(server, options);
  const Status status = run.SendAll(1);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, "GAVE_UP");
}

TEST(SenderTest, WhatNoRetryHelpsEndsItAtOnce) {
  for (const auto& [step, code] : {std::pair{Step::kRefuseForGood, ErrorCode::kInvalidArgument},
                                   std::pair{Step::kTurnAway, ErrorCode::kPermissionDenied}}) {
    FakeIngest server({step});
    Sending run(server, Quick());
    const Status status = run.SendAll(1);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, code);
    EXPECT_EQ(server.streams(), 1);
  }
}

TEST(SenderTest, AnAnswerThatBreaksTheContractIsNotCounted) {
  for (const Step step : {Step::kFewerOutcomes, Step::kAnotherSequence}) {
    FakeIngest server({step});
    Sending run(server, Quick());
    const Status status = run.SendAll(1);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().reason, "RESPONSE_BROKEN");
    EXPECT_TRUE(run.answered.empty());
  }
}

TEST(SenderTest, AfterAnInterruptionWhatIsUnderWayIsStillWaitedFor) {
  FakeIngest server;
  Sending run(server, Quick());
  ASSERT_TRUE(run.sender.Send(RequestOf("a")).ok());
  run.interrupted = true;
  const Status refused = run.sender.Send(RequestOf("b"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "INTERRUPTED");
  EXPECT_EQ(run.sender.Finish().error().reason, "INTERRUPTED");
  // The first stream is opened by the first wait.
  run.interrupted = false;
  ASSERT_TRUE(run.sender.Finish().ok());
  EXPECT_EQ(run.answered, std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace selfsame::cli
