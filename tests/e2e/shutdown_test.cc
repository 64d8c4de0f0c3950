// SIGTERM: what was taken in is settled and answered, what comes after is refused, and nothing
// waits.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/e2e/traffic.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kClients = 8;
constexpr std::size_t kPeople = 500;
constexpr std::size_t kLoad = 3'000;              // Records settled before the signal.
constexpr std::chrono::seconds kDrainWait{20};    // The server's own bound.
constexpr std::chrono::seconds kIdleStopWait{5};  // With nothing to drain: well below that.
constexpr std::chrono::seconds kPatience{60};

class ShutdownTest : public testing::Test {
 protected:
  void AwaitLoad() {
    const Deadline deadline = Deadline::After(kPatience);
    while (accepted_ < kLoad) {
      ASSERT_FALSE(deadline.Expired()) << accepted_ << " records accepted";
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  // Whether each reply's record is in the database, and no record is there without a reply.
  void ExpectAnsweredIsStored() {
    EXPECT_EQ(CountOf(*database_, "records"), accepted_);
    EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
  const SeededTenant tenant_ = database_->SeedTenant("acme");
  const std::unique_ptr<ServerProcess> server_ = ServerProcess::Start(*database_);
  const Traffic traffic_{kClients, kPeople};
  std::atomic<std::size_t> accepted_{0};
};

TEST_F(ShutdownTest, CallsUnderWayAreAnsweredAndLaterOnesRefused) {
  const auto send_until_refused = [this](std::size_t client) {
    IngestClient connection(server_->grpc_address(), tenant_.api_key);
    for (std::size_t call = 0;; ++call) {
      const auto reply = traffic_.Try(connection, client, call);
      if (!reply.ok()) {
        EXPECT_EQ(reply.status.code, RpcCode::kUnavailable) << reply.status.message;
        return;
      }
      for (const auto& outcome : reply.response.outcomes()) {
        EXPECT_EQ(outcome.outcome(), OUTCOME_ACCEPTED);
        ++accepted_;
      }
    }
  };
  std::vector<std::jthread> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] { send_until_refused(i); });
  }
  AwaitLoad();
  EXPECT_EQ(server_->Terminate(kDrainWait), 0);
  clients.clear();

  ExpectAnsweredIsStored();
  IngestClient late(server_->grpc_address(), tenant_.api_key);
  EXPECT_EQ(traffic_.Try(late, 0, 0).status.code, RpcCode::kUnavailable);
  EXPECT_THAT(server_->Log(), HasSubstr("stopped"));
}

// A client that keeps many requests open, until the server ends the stream.
void SendPipelined(IngestClient& connection, std::size_t client,
                   std::atomic<std::size_t>* accepted) {
  const auto stream = connection.OpenStream();
  std::jthread writer([&] {
    ingest::v1::StreamRequest request;
    for (std::size_t number = 0;; ++number) {
      request.set_sequence(number);
      *request.mutable_records()->Add()->mutable_event() =
          EventBuilder(fmt::format("{}-{}", client, number))
              .With("customer_id", fmt::format("c{}", number % kPeople))
              .Build();
      if (!stream->Write(request)) return;
      request.clear_records();
    }
  });
  std::uint64_t expected = 0;
  while (const auto response = stream->Read()) {
    EXPECT_EQ(response->sequence(), expected++);
    for (const auto& outcome : response->outcomes())
      *accepted += outcome.outcome() == OUTCOME_ACCEPTED;
    if (response->has_status()) {
      EXPECT_EQ(DecodeStatus(response->status()).code, RpcCode::kUnavailable);
    }
  }
  writer.join();
  EXPECT_EQ(stream->Finish().code, RpcCode::kUnavailable);
}

TEST_F(ShutdownTest, StreamsEndOnceWhatTheyTookInIsAnswered) {
  std::vector<std::jthread> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.emplace_back([this, i] {
      IngestClient connection(server_->grpc_address(), tenant_.api_key);
      SendPipelined(connection, i, &accepted_);
    });
  }
  AwaitLoad();
  EXPECT_EQ(server_->Terminate(kDrainWait), 0);
  clients.clear();
  ExpectAnsweredIsStored();
}

TEST_F(ShutdownTest, AnIdleStreamDoesNotHoldUpTheStop) {
  IngestClient connection(server_->grpc_address(), tenant_.api_key);
  const auto stream = connection.OpenStream();
  ingest::v1::StreamRequest request;
  *request.add_records()->mutable_event() = EventBuilder("k").With("email", "a@shop.test").Build();
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read());
  EXPECT_EQ(server_->Terminate(kIdleStopWait), 0);
  EXPECT_FALSE(stream->Read());
  EXPECT_EQ(stream->Finish().code, RpcCode::kUnavailable);
}

TEST_F(ShutdownTest, NeitherDoesAWatchOfItsHealth) {
  const HealthWatch watch(server_->grpc_address());
  EXPECT_EQ(server_->Terminate(kIdleStopWait), 0);
}

TEST_F(ShutdownTest, AfterARestartWhatWasAnsweredIsADuplicate) {
  IngestClient connection(server_->grpc_address(), tenant_.api_key);
  const auto first = traffic_.Try(connection, 0, 0);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(server_->Terminate(kDrainWait), 0);
  server_->Restart();
  const Outcomes again = traffic_.Send(connection, 0, 0, Deadline::After(kPatience));
  ASSERT_EQ(again.size(), Traffic::kBatch);
  for (std::size_t i = 0; i < again.size(); ++i) {
    EXPECT_EQ(again[i].outcome(), ingest::v1::OUTCOME_DUPLICATE);
    EXPECT_EQ(again[i].record_id(), first.response.outcomes(static_cast<int>(i)).record_id());
    EXPECT_EQ(again[i].profile_id(), first.response.outcomes(static_cast<int>(i)).profile_id());
  }
}

}  // namespace
}  // namespace selfsame::test
