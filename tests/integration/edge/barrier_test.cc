// An exception at any entry of the server fails the work at hand and nothing else: the caller is
// answered, the exception is counted, and the next call is served.
#include "server/observe/barrier.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/integration/edge/in_process.h"
#include "tests/support/http_get.h"
#include "tests/support/records.h"

namespace selfsame {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;
using ingest::v1::OUTCOME_DUPLICATE;
using ingest::v1::OUTCOME_QUARANTINED;
using observe::Entry;
using test::EventBuilder;
using test::Events;
using test::kPatience;
using test::RpcCode;

class BarrierTest : public test::InProcessTest {
 protected:
  ingest::v1::TrackEventsRequest Three(std::string_view key) {
    std::vector<ingest::v1::Event> events;
    for (int i = 0; i < 3; ++i) {
      events.push_back(
          EventBuilder(fmt::format("{}-{}", key, i)).With("email", "a@b.test").Build());
    }
    return Events(events);
  }

  double Caught(std::string_view entry) {
    const std::string line = fmt::format("selfsame_exceptions_total{{entry=\"{}\"}} ", entry);
    const std::string page = test::HttpGet(metrics_address_, "/metrics");
    const std::size_t at = page.find(line);
    return at == std::string::npos ? -1 : std::stod(page.substr(at + line.size()));
  }

  // The call fails with INTERNAL, once; sent again, everything is there exactly once.
  void ExpectOneFailedCall(Entry entry, std::string_view label) {
    thrower_.Arm(entry);
    const auto failed = client_->Track(Three(label));
    EXPECT_EQ(failed.status.code, RpcCode::kInternal) << label;
    EXPECT_EQ(failed.status.reason, "INTERNAL") << label;
    EXPECT_THAT(failed.status.message, testing::Not(testing::HasSubstr("secret")));
    EXPECT_EQ(Caught(label), 1) << label;
    const auto again = client_->Track(Three(label));
    ASSERT_TRUE(again.ok()) << label;
    for (const auto& outcome : again.response.outcomes()) {
      EXPECT_THAT(outcome.outcome(), testing::AnyOf(OUTCOME_ACCEPTED, OUTCOME_DUPLICATE)) << label;
    }
  }
};

TEST_F(BarrierTest, AnExceptionFailsTheCallAtHandOnly) {
  ExpectOneFailedCall(Entry::kCall, "call");
  ExpectOneFailedCall(Entry::kLane, "lane");
  ExpectOneFailedCall(Entry::kAnswer, "answer");
}

TEST_F(BarrierTest, ARecordWhoseCheckThrowsIsKeptAndItsNeighboursAreAccepted) {
  thrower_.Arm(Entry::kRecord);
  const auto reply = client_->Track(Three("record"));
  ASSERT_TRUE(reply.ok()) << reply.status.message;
  EXPECT_EQ(reply.response.outcomes(0).outcome(), OUTCOME_QUARANTINED);
  EXPECT_EQ(reply.response.outcomes(0).reason(), "CHECK_FAILED");
  EXPECT_EQ(reply.response.outcomes(1).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(reply.response.outcomes(2).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(Caught("record"), 1);
  const auto again = client_->Track(Three("record"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again.response.outcomes(0).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(again.response.outcomes(1).outcome(), OUTCOME_DUPLICATE);
}

TEST_F(BarrierTest, AStreamIsAnsweredWhateverThrows) {
  for (const Entry entry : {Entry::kCall, Entry::kAnswer, Entry::kLane}) {
    const auto stream = client_->OpenStream();
    for (int i = 0; i < 2; ++i) {
      if (i == 0) thrower_.Arm(entry);
      ingest::v1::StreamRequest request;
      request.set_sequence(static_cast<std::uint64_t>(i) + 1);
      *request.add_records()->mutable_event() =
          EventBuilder(fmt::format("s{}-{}", static_cast<int>(entry), i))
              .With("email", "a@b.test")
              .Build();
      ASSERT_TRUE(stream->Write(request));
      const auto response = stream->Read();
      ASSERT_TRUE(response) << static_cast<int>(entry);
      // What throws before the request is read cannot name it; responses are in order all the same.
      const bool is_unread = i == 0 && entry == Entry::kCall;
      EXPECT_EQ(response->sequence(), is_unread ? 0 : request.sequence());
      EXPECT_EQ(test::DecodeStatus(response->status()).reason, i == 0 ? "INTERNAL" : "");
    }
    // To its end: no reaction of this stream is left that the next exception could hit.
    stream->WritesDone();
    EXPECT_FALSE(stream->Read());
    EXPECT_TRUE(stream->Finish().ok());
  }
  thrower_.Arm(Entry::kStream);
  const auto stream = client_->OpenStream();
  while (stream->Read()) {
  }
  EXPECT_EQ(stream->Finish().code, RpcCode::kInternal);
  EXPECT_TRUE(client_->Track(Three("after")).ok());
}

TEST_F(BarrierTest, ReadsAndDecisionsAreAnswered) {
  ASSERT_TRUE(client_->Track(Three("read")).ok());
  profile::v1::GetProfileRequest get;
  get.mutable_profile()->mutable_identifier()->set_kind("email");
  get.mutable_profile()->mutable_identifier()->set_value("a@b.test");
  for (const Entry entry : {Entry::kCall, Entry::kRead}) {
    thrower_.Arm(entry);
    EXPECT_EQ(client_->GetProfile(get).status.code, RpcCode::kInternal);
    EXPECT_TRUE(client_->GetProfile(get).ok());
  }
  EXPECT_EQ(Caught("read"), 1);
  identity::v1::MergeProfilesRequest merge;
  *merge.mutable_profile() = get.profile();
  for (const Entry entry : {Entry::kCall, Entry::kDecision}) {
    thrower_.Arm(entry);
    EXPECT_EQ(client_->MergeProfiles(merge).status.code, RpcCode::kInternal);
    EXPECT_EQ(client_->MergeProfiles(merge).status.code, RpcCode::kInvalidArgument);
  }
  EXPECT_EQ(Caught("decision"), 1);
}

TEST_F(BarrierTest, BackgroundTasksAndTheMetricsPageGoOn) {
  thrower_.Arm(Entry::kTask);
  const Deadline deadline = Deadline::After(kPatience);
  while (thrower_.IsArmed() && !deadline.Expired()) std::this_thread::yield();
  EXPECT_EQ(Caught("task"), 1);
  thrower_.Arm(Entry::kMetrics);
  EXPECT_EQ(Caught("metrics"), -1);  // An empty page.
  EXPECT_EQ(Caught("metrics"), 1);
  EXPECT_TRUE(client_->Track(Three("still")).ok());
}

}  // namespace
}  // namespace selfsame
