// The sums that measures are read from are those that the profiles themselves say, whatever joins,
// parts, repeats and folds meanwhile.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "base/uuid.h"
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

  void Alter(const std::string& sql) {
    test::Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      tx.exec(sql);
      return {};
    }));
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
  std::int64_t sized = 0;
  for (const auto& [label, profiles] : standing.sizes) sized += profiles;
  EXPECT_EQ(sized, standing.profiles);
  EXPECT_GT(standing.sizes.size(), 2u);
}

TEST_F(RecountTest, DaysLongAgoTakeOneRowAndTheRecountAgrees) {
  LanesHarness web(*database_, tenant_, 1);
  constexpr std::int64_t kDay = 86'400;
  std::vector<TestRecord> history;
  for (int i = 0; i < 200; ++i) {
    history.push_back({.key = "k" + std::to_string(i),
                       .at_seconds = 1 + i * 90 * kDay,  // From 1970 to 2019; 0 is refused.
                       .identifiers = {{"customer_id", "c" + std::to_string(i)}},
                       .traits = R"({"city":"Ulm"})"});
  }
  web.Send(history);
  EXPECT_THAT(Recount(), IsEmpty());
  while (test::Must(storage::FoldQualityDeltas(*session_, where_, 1'000)) > 0) {
  }
  EXPECT_THAT(Recount(), IsEmpty());
  const auto said = [](const std::vector<storage::QualityCount>& counts) {
    std::vector<storage::QualityCount> rows;
    std::copy_if(counts.begin(), counts.end(), std::back_inserter(rows),
                 [](const auto& row) { return row.measure == storage::FieldMeasure::kSaid; });
    return rows;
  };
  const auto kept = said(test::Must(storage::ReadFieldCounts(*session_, where_)));
  ASSERT_THAT(kept, SizeIs(38));  // 2010 to 2019, four a year, and what is before.
  EXPECT_EQ(kept[0].day, storage::kSaidDayFloor);
  EXPECT_EQ(kept[0].count, 163);
  // As of 2024 each stretch of a month is told as its middle, and nothing is lost.
  constexpr std::int32_t kToday = 19'800;
  const auto read = said(test::Must(storage::ReadFieldCounts(*session_, where_, kToday)));
  std::int64_t claims = 0;
  std::int64_t seconds = 0;
  for (const storage::QualityCount& row : read) {
    EXPECT_EQ((kToday - storage::kDaysApart - 15 - row.day) % 30, 0) << row.day;
    claims += row.count;
    seconds += row.seconds;
  }
  EXPECT_EQ(claims, 200);
  EXPECT_EQ(seconds, 200 + 199 * 200 / 2 * 90 * kDay);
}

TEST_F(RecountTest, RangesOfSizesAreTheSameWhoeverCounts) {
  LanesHarness web(*database_, tenant_, 1);
  std::vector<TestRecord> history;
  int device = 0;
  for (const int size : {1, 2, 3, 4, 5, 6, 10, 11, 20, 21, 50, 51}) {
    for (int i = 0; i < std::max(size - 1, 1); ++i) {
      TestRecord record{.key = std::to_string(++device),
                        .at_seconds = kStart,
                        .identifiers = {{"customer_id", "c" + std::to_string(size)}}};
      if (size > 1) record.identifiers.emplace_back("anonymous_id", "a-" + record.key + "x");
      history.push_back(std::move(record));
    }
  }
  web.Send(history);
  EXPECT_THAT(Recount(), IsEmpty());
  const auto standing = StandingOf(test::Must(storage::ReadFieldCounts(*session_, where_)), Now());
  EXPECT_EQ(standing.sizes, (std::map<std::string, std::int64_t>{{"1", 1},
                                                                 {"2", 1},
                                                                 {"3", 1},
                                                                 {"4-5", 2},
                                                                 {"6-10", 2},
                                                                 {"11-20", 2},
                                                                 {"21-50", 2},
                                                                 {"51-100", 1}}));
  // Larger than the shipped rules let a profile become.
  for (const int size : {100, 101, 1'000, 1'001}) {
    Alter(fmt::format(
        "INSERT INTO identifiers (first_seen_at, shard, tenant_id, node_id, birth_id, "
        "component_id, "
        "profile_id, kind, value_sealed) SELECT 'epoch', {0}, {1}, node, node, '{2}', '{2}', 'x', "
        "'' FROM generate_series(1, {3}) AS n, "
        "LATERAL (SELECT md5(n || 'of {3}')::uuid AS node) AS made",
        where_.shard.value, where_.tenant.value, FormatUuid(NewUuidV7<ProfileId>(Now())), size));
  }
  std::map<std::string, std::int64_t> more;
  for (const auto& [was, is] : Recount()) more[is.attribute] = is.count - was.count;
  for (const int size : {100, 101, 1'000, 1'001}) --more[std::string(storage::SizeLabelOf(size))];
  for (const auto& [label, count] : more) EXPECT_EQ(count, 0) << label;
}

TEST_F(RecountTest, WhatWasCountedWronglyIsFoundAndRepaired) {
  LanesHarness web(*database_, tenant_, 1);
  web.Send({{.key = "a",
             .at_seconds = kStart,
             .identifiers = {{"email", "a@x.io"}},
             .traits = R"({"city":"Ulm"})"}});
  Alter("UPDATE quality_deltas SET count = count + 4 WHERE attribute = 'city' AND measure = 1");
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
