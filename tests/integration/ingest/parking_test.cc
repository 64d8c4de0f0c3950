// One lane has all records here. Those that need a row which another session holds wait, and the
// others do not wait for them.
#include "server/ingest/parking.h"

#include <gtest/gtest.h>

#include <future>
#include <pqxx/result>
#include <thread>

#include "tests/integration/ingest/lanes_harness.h"
#include "tests/support/holding.h"

namespace selfsame::ingest {
namespace {

constexpr std::int64_t kStart = 1'600'000'000;
constexpr int kOthers = 300;
constexpr std::chrono::seconds kQuick{5};
constexpr std::chrono::seconds kPatience{60};

TestRecord CityOf(const std::string& key, const std::string& person, const std::string& city) {
  return {.key = key,
          .at_seconds = kStart,
          .identifiers = {{"customer_id", person}},
          .traits = "{\"city\":\"" + city + "\"}"};
}

bool AreAccepted(const std::vector<Outcome>& outcomes, std::size_t count) {
  for (const Outcome& outcome : outcomes) {
    if (outcome.kind != OutcomeKind::kAccepted) return false;
  }
  return outcomes.size() == count;
}

// The parameter is the table whose row is held.
class ParkingTest : public testing::TestWithParam<const char*> {
 protected:
  ParkingTest() {
    EXPECT_TRUE(AreAccepted(lanes_.Send({CityOf("k0", "held", "Aachen")}), 1));
    lock_ = "SELECT * FROM " + std::string(GetParam()) + " FOR UPDATE";
    held_.emplace(*database_, lock_);  // Of the only person there is.
  }

  std::vector<TestRecord> Others(const std::string& key, const std::string& city) {
    std::vector<TestRecord> records;
    for (int i = 0; i < kOthers; ++i) {
      records.push_back(CityOf(key + std::to_string(i), "c-" + std::to_string(i), city));
    }
    return records;
  }
  std::int64_t Count(const std::string& table) {
    return test::Must(
        database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<std::int64_t> {
          return tx.exec("SELECT count(*) FROM " + table)[0][0].as<std::int64_t>();
        }));
  }
  template <typename Condition>
  static bool Comes(Condition condition) {
    const Deadline deadline = Deadline::After(kPatience);
    while (!condition()) {
      if (deadline.Expired()) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
  }

  const std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  const test::SeededTenant tenant_ = database_->SeedTenant("acme");
  LanesHarness lanes_{*database_, tenant_, 1};
  std::string lock_;
  std::optional<test::Holding> held_;
};

TEST_P(ParkingTest, OnlyTheRecordsOfAHeldRowWait) {
  auto waiting =
      std::async(std::launch::async, [&] { return lanes_.Send({CityOf("k1", "held", "Hull")}); });
  EXPECT_TRUE(Comes([&] { return lanes_.metrics().parked_rows.Value() == 1; }));
  // A batch with another record of that person among many, and calls beside it.
  auto mixed = std::async(std::launch::async, [&] {
    std::vector<TestRecord> records = Others("mixed", "Hull");
    records.insert(records.begin() + kOthers / 2, CityOf("k2", "held", "Leeds"));
    return lanes_.Send(records);
  });
  for (int i = 0; i < 20; ++i) {
    const auto started = std::chrono::steady_clock::now();
    const std::string number = std::to_string(i);
    EXPECT_TRUE(AreAccepted(lanes_.Send({CityOf("beside" + number, "c-" + number, "Bath")}), 1));
    EXPECT_LT(std::chrono::steady_clock::now() - started, kQuick);
  }
  // What is not of that person is committed, although its call waits for the rest.
  EXPECT_TRUE(Comes([&] { return Count("receipts") == 1 + kOthers + 20; }));
  EXPECT_EQ(waiting.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  EXPECT_EQ(mixed.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  held_.reset();
  EXPECT_TRUE(AreAccepted(waiting.get(), 1));
  EXPECT_TRUE(AreAccepted(mixed.get(), kOthers + 1));
  EXPECT_EQ(lanes_.metrics().parked_rows.Value(), 0);
  for (const char* table : {"receipts", "records"}) {
    EXPECT_EQ(Count(table), 3 + kOthers + 20) << table;
  }
  EXPECT_EQ(Count("claims WHERE attribute = 'city'"), 3 + kOthers + 20);
}

// Found within one batch, without anything that was parked before.
TEST_P(ParkingTest, AHeldRowIsFoundAmongMany) {
  std::vector<TestRecord> records = Others("mixed", "Hull");
  records.push_back(CityOf("k1", "held", "Leeds"));
  auto mixed = std::async(std::launch::async, [&] { return lanes_.Send(records); });
  const auto started = std::chrono::steady_clock::now();
  EXPECT_TRUE(Comes([&] { return Count("receipts") == 1 + kOthers; }));
  EXPECT_LT(std::chrono::steady_clock::now() - started, 2 * kQuick);
  held_.reset();
  EXPECT_TRUE(AreAccepted(mixed.get(), kOthers + 1));
  EXPECT_EQ(Count("receipts"), 2 + kOthers);
}

// The same key must not be settled by what was sent later.
TEST_P(ParkingTest, WhatFollowsUnderTheSameKeyWaitsToo) {
  auto first =
      std::async(std::launch::async, [&] { return lanes_.Send({CityOf("k1", "held", "Hull")}); });
  EXPECT_TRUE(Comes([&] { return lanes_.metrics().parked_rows.Value() == 1; }));
  auto second =
      std::async(std::launch::async, [&] { return lanes_.Send({CityOf("k1", "other", "Hull")}); });
  EXPECT_TRUE(Comes([&] { return lanes_.metrics().parked_rows.Value() == 2; }));
  held_.reset();
  EXPECT_TRUE(AreAccepted(first.get(), 1));
  EXPECT_NE(second.get().at(0).kind, OutcomeKind::kAccepted);
}

TEST_P(ParkingTest, ARowThatStaysHeldSendsItsRecordsBack) {
  const auto refused = lanes_.TrySend({CityOf("k1", "held", "Hull")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(refused.error().reason, "LOCK_TIMEOUT");
  EXPECT_GT(refused.error().retry_after.count(), 0);
  EXPECT_EQ(lanes_.metrics().parked_rows.Value(), 0);
  held_.reset();
  EXPECT_TRUE(AreAccepted(lanes_.Send({CityOf("k1", "held", "Hull")}), 1));
  EXPECT_EQ(Count("receipts"), 2);
}

INSTANTIATE_TEST_SUITE_P(Tables, ParkingTest, testing::Values("profiles", "components"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace selfsame::ingest
