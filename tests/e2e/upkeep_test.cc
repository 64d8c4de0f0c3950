// What the server sees to by itself while it runs.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/installation.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;

constexpr std::size_t kClients = 16;

class UpkeepTest : public InstallationTest {
 protected:
  std::vector<Row> Partitions() {
    return Rows(*database_,
                "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'records'::regclass");
  }
};

TEST_F(UpkeepTest, PartitionsAreMadeAheadOfTime) {
  const Deadline deadline = Deadline::After(kPatience);
  while (Partitions().size() < 3) ASSERT_FALSE(deadline.Expired());
}

// Every lane finds it missing at once, and only one of them can make it.
TEST_F(UpkeepTest, AMissingPartitionIsMadeByWhoeverNeedsItFirst) {
  const Deadline deadline = Deadline::After(kPatience);
  while (Partitions().empty()) ASSERT_FALSE(deadline.Expired());
  for (int round = 0; round < 5; ++round) {
    for (const Row& partition : Partitions()) Rows(*database_, "DROP TABLE " + partition[0]);
    Rows(*database_,
         "TRUNCATE receipts, identifiers, edges, profiles, outbox, "
         "activity, activity_deltas");
    InParallel(kClients, [&](std::size_t i) {
      IngestClient client(server_->grpc_address(), tenant_.api_key);
      const auto event = EventBuilder(fmt::format("{}-{}", round, i))
                             .With("customer_id", fmt::format("c{}-{}", round, i));
      const auto reply = client.Track(Events({event.Build()}));
      ASSERT_TRUE(reply.ok()) << reply.status.reason << " " << reply.status.message;
      EXPECT_EQ(reply.response.outcomes(0).outcome(), ingest::v1::OUTCOME_ACCEPTED);
    });
    EXPECT_EQ(CountOf(*database_, "records"), kClients);
    EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
  }
}

}  // namespace
}  // namespace selfsame::test
