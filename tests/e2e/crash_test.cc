// A server that is killed in the middle of its work: what it acknowledged is there, and of what it
// did not, all or nothing (INV-1).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/e2e/traffic.h"
#include "tests/support/seed.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;

constexpr std::size_t kClients = 8;
constexpr std::size_t kCalls = 300;  // Of each client.
constexpr std::size_t kRecords = kClients * kCalls * Traffic::kBatch;
constexpr std::size_t kPeople = 1'000;
constexpr int kCrashes = 8;
constexpr std::chrono::minutes kPatience{3};

// Clients that send their calls one after the other, each until it is settled, whatever happens to
// the server meanwhile.
class Clients {
 public:
  Clients(std::string address, std::string api_key)
      : address_(std::move(address)), api_key_(std::move(api_key)), tallies_(kClients) {
    for (std::size_t i = 0; i < kClients; ++i) threads_.emplace_back([this, i] { Run(i); });
  }

  std::size_t settled() const { return settled_; }
  Tally Finish() {
    threads_.clear();
    Tally all;
    for (const Tally& tally : tallies_) all.Add(tally);
    return all;
  }

 private:
  void Run(std::size_t client) {
    IngestClient connection(address_, api_key_);
    const Traffic traffic(kClients, kPeople);
    const Deadline deadline = Deadline::After(kPatience);
    for (std::size_t call = 0; call < kCalls && !testing::Test::HasFailure(); ++call) {
      tallies_[client].Add(traffic.Send(connection, client, call, deadline));
      settled_ += Traffic::kBatch;
    }
  }

  const std::string address_;
  const std::string api_key_;
  std::vector<Tally> tallies_;
  std::atomic<std::size_t> settled_{0};
  std::vector<std::jthread> threads_;  // Last: they use the others.
};

void AwaitSettled(const Clients& clients, std::size_t count, const Deadline& deadline) {
  while (clients.settled() < count) {
    ASSERT_FALSE(deadline.Expired()) << clients.settled() << " records settled";
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

TEST(CrashTest, WhatWasAcknowledgedIsThereAndNothingIsHalfDone) {
  const auto database = TestDatabase::Create();
  const SeededTenant tenant = database->SeedTenant("acme");
  const auto server = ServerProcess::Start(*database);
  Clients clients(server->grpc_address(), tenant.api_key);

  std::mt19937_64 random(Seed());
  const Deadline deadline = Deadline::After(kPatience);
  constexpr std::size_t kSlice = kRecords / (kCrashes + 1);
  for (int crash = 1; crash <= kCrashes; ++crash) {
    AwaitSettled(clients, kSlice * crash - random() % (kSlice / 2), deadline);
    if (testing::Test::HasFatalFailure()) return;
    server->Kill9();
    EXPECT_THAT(BrokenInvariants(*database), IsEmpty()) << "after crash " << crash;
    server->Restart();
  }

  const Tally all = clients.Finish();
  fmt::print("{} accepted, {} had been committed without a reply\n", all.accepted, all.duplicate);
  EXPECT_EQ(all.accepted + all.duplicate, kRecords);
  EXPECT_EQ(all.other, 0u);
  EXPECT_EQ(CountOf(*database, "receipts"), kRecords);
  EXPECT_EQ(CountOf(*database, "records"), kRecords);
  EXPECT_EQ(CountOf(*database, "profiles"), kPeople);
  EXPECT_THAT(BrokenInvariants(*database), IsEmpty());
  EXPECT_EQ(DeadlocksOf(*database), 0);
}

}  // namespace
}  // namespace selfsame::test
