// The sums that measures are read from are those that the profiles themselves say, whatever joins,
// parts, repeats and folds meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "server/quality/field_ages.h"
#include "storage/quality.h"
#include "tests/integration/ingest/lanes_harness.h"
#include "tests/support/seed.h"

namespace selfsame::quality {
namespace {

using ingest::LanesHarness;
using ingest::TestRecord;
using storage::RecountMode;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kStart = 1'600'000'000;

std::vector<TestRecord> RandomHistory(std::mt19937_64& random, int records) {
  static const char* kKinds[] = {"customer_id", "email", "device_id"};
  std::vector<TestRecord> history;
  for (int i = 0; i < records; ++i) {
    TestRecord record{.key = "k" + std::to_string(i),
                      .at_seconds = kStart + static_cast<std::int64_t>(random() % 1'000'000)};
    for (int j = 0; j < 1 + static_cast<int>(random() % 3); ++j) {
      const std::string kind = kKinds[random() % 3];
      const std::string number = std::to_string(random() % 20);
      record.identifiers.emplace_back(kind,
                                      kind == "email" ? "e" + number + "@x.io" : "v" + number);
    }
    if (random() % 2 == 0) {
      record.traits =
          nlohmann::json{{random() % 2 == 0 ? "city" : "plan", "value " + std::to_string(i % 5)}}
              .dump();
    }
    history.push_back(std::move(record));
  }
  return history;
}

class RecountTest : public testing::Test {
 protected:
  // A second source of the tenant, of another trust.
  test::SeededTenant Crm() {
    test::SeededTenant crm = tenant_;
    crm.source = test::Must(storage::CreateSource(
        database_->owner(), "acme",
        {.name = "crm", .owner = "sales", .purpose = "test", .trust_priority = 10}, Now()));
    return crm;
  }

  // Sends the history by two sources from two threads, while a worker folds.
  void Send(const std::vector<TestRecord>& history) {
    LanesHarness web(*database_, tenant_, 2);
    LanesHarness crm(*database_, Crm(), 2);
    std::atomic<bool> is_done{false};
    std::jthread folder([&] {
      const auto session = database_->NewSession("selfsame_app");
      while (!is_done) test::Must(storage::FoldQualityDeltas(*session, where_, 3));
    });
    {
      std::vector<std::jthread> clients;
      for (std::size_t client = 0; client < 2; ++client) {
        clients.emplace_back([&, client] {
          for (std::size_t i = client; i < history.size(); i += 2) {
            (client == 0 ? web : crm).Send({history[i]});
          }
        });
      }
    }
    is_done = true;
  }

  std::vector<storage::RecountDifference> Recount(RecountMode mode = RecountMode::kCompare) {
    return test::Must(storage::RecountFieldCounts(*session_, where_, mode, Now()));
  }

  const std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  const test::SeededTenant tenant_ = database_->SeedTenant("acme");
  const storage::TenantShard where_{tenant_.shard, tenant_.tenant};
  const std::unique_ptr<pg::Session> session_ = database_->NewSession("selfsame_app");
};

TEST_F(RecountTest, SumsAgreeWithProfilesAfterAnyHistory) {
  std::mt19937_64 random(test::Seed());
  Send(RandomHistory(random, 400));
  EXPECT_THAT(Recount(), IsEmpty());
  const auto before = test::Must(storage::ReadFieldCounts(*session_, where_));
  ASSERT_FALSE(before.empty());
  while (test::Must(storage::FoldQualityDeltas(*session_, where_, 1'000)) > 0) {
  }
  EXPECT_EQ(test::Must(storage::ReadFieldCounts(*session_, where_)), before);
  EXPECT_THAT(Recount(), IsEmpty());
  const ProfileStanding standing = StandingOf(before, Now());
  EXPECT_GT(standing.profiles, 0);
  EXPECT_LE(standing.fields.at("city").profiles, standing.profiles);
}

TEST_F(RecountTest, WhatWasCountedWronglyIsFoundAndRepaired) {
  LanesHarness web(*database_, tenant_, 1);
  web.Send({{.key = "a",
             .at_seconds = kStart,
             .identifiers = {{"email", "a@x.io"}},
             .traits = R"({"city":"Ulm"})"}});
  test::Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    tx.exec("UPDATE quality_deltas SET count = count + 4 WHERE attribute = 'city' AND measure = 1");
    return {};
  }));
  const auto differences = Recount();
  ASSERT_THAT(differences, SizeIs(1));
  EXPECT_EQ(differences[0].kept.attribute, "city");
  EXPECT_EQ(differences[0].kept.count, 5);
  EXPECT_EQ(differences[0].counted.count, 1);
  EXPECT_THAT(Recount(RecountMode::kRepair), SizeIs(1));
  EXPECT_THAT(Recount(), IsEmpty());
}

}  // namespace
}  // namespace selfsame::quality
