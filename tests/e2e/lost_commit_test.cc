// COMMITs that get lost, and replies to COMMITs that get lost: settled by reading receipts (INV-2).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/e2e/traffic.h"
#include "tests/support/cut_proxy.h"
#include "tests/support/seed.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;

constexpr std::size_t kClients = 8;
constexpr std::size_t kCalls = 150;  // Of each client.
constexpr std::size_t kRecords = kClients * kCalls * Traffic::kBatch;
constexpr std::size_t kPeople = 700;
constexpr double kCutProbability = 0.2;
constexpr std::chrono::minutes kPatience{3};

TEST(LostCommitTest, NoCommitIsLostOrDoneTwice) {
  const auto database = TestDatabase::Create();
  const SeededTenant tenant = database->SeedTenant("acme");
  const CutProxy proxy(
      {.database_url = database->url(), .cut_probability = kCutProbability, .seed = Seed()});
  const auto server =
      ServerProcess::Start({.database_url = proxy.url(), .master_key = &database->master_key()});

  const Traffic traffic(kClients, kPeople);
  std::vector<Tally> tallies(kClients);
  InParallel(kClients, [&](std::size_t client) {
    IngestClient connection(server->grpc_address(), tenant.api_key);
    const Deadline deadline = Deadline::After(kPatience);
    for (std::size_t call = 0; call < kCalls; ++call) {
      tallies[client].Add(traffic.Send(connection, client, call, deadline));
    }
  });

  Tally all;
  for (const Tally& tally : tallies) all.Add(tally);
  // Not even DUPLICATE: nobody had to send anything twice.
  EXPECT_EQ(all.accepted, kRecords);
  EXPECT_EQ(all.duplicate + all.other, 0u);
  EXPECT_EQ(CountOf(*database, "receipts"), kRecords);
  EXPECT_EQ(CountOf(*database, "records"), kRecords);
  EXPECT_EQ(CountOf(*database, "profiles"), kPeople);
  EXPECT_THAT(BrokenInvariants(*database), IsEmpty());
  EXPECT_EQ(DeadlocksOf(*database), 0);

  fmt::print("{} commits cut, {} passed\n", proxy.cuts(), proxy.passed());
  EXPECT_GT(proxy.cut_before(), 0u);
  EXPECT_GT(proxy.cut_after(), 0u);
  EXPECT_GT(proxy.cut_during(), 0u);
  EXPECT_EQ(server->Metric("selfsame_commit_retries_total{reason=\"in_doubt\"}"), proxy.cuts());
}

}  // namespace
}  // namespace selfsame::test
