#include "server/ingest/tenant_lanes.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace selfsame::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kBusy = 1;
constexpr int kCalm = 2;

class TenantLanesTest : public testing::Test {
 protected:
  std::shared_ptr<Submission> SubmissionOf(int tenant) {
    auto& held = tenants_[tenant];
    if (held == nullptr) {
      held = std::make_unique<storage::Tenant>(storage::Tenant{.id = TenantId{tenant},
                                                               .node_key = storage::Secret(""),
                                                               .seal_key = storage::Secret("")});
    }
    return std::make_shared<Submission>(directory_, *held, std::vector<PreparedRecord>(1), nullptr,
                                        [](Submission&) {});
  }
  std::optional<Place> Enter(int tenant) { return lanes_.Enter(SubmissionOf(tenant), 1, now_); }
  void Leave(int tenant) { EXPECT_TRUE(lanes_.Leave(TenantId{tenant}, 1).submissions.empty()); }
  // A tenant that keeps lanes busy this long, as a part of the time that passes.
  void Works(int tenant, double lanes, seconds length = seconds(4)) {
    for (milliseconds passed{0}; passed < length; passed += milliseconds(100)) {
      now_ += milliseconds(100);
      lanes_.Used(TenantId{tenant}, std::chrono::microseconds(static_cast<int>(lanes * 1e5)), now_);
    }
  }

  const std::shared_ptr<const storage::Directory> directory_ =
      std::make_shared<storage::Directory>();
  std::map<int, std::unique_ptr<storage::Tenant>> tenants_;
  TenantLanes lanes_;
  TenantLanes::TimePoint now_{seconds(1'000)};
};

TEST_F(TenantLanesTest, AloneATenantHasAllLanesHoweverMuchItSends) {
  EXPECT_EQ(Enter(kCalm), Place::kAll);
  Leave(kCalm);
  Works(kCalm, 2);
  EXPECT_EQ(Enter(kCalm), Place::kAll);
}

TEST_F(TenantLanesTest, WhileOthersAreBusyTheSmallHaveALaneAndTheOthersHalf) {
  Works(kBusy, 2);
  EXPECT_EQ(Enter(kCalm), Place::kNarrow);
  Leave(kCalm);
  lanes_.Used(TenantId{kCalm}, milliseconds(50), now_);
  EXPECT_EQ(Enter(kBusy), Place::kHalf);
  Leave(kBusy);
  now_ += seconds(60);
  EXPECT_EQ(Enter(kBusy), Place::kAll);
  EXPECT_EQ(Enter(kCalm), Place::kAll);
}

TEST_F(TenantLanesTest, AmongEqualsTheNarrowLaneTakesNoMoreThanItsPart) {
  for (int i = 0; i < 40; ++i) {
    for (int tenant = 1; tenant <= 10; ++tenant) {
      lanes_.Used(TenantId{tenant}, milliseconds(20), now_);
    }
    now_ += milliseconds(100);
  }
  int narrow = 0;
  for (int tenant = 1; tenant <= 10; ++tenant) narrow += Enter(tenant) == Place::kNarrow ? 1 : 0;
  EXPECT_GE(narrow, 2);
  EXPECT_LE(narrow, 4);
}

TEST_F(TenantLanesTest, ATenantMovesOnlyWhenNoneOfItsRecordsIsInALane) {
  Works(kBusy, 2);
  ASSERT_EQ(Enter(kCalm), Place::kNarrow);
  Works(kCalm, 3, seconds(10));  // Has become the larger one.
  const auto first = SubmissionOf(kCalm);
  const auto second = SubmissionOf(kCalm);
  EXPECT_EQ(lanes_.Enter(first, 1, now_), std::nullopt);
  EXPECT_EQ(lanes_.Enter(second, 1, now_), std::nullopt);
  const TenantLanes::Release release = lanes_.Leave(TenantId{kCalm}, 1);
  EXPECT_EQ(release.place, Place::kAll);
  EXPECT_EQ(release.submissions, (TenantLanes::Submissions{first, second}));
  // What comes before these are pushed does not overtake them.
  const auto third = SubmissionOf(kCalm);
  EXPECT_EQ(lanes_.Enter(third, 1, now_), std::nullopt);
  EXPECT_EQ(lanes_.Released(TenantId{kCalm}).submissions, TenantLanes::Submissions{third});
  EXPECT_TRUE(lanes_.Released(TenantId{kCalm}).submissions.empty());
  EXPECT_EQ(Enter(kCalm), Place::kAll);
}

TEST_F(TenantLanesTest, ARecordThatDoesNotLeaveItsLaneHoldsNobodyForLong) {
  Works(kBusy, 2);
  ASSERT_EQ(Enter(kCalm), Place::kNarrow);
  Works(kCalm, 3, seconds(10));
  const auto held = SubmissionOf(kCalm);
  EXPECT_EQ(lanes_.Enter(held, 1, now_), std::nullopt);
  EXPECT_TRUE(lanes_.Overdue(now_).empty());
  now_ += seconds(1);
  auto overdue = lanes_.Overdue(now_);
  ASSERT_EQ(overdue.size(), 1U);
  EXPECT_EQ(overdue.begin()->second.place, Place::kNarrow) << "It stays where it is.";
  EXPECT_EQ(overdue.begin()->second.submissions, TenantLanes::Submissions{held});
  EXPECT_TRUE(lanes_.Released(TenantId{kCalm}).submissions.empty());
  EXPECT_EQ(Enter(kCalm), Place::kNarrow);
}

}  // namespace
}  // namespace selfsame::ingest
