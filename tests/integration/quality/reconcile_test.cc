// What reconciling stands on: what became of keys, how many were settled, and sums by the hour.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "storage/quality.h"
#include "storage/quarantine_desk.h"
#include "tests/integration/ingest/lanes_harness.h"

namespace selfsame::storage {
namespace {

using ingest::TestRecord;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kMany = 1'000;
constexpr TimeUs kBefore{1'600'000'000'000'000};

class ReconcileTest : public testing::Test {
 protected:
  // Two that are accepted and two that are quarantined, of no identifier.
  void SetUp() override {
    ingest::LanesHarness(*database_, tenant_, 1)
        .Send({Record("good-1"), Record("good-2"), Bad("bad-1"), Bad("bad-2")});
  }

  static TestRecord Record(const std::string& key) {
    return {.key = key,
            .at_seconds = 1'600'000'000,
            .identifiers = {{"customer_id", "c-" + key}},
            .traits = R"({"city":"Ulm"})"};
  }
  static TestRecord Bad(const std::string& key) {
    TestRecord record = Record(key);
    record.traits = R"({"email":"nobody"})";
    return record;
  }
  std::map<std::string, KeyState> Find(const std::vector<std::string>& keys) {
    std::map<std::string, KeyState> states;
    for (const FoundReceipt& found :
         test::Must(FindReceipts(*session_, where_, tenant_.source, keys))) {
      states[found.key] = found.state;
    }
    return states;
  }
  ReceiptCounts CountSince(TimeUs since) {
    return test::Must(CountReceipts(*session_, where_, tenant_.source, since, kMany));
  }
  void Execute(const std::string& sql) {
    test::Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      tx.exec(sql);
      return {};
    }));
  }

  const std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  const test::SeededTenant tenant_ = database_->SeedTenant("acme");
  const TenantShard where_{tenant_.shard, tenant_.tenant};
  const std::unique_ptr<pg::Session> session_ = database_->NewSession("selfsame_app");
};

TEST_F(ReconcileTest, KeysAreFoundAsWhatTheyBecame) {
  EXPECT_EQ(Find({"bad-1", "never", "good-1"}),
            (std::map<std::string, KeyState>{{"bad-1", KeyState::kInQuarantine},
                                             {"good-1", KeyState::kAccepted}}));
  EXPECT_THAT(Find({}), IsEmpty());
  const auto found = test::Must(FindReceipts(*session_, where_, tenant_.source, {"good-1"}));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_GT(found[0].received_at, kBefore);
}

TEST_F(ReconcileTest, WhatHasLeftQuarantineIsNotSaidToBeThere) {
  const auto id = test::Must(
      database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Result<RecordId> {
        return tx.exec("SELECT quarantine_id FROM quarantine WHERE key = 'bad-1'")[0][0]
            .as<RecordId>();
      }));
  test::Must(DiscardQuarantine(*session_, where_, std::vector{id}, QuarantineEnd::kDiscarded, "web",
                               "test", Now()));
  EXPECT_EQ(Find({"bad-1", "bad-2"}),
            (std::map<std::string, KeyState>{{"bad-1", KeyState::kGone},
                                             {"bad-2", KeyState::kInQuarantine}}));
  // Sent again and corrected it is an accepted one.
  ingest::LanesHarness(*database_, tenant_, 1).Send({Record("bad-1")});
  EXPECT_EQ(Find({"bad-1"}).at("bad-1"), KeyState::kAccepted);
}

TEST_F(ReconcileTest, KeysOfAnotherSourceOrTenantAreNotFound) {
  const test::SeededTenant other = database_->SeedTenant("other");
  ingest::LanesHarness(*database_, other, 1).Send({Record("theirs")});
  EXPECT_THAT(Find({"theirs"}), IsEmpty());
  EXPECT_EQ(CountSince(kBefore).accepted, 2);
}

TEST_F(ReconcileTest, ReceiptsAreCountedFromExactlyATimeOn) {
  EXPECT_EQ(CountSince(kBefore).accepted, 2);
  EXPECT_EQ(CountSince(kBefore).quarantined, 2);
  Execute("UPDATE receipts SET received_at = '2020-01-01T10:00:00Z' WHERE key = 'good-1'");
  const TimeUs ten{1'577'872'800'000'000};
  EXPECT_EQ(CountSince(ten).accepted, 2);
  EXPECT_EQ(CountSince(TimeUs{ten.us + 1}).accepted, 1);
  EXPECT_EQ(CountSince(TimeUs{4'000'000'000'000'000}).quarantined, 0);
}

TEST_F(ReconcileTest, ACountThatWouldReadTooMuchIsRefused) {
  EXPECT_EQ(test::Must(CountReceipts(*session_, where_, tenant_.source, kBefore, 4)).quarantined,
            2);
  const auto counted = CountReceipts(*session_, where_, tenant_.source, kBefore, 3);
  ASSERT_FALSE(counted.ok());
  EXPECT_EQ(counted.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(counted.error().reason, "TOO_MANY_RECEIPTS");
}

TEST_F(ReconcileTest, HoursAreAddedUpAndReadFromATimeOnAndDeleted) {
  const TimeUs first{1'700'002'800'000'000}, second{1'700'006'400'000'000};
  const SourceHour one{.source = tenant_.source,
                       .hour_at = first,
                       .received = 10,
                       .outcome = {5, 1, 2, 0, 0, 2},
                       .alike = 1};
  SourceHour other = one;
  other.hour_at = second;
  test::Must(AddSourceHours(*session_, where_.tenant, std::vector{one, other}));
  test::Must(AddSourceHours(*session_, where_.tenant, std::vector{one}));
  const auto hours = test::Must(ReadSourceHours(*session_, where_.tenant, first));
  ASSERT_THAT(hours, SizeIs(2));
  EXPECT_EQ(hours[0].hour_at, first);
  EXPECT_EQ(hours[0].received, 20);
  EXPECT_EQ(hours[0].outcome, (std::array<std::int64_t, 6>{10, 2, 4, 0, 0, 4}));
  EXPECT_EQ(hours[0].alike, 2);
  EXPECT_THAT(test::Must(ReadSourceHours(*session_, where_.tenant, second)), SizeIs(1));
  test::Must(DeleteSourceHours(*session_, where_.tenant, second));
  EXPECT_THAT(test::Must(ReadSourceHours(*session_, where_.tenant, first)), SizeIs(1));
  const test::SeededTenant stranger = database_->SeedTenant("other");
  EXPECT_THAT(test::Must(ReadSourceHours(*session_, stranger.tenant, first)), IsEmpty());
}

}  // namespace
}  // namespace selfsame::storage
