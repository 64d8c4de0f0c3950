// The quality keeper: what it shows of tenants, also where one of them cannot be read, and what it
// remembers from before it started.
#include "server/quality/quality_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/integration/ingest/lanes_harness.h"

namespace selfsame::quality {
namespace {

using ingest::LanesHarness;
using ingest::TestRecord;
using std::chrono::seconds;

constexpr TimeUs kNow{1'700'000'000'000'000};
constexpr std::int64_t kHour = 3'600'000'000;

class KeeperTest : public testing::Test {
 protected:
  KeeperTest() { LoadDirectory(); }

  void LoadDirectory() {
    directory_.Set(std::make_shared<const storage::Directory>(
        test::Must(storage::LoadDirectory(database_->owner(), database_->master_key()))));
  }

  static TestRecord PersonOf(int number) {
    return {.key = "k" + std::to_string(number),
            .at_seconds = 1'600'000'000,
            .identifiers = {{"customer_id", "c" + std::to_string(number)}}};
  }

  // The level of a family with these label values; none: it is not shown.
  std::optional<double> Level(std::string_view name, const std::vector<std::string>& values) {
    const auto levels = metrics_.quality.levels.Get();
    for (const observe::LevelFamily& family : *levels) {
      if (family.name != name) continue;
      for (const observe::Level& level : family.levels) {
        std::vector<std::string> labels;
        for (const auto& [label, value] : level.labels) labels.push_back(value);
        if (labels == values) return level.value;
      }
    }
    return std::nullopt;
  }

  void Alter(const std::string& sql) {
    test::Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      tx.exec(sql);
      return {};
    }));
  }

  const std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  const test::SeededTenant acme_ = database_->SeedTenant("acme");
  const test::SeededTenant zeta_ = database_->SeedTenant("zeta");
  Snapshot<storage::Directory> directory_{nullptr};
  observe::Metrics metrics_{{}};
  const observe::Logger log_{{.level = observe::LogLevel::kError}};
  QualityMeter meter_{metrics_.quality};
  QualityKeeper keeper_{{.database = {.url = database_->url(), .role = "selfsame_app"},
                         .meter = meter_,
                         .directory = directory_,
                         .metrics = metrics_,
                         .log = log_,
                         .data_dir = {}}};
};

TEST_F(KeeperTest, ATenantThatCannotBeReadKeepsNoOtherFromBeingShown) {
  LanesHarness(*database_, acme_, 1).Send({PersonOf(1), PersonOf(2)});
  LanesHarness(*database_, zeta_, 1).Send({PersonOf(1)});
  const auto broken = std::to_string(acme_.tenant.value);
  Alter("ALTER TABLE field_counts ADD CONSTRAINT broken CHECK (tenant_id <> " + broken + ")");
  keeper_.Pass(kNow);
  EXPECT_EQ(Level(observe::kProfilesName, {"zeta"}), 1);
  EXPECT_EQ(Level(observe::kLevelsTimeName, {}), std::nullopt) << "not all of them were read";
  Alter("ALTER TABLE field_counts DROP CONSTRAINT broken");
  keeper_.Pass(kNow + seconds(2));
  EXPECT_EQ(Level(observe::kProfilesName, {"acme"}), 2);
  EXPECT_EQ(Level(observe::kProfilesName, {"zeta"}), 1);
  EXPECT_EQ(Level(observe::kLevelsTimeName, {}), 1'700'000'002);
}

TEST_F(KeeperTest, WhatWasNeverReadIsNotShownAsNothing) {
  LanesHarness(*database_, acme_, 1).Send({PersonOf(1)});
  Alter("REVOKE SELECT ON audits FROM selfsame_app");
  keeper_.Pass(kNow);
  EXPECT_EQ(Level(observe::kProfilesName, {"acme"}), std::nullopt);
  Alter("GRANT SELECT ON audits TO selfsame_app");
  keeper_.Pass(kNow + seconds(2));
  EXPECT_EQ(Level(observe::kProfilesName, {"acme"}), 1);
}

TEST_F(KeeperTest, WhatIsShownIsReadAgainAfterSomeTimeOnly) {
  LanesHarness acme(*database_, acme_, 1);
  acme.Send({PersonOf(1)});
  keeper_.Pass(kNow);
  acme.Send({PersonOf(2)});
  keeper_.Pass(kNow + seconds(2));
  EXPECT_EQ(Level(observe::kProfilesName, {"acme"}), 1);
  keeper_.Pass(kNow + seconds(11));
  EXPECT_EQ(Level(observe::kProfilesName, {"acme"}), 2);
  EXPECT_EQ(Level(observe::kProfilesBySizeName, {"acme", "1"}), 2);
}

TEST_F(KeeperTest, ASourceThatFellSilentBeforeTheStartIsSilentStill) {
  const TimeUs hour_at{kNow.us - kNow.us % kHour - 5 * kHour};
  test::Must(storage::AddSourceHours(
      database_->owner(), acme_.tenant,
      std::vector<storage::SourceHour>{
          {.source = acme_.source, .hour_at = hour_at - std::chrono::hours(9), .received = 4},
          {.source = acme_.source, .hour_at = hour_at, .received = 1},
          {.source = acme_.source, .hour_at = TimeUs{hour_at.us + 2 * kHour}, .received = 0}}));
  test::Must(storage::AddSourceHours(
      database_->owner(), zeta_.tenant,
      std::vector<storage::SourceHour>{
          {.source = zeta_.source, .hour_at = TimeUs{kNow.us - kNow.us % kHour}, .received = 1}}));
  keeper_.Pass(kNow);
  const auto last = [&](const test::SeededTenant& tenant) {
    return metrics_.quality.last_record.Of({tenant.name, tenant.source_name}).Value();
  };
  EXPECT_EQ(last(acme_), (hour_at.us + kHour) / 1'000'000);
  EXPECT_EQ(last(zeta_), kNow.us / 1'000'000) << "never later than now";
}

TEST_F(KeeperTest, WhatNoSchemaKnowsIsCountedByName) {
  LanesHarness(*database_, acme_, 1);  // Registers the schemas that ship.
  test::Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    for (const char* path : {"colour", "size"}) {
      tx.exec_params(
          "INSERT INTO drift SELECT $1, $2, schema_id, false, $3, 1, now(), now(), '{}' FROM "
          "schemas "
          "WHERE name = 'selfsame.schemas.web.v1.PageViewed'",
          acme_.tenant.value, acme_.source.value, path);
    }
    return {};
  }));
  keeper_.Pass(kNow);
  EXPECT_EQ(
      Level(observe::kDriftName, {"acme", acme_.source_name, "selfsame.schemas.web.v1.PageViewed"}),
      2);
}

TEST_F(KeeperTest, ProfilesThatShareAMailboxAndRecordsInQuarantineAreShown) {
  LanesHarness acme(*database_, acme_, 1);
  const auto mail = [](const std::string& key, const std::string& address) {
    return TestRecord{.key = key, .at_seconds = 1'600'000'000, .identifiers = {{"email", address}}};
  };
  TestRecord bad = mail("bad", "bad@x.io");
  bad.traits = R"({"country":"nowhere at all"})";
  acme.Send({mail("a", "jane.doe@gmail.com"), mail("b", "janedoe+shop@gmail.com"),
             mail("c", "someone@x.io"), mail("d", "joe@gmail.com"), bad});
  // Two addresses of one mailbox that are one profile are no suspicion.
  TestRecord both = mail("e", "joe@gmail.com");
  both.identifiers.emplace_back("email", "j.o.e@gmail.com");
  acme.Send({both});
  keeper_.Pass(kNow);
  EXPECT_EQ(Level(observe::kSuspectedName, {"acme"}), 2);
  EXPECT_EQ(Level(observe::kSuspectedName, {"zeta"}), 0);
  EXPECT_EQ(Level(observe::kQuarantineName, {"acme", acme_.source_name}), 1);
  EXPECT_EQ(Level(observe::kQuarantineName, {"zeta", zeta_.source_name}), 0);
}

}  // namespace
}  // namespace selfsame::quality
