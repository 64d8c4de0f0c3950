// A customer who comes with a new browser each time: what is loaded and written for a record near
// the end is what it was near the beginning.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "identity/resolve.h"
#include "tests/e2e/deciding.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr int kRecords = 10'000;
constexpr int kRecordsACall = 50;

class FloodTest : public DecidingTest {
 protected:
  // Browsers `first` to `last - 1` of customer c-1.
  void Browse(int first, int last) {
    std::vector<ingest::v1::Event> events;
    for (int i = first; i < last; ++i) {
      events.push_back(EventBuilder(fmt::format("b{}", i))
                           .At(At(i))
                           .With("customer_id", "c-1")
                           .With("anonymous_id", fmt::format("browser-{}", i))
                           .Build());
      if (static_cast<int>(events.size()) < kRecordsACall && i + 1 < last) continue;
      TrackAll(events);
      events.clear();
    }
  }

  // What the next record of the customer loads.
  std::int64_t NodesLoaded() {
    return Number(*database_,
                  "SELECT max(nodes) FROM (SELECT count(*) AS nodes FROM identifiers GROUP BY "
                  "component_id) AS sizes");
  }
  std::int64_t EdgesLoaded() {
    return Number(*database_, "SELECT count(*) FROM edges WHERE refusal < 5");
  }
};

TEST_F(FloodTest, VeryManyBrowsersOfOneCustomerCostNoMoreThanAFew) {
  Seen(0, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  Browse(0, kRecords / 20);
  const std::int64_t listed = CountOf(*database_, "merge_history");
  EXPECT_LE(NodesLoaded(), identity::kContestedNodesMax);
  EXPECT_LE(listed, identity::kContestedNodesMax);
  Browse(kRecords / 20, kRecords);
  EXPECT_LE(NodesLoaded(), identity::kContestedNodesMax);
  EXPECT_LE(EdgesLoaded(), identity::kContestedNodesMax);
  EXPECT_EQ(CountOf(*database_, "merge_history"), listed);
  EXPECT_EQ(CountOf(*database_, "merge_history_profiles"), 2 * listed);
  // The customer is who it was: fifty browsers and an address.
  EXPECT_THAT(MembersOf("customer_id", "c-1"), SizeIs(52));
  profile::v1::GetProfileRequest past;
  *past.mutable_profile() = ByIdentifier("customer_id", "c-1");
  past.mutable_at()->set_seconds(At(kRecords).us / 1'000'000);
  EXPECT_EQ(client_.GetProfile(past).response.profile().identifiers_size(), 52);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
  // And the rest is not walked to find them.
  std::string plan;
  for (const Row& row :
       Rows(*database_,
            "EXPLAIN SELECT node_b FROM edges WHERE shard = 1 AND tenant_id = 1 "
            "AND node_a = '01890a5d-ac96-774b-bcce-b302099a8057' AND refusal < 5")) {
    plan += row[0] + "\n";
  }
  EXPECT_THAT(plan, testing::HasSubstr("edges_in_graph"));
}

// A kiosk: how many were refused is counted, each of them is not listed.
TEST_F(FloodTest, RefusalsOfASharedIdentifierAreCountedNotListed) {
  for (int i = 0; i < 3; ++i) {
    Seen(i, {{"customer_id", fmt::format("c-{}", i)}, {"device_id", "KIOSK"}});
  }
  const std::int64_t listed = CountOf(*database_, "merge_history");
  for (int i = 3; i < 40; ++i) {
    Seen(i, {{"customer_id", fmt::format("c-{}", i)}, {"device_id", "KIOSK"}});
  }
  EXPECT_EQ(CountOf(*database_, "merge_history"), listed);
  EXPECT_EQ(Number(*database_, "SELECT count(*) FROM edges WHERE refusal = 5"), 40);
}

}  // namespace
}  // namespace selfsame::test
