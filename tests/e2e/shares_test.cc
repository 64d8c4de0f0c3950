// One tenant's load and the others; calls that nobody waits for; a stop with a full queue. The
// database is blocked by a lock on a table, so that what is queued stays queued.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/stop.h"
#include "tests/e2e/clients.h"
#include "tests/e2e/rows.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;

constexpr std::chrono::seconds kPatience{40};
constexpr std::size_t kCallRows = 200;

// As long as it lives nothing is committed.
class BlockedDatabase {
 public:
  explicit BlockedDatabase(TestDatabase& database) : session_(database.NewSession("")) {
    thread_ = std::thread([this] {
      Must(session_->InTransaction(TenantId{}, [this](pqxx::work& tx) -> Status {
        tx.exec("LOCK TABLE receipts IN ACCESS EXCLUSIVE MODE");
        is_blocked_.Set();
        while (!is_over_.WaitFor(std::chrono::milliseconds(60'000))) {
        }
        return {};
      }));
    });
    while (!is_blocked_.WaitFor(std::chrono::milliseconds(1'000))) {
    }
  }
  ~BlockedDatabase() {
    is_over_.Set();
    thread_.join();
  }

 private:
  const std::unique_ptr<pg::Session> session_;
  StopSignal is_blocked_;
  StopSignal is_over_;
  std::thread thread_;
};

class SharesTest : public testing::Test {
 protected:
  std::unique_ptr<ServerProcess> StartServer() {
    return ServerProcess::Start({.database_url = database_->url(),
                                 .master_key = &database_->master_key(),
                                 .config_toml = "[server]\ndrain_wait_ms = 4000\n"
                                                "[lanes]\ncount = 1\nqueue_rows_max = 4000\n"
                                                "give_up_ms = 120000\n",
                                 .flags = {}});
  }
  static ingest::v1::TrackEventsRequest Call(const std::string& name, std::size_t rows) {
    ingest::v1::TrackEventsRequest request;
    for (std::size_t i = 0; i < rows; ++i) {
      *request.add_events() = EventBuilder(fmt::format("{}-{}", name, i))
                                  .With("customer_id", fmt::format("{}-{}", name, i % 50))
                                  .Build();
    }
    return request;
  }
  // Sends calls of the tenant, each on a thread, until one is refused because the queue is full.
  void FillQueue(const ServerProcess& server, const SeededTenant& tenant,
                 std::chrono::milliseconds deadline) {
    const Deadline patience = Deadline::After(kPatience);
    for (int i = 0; !is_full_; ++i) {
      ASSERT_FALSE(patience.Expired()) << "never full";
      senders_.emplace_back([this, &server, &tenant, deadline, i] {
        IngestClient client(server.grpc_address(), tenant.api_key, deadline);
        const auto reply = client.Track(Call(fmt::format("greedy{}", i), kCallRows));
        if (reply.status.reason == "QUEUE_FULL") is_full_ = true;
        if (!reply.ok() && reply.status.code == RpcCode::kUnavailable) ++unavailable_;
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
  const SeededTenant greedy_ = database_->SeedTenant("greedy");
  const SeededTenant modest_ = database_->SeedTenant("modest");
  std::atomic<bool> is_full_{false};
  std::atomic<int> unavailable_{0};
  std::vector<std::jthread> senders_;
};

TEST_F(SharesTest, AFullQueueOfOneTenantHasRoomForAnother) {
  const auto server = StartServer();
  IngestClient modest(server->grpc_address(), modest_.api_key);
  std::jthread sender;
  Reply<ingest::v1::TrackEventsResponse> reply;
  {
    const BlockedDatabase blocked(*database_);
    FillQueue(*server, greedy_, kPatience);
    const double before = server->Metric("selfsame_queue_rows");
    sender = std::jthread([&] { reply = modest.Track(Call("modest", 100)); });
    const Deadline patience = Deadline::After(kPatience);
    while (server->Metric("selfsame_queue_rows") < before + 100) {
      ASSERT_FALSE(patience.Expired()) << reply.status.reason;
    }
  }
  sender.join();
  ASSERT_TRUE(reply.ok()) << reply.status.reason;
  EXPECT_EQ(reply.response.outcomes(99).outcome(), OUTCOME_ACCEPTED);
}

TEST_F(SharesTest, CallsThatNobodyWaitsForAreNotBegun) {
  const auto server = StartServer();
  {
    const BlockedDatabase blocked(*database_);
    FillQueue(*server, greedy_, std::chrono::seconds(2));
    senders_.clear();  // All have run out of time, but for those that were refused.
  }
  const Deadline patience = Deadline::After(kPatience);
  while (server->Metric("selfsame_queue_rows") > 0) ASSERT_FALSE(patience.Expired());
  // Only the batch that was under way when the database was blocked.
  EXPECT_LE(CountOf(*database_, "records"), 2'000);
  EXPECT_GT(server->Metric("selfsame_requests_refused_total{reason=\"CALL_ABANDONED\"}"), 0);
}

TEST_F(SharesTest, AStopWithAFullQueueBehindABlockedDatabaseEndsInTime) {
  const auto server = StartServer();
  const BlockedDatabase blocked(*database_);
  FillQueue(*server, greedy_, kPatience);
  unavailable_ = 0;
  // drain_wait_ms, and the slack of server/app.cc.
  EXPECT_EQ(server->Terminate(std::chrono::seconds(4 + 10)), 0);
  senders_.clear();
  EXPECT_GT(unavailable_, 10) << "those that waited are told to come again";
}

}  // namespace
}  // namespace selfsame::test
