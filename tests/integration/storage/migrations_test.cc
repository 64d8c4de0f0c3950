#include "storage/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>

#include "storage/embedded_migrations.h"
#include "tests/support/test_database.h"

namespace selfsame::storage {
namespace {

using test::Must;
using test::TestDatabase;
using testing::ElementsAre;

constexpr TimeUs kThen{1'291'191'960'000'000};
constexpr EmbeddedFile kFirst{"0001_first.sql", "CREATE TABLE first (id int); SELECT 1"};
constexpr EmbeddedFile kSecond{"0002_second.sql", "CREATE TABLE second (id int)"};
constexpr EmbeddedFile kThird{"0003_third.sql", "CREATE TABLE third (id int)"};
constexpr EmbeddedFile kSecondEdited{"0002_second.sql", "CREATE TABLE second (id bigint)"};
constexpr EmbeddedFile kSecondBroken{"0002_second.sql", "CREATE TABLE half (id int); SELECT 1/0"};

using Files = std::vector<EmbeddedFile>;

void Execute(pg::Session& session, const std::string& sql) {
  Must(session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec(sql);
    return {};
  }));
}

bool Holds(pg::Session& session, const std::string& condition) {
  return Must(session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<bool> {
    return tx.exec("SELECT " + condition)[0][0].as<bool>();
  }));
}

bool TableExists(pg::Session& session, const std::string& table) {
  return Holds(session, "to_regclass('" + table + "') IS NOT NULL");
}

std::vector<int> Versions(const MigrationReport& report) {
  std::vector<int> versions;
  for (const MigrationStep& step : report.applied) versions.push_back(step.version);
  return versions;
}

std::vector<std::string_view> States(pg::Session& session, const Files& files) {
  std::vector<std::string_view> states;
  for (const auto& step : Must(MigrationStatus(session, files))) {
    states.push_back(MigrationStateName(step.state));
  }
  return states;
}

// A table that the planner takes for empty is read whole for each probe, until autovacuum comes
// round. An index made on an empty table says so.
TEST(MigrationsTest, ThePlannerTakesNoTableOfTheHotPathForEmpty) {
  const auto database = TestDatabase::CreateEmpty();
  Must(MigrateUp(database->owner(), EmbeddedMigrations()));
  for (const char* table :
       {"receipts", "quarantine", "identifiers", "components", "edges", "claims", "profiles"}) {
    EXPECT_TRUE(
        Holds(database->owner(),
              fmt::format("(SELECT reltuples > 0 FROM pg_class WHERE oid = '{0}'::regclass) "
                          "AND NOT EXISTS (SELECT FROM {0})",
                          table)))
        << table;
  }
}

TEST(MigrationsTest, EachFileIsAppliedOnceAndInOrder) {
  const auto database = TestDatabase::CreateEmpty();
  std::vector<int> told;
  const MigrateOptions options{
      .clock = [] { return kThen; },
      .on_applied = [&](const MigrationStep& step) { told.push_back(step.version); }};

  const auto first = Must(MigrateUp(database->owner(), EmbeddedMigrations(), options));
  const auto second = Must(MigrateUp(database->owner(), EmbeddedMigrations(), options));

  std::vector<int> every;
  for (const auto& step : Must(MigrationStatus(database->owner(), EmbeddedMigrations()))) {
    every.push_back(step.version);
  }
  EXPECT_EQ(every.size(), EmbeddedMigrations().size());
  EXPECT_TRUE(std::is_sorted(every.begin(), every.end()));
  EXPECT_EQ(Versions(first), every);
  EXPECT_EQ(told, every);
  EXPECT_TRUE(second.applied.empty());
  EXPECT_TRUE(TableExists(database->owner(), "receipts"));
  for (const auto& step : Must(MigrationStatus(database->owner(), EmbeddedMigrations()))) {
    EXPECT_EQ(step.state, MigrationState::kApplied);
    EXPECT_EQ(step.applied_at, kThen);
  }
}

TEST(MigrationsTest, StatusOfAnEmptyDatabaseIsAllPendingAndChangesNothing) {
  const auto database = TestDatabase::CreateEmpty();
  EXPECT_THAT(States(database->owner(), {kFirst, kSecond}), ElementsAre("pending", "pending"));
  EXPECT_FALSE(TableExists(database->owner(), "schema_migrations"));
}

TEST(MigrationsTest, OnlyWhatIsNewIsApplied) {
  const auto database = TestDatabase::CreateEmpty();
  Must(MigrateUp(database->owner(), Files{kFirst}));
  EXPECT_THAT(States(database->owner(), {kFirst, kSecond}), ElementsAre("applied", "pending"));
  const auto report = Must(MigrateUp(database->owner(), Files{kFirst, kSecond}));
  EXPECT_THAT(Versions(report), ElementsAre(2));
}

void ExpectRefused(pg::Session& session, const Files& files, const std::string& reason,
                   const std::string& versions) {
  const auto refused = MigrateUp(session, files);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(refused.error().reason, reason);
  EXPECT_THAT(refused.error().message, testing::EndsWith(": " + versions));
  const Status verified = VerifyMigrations(session, files);
  ASSERT_FALSE(verified.ok());
  EXPECT_EQ(verified.error().reason, reason);
}

TEST(MigrationsTest, EditedMigrationIsRefused) {
  const auto database = TestDatabase::CreateEmpty();
  Must(MigrateUp(database->owner(), Files{kFirst, kSecond}));
  const Files edited = {kFirst, kSecondEdited, kThird};
  ExpectRefused(database->owner(), edited, "MIGRATION_CHANGED", "2");
  EXPECT_THAT(States(database->owner(), edited), ElementsAre("applied", "drifted", "pending"));
  EXPECT_FALSE(TableExists(database->owner(), "third"));
}

TEST(MigrationsTest, MigrationsOfANewerProgramAreRefused) {
  const auto database = TestDatabase::CreateEmpty();
  Must(MigrateUp(database->owner(), Files{kFirst, kSecond, kThird}));
  ExpectRefused(database->owner(), {kFirst}, "MIGRATION_UNKNOWN", "2, 3");
  EXPECT_THAT(States(database->owner(), {kFirst}), ElementsAre("applied", "unknown", "unknown"));
}

TEST(MigrationsTest, PendingMigrationBelowAnAppliedOneIsRefused) {
  const auto database = TestDatabase::CreateEmpty();
  Must(MigrateUp(database->owner(), Files{kFirst, kThird}));
  ExpectRefused(database->owner(), {kFirst, kSecond, kThird}, "MIGRATION_GAP", "2");
  EXPECT_FALSE(TableExists(database->owner(), "second"));
}

TEST(MigrationsTest, FailedFileLeavesNothingOfItselfAndTheNextRunGoesOn) {
  const auto database = TestDatabase::CreateEmpty();

  const auto failed = MigrateUp(database->owner(), Files{kFirst, kSecondBroken, kThird});

  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().message, testing::HasSubstr("0002_second.sql"));
  EXPECT_THAT(failed.error().message, testing::HasSubstr("22012"));
  EXPECT_TRUE(TableExists(database->owner(), "first"));
  EXPECT_FALSE(TableExists(database->owner(), "half"));
  EXPECT_FALSE(TableExists(database->owner(), "third"));
  const auto report = Must(MigrateUp(database->owner(), Files{kFirst, kSecond, kThird}));
  EXPECT_THAT(Versions(report), ElementsAre(2, 3));
}

// INV-10.
TEST(MigrationsTest, FailureQuotesNoValue) {
  const auto database = TestDatabase::CreateEmpty();
  const EmbeddedFile file{"0001_leaky.sql",
                          "CREATE TABLE t (v int); INSERT INTO t SELECT 'canary-4242'::text::int"};
  const auto failed = MigrateUp(database->owner(), Files{file});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message.find("canary"), std::string::npos) << failed.error().message;
}

// The second run starts while the first has applied one of two files and holds the lock, and the
// first goes on only once the second is seen waiting for it.
TEST(MigrationsTest, ConcurrentRunsTakeTurnsAndTheSecondFindsNothingToDo) {
  const auto database = TestDatabase::CreateEmpty();
  const Files files = {kFirst, kSecond};
  const auto watcher = database->NewSession("");
  const auto later = database->NewSession("");
  std::thread second;
  Result<MigrationReport> second_report = Error{};
  bool second_waited = false;
  const auto start_second = [&](const MigrationStep& step) {
    if (step.version != 1) return;
    second = std::thread([&] { second_report = MigrateUp(*later, files); });
    const Deadline deadline = Deadline::After(std::chrono::seconds(30));
    while (!second_waited && !deadline.Expired()) {
      second_waited = Holds(*watcher,
                            "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT "
                            "granted AND database = (SELECT oid FROM pg_database WHERE datname = "
                            "current_database()))");
    }
  };

  const auto first_report = MigrateUp(database->owner(), files, {.on_applied = start_second});
  second.join();

  EXPECT_TRUE(second_waited);
  EXPECT_THAT(Versions(Must(first_report)), ElementsAre(1, 2));
  EXPECT_TRUE(Must(second_report).applied.empty());
}

TEST(MigrationsTest, LockIsGivenBackAfterAFailure) {
  const auto database = TestDatabase::CreateEmpty();
  ASSERT_FALSE(MigrateUp(database->owner(), Files{kFirst, kSecondBroken}).ok());
  EXPECT_TRUE(Holds(database->owner(),
                    "NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = "
                    "(SELECT oid FROM pg_database WHERE datname = current_database()))"));
}

TEST(MigrationsTest, VerifyAcceptsWhatUpLeftAndNewPartitions) {
  const auto database = TestDatabase::Create();
  EXPECT_TRUE(VerifyMigrations(database->owner(), EmbeddedMigrations()).ok());
  Execute(database->owner(), "SELECT ensure_record_partitions('2010-12-01', 3)");
  EXPECT_TRUE(TableExists(database->owner(), "records_20101202"));
  const Status verified = VerifyMigrations(database->owner(), EmbeddedMigrations());
  EXPECT_TRUE(verified.ok()) << verified.error().message;
}

TEST(MigrationsTest, VerifyOfAnEmptyDatabaseSaysSo) {
  const auto database = TestDatabase::CreateEmpty();
  const Status verified = VerifyMigrations(database->owner(), EmbeddedMigrations());
  ASSERT_FALSE(verified.ok());
  EXPECT_EQ(verified.error().reason, "SCHEMA_NOT_READY");
}

class CatalogDriftTest : public testing::TestWithParam<const char*> {};

TEST_P(CatalogDriftTest, ChangeMadeByHandIsFound) {
  const auto database = TestDatabase::Create();
  Execute(database->owner(), GetParam());
  const Status verified = VerifyMigrations(database->owner(), EmbeddedMigrations());
  ASSERT_FALSE(verified.ok());
  EXPECT_EQ(verified.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(verified.error().reason, "CATALOG_DRIFTED");
}

INSTANTIATE_TEST_SUITE_P(
    All, CatalogDriftTest,
    testing::Values(
        "CREATE TABLE extra (id int)", "DROP TABLE outbox",
        "ALTER TABLE tenants ADD COLUMN extra int", "ALTER TABLE sources DROP COLUMN purpose",
        "ALTER TABLE receipts ALTER COLUMN outcome TYPE int",
        "ALTER TABLE receipts ALTER COLUMN fingerprint DROP NOT NULL",
        "ALTER TABLE receipts ALTER COLUMN shard SET DEFAULT 1",
        "ALTER TABLE tenants DROP CONSTRAINT tenants_name_format",
        "ALTER TABLE tenants DROP CONSTRAINT tenants_spread_one, "
        "ADD CONSTRAINT tenants_spread_one CHECK (spread > 0)",
        "DROP INDEX identifiers_component", "CREATE INDEX extra ON receipts (record_id)",
        "ALTER TABLE receipts DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE receipts FORCE ROW LEVEL SECURITY", "DROP POLICY tenant_only ON receipts",
        "ALTER POLICY tenant_only ON receipts USING (true)",
        "ALTER POLICY tenant_only ON receipts TO selfsame_app",
        "GRANT DELETE ON receipts TO selfsame_app", "GRANT SELECT ON receipts TO PUBLIC",
        "GRANT UPDATE (name) ON tenants TO selfsame_app",
        "REVOKE SELECT ON tenants FROM selfsame_app",
        "ALTER FUNCTION ensure_record_partitions(date, int) SECURITY INVOKER",
        "GRANT EXECUTE ON FUNCTION ensure_record_partitions(date, int) TO PUBLIC",
        "CREATE FUNCTION extra() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE VIEW extra AS SELECT name FROM tenants",
        "ALTER TABLE profiles SET (fillfactor = 100)",
        "CREATE TRIGGER extra BEFORE UPDATE ON profiles FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()"));

TEST(MigrationsTest, AppRoleLearnsWhetherTheDatabaseIsAtHead) {
  const auto database = TestDatabase::Create();
  const auto app = database->NewSession("selfsame_app");
  EXPECT_TRUE(Must(AtHead(*app)));

  const auto current = EmbeddedMigrations();
  Files newer(current.begin(), current.end()), edited = newer;
  newer.push_back({"9999_newer.sql", "SELECT 1"});
  edited.back().text = "SELECT 2";
  const Files older(current.begin(), current.end() - 1);
  EXPECT_FALSE(Must(AtHead(*app, newer)));
  EXPECT_FALSE(Must(AtHead(*app, edited)));
  EXPECT_TRUE(Must(AtHead(*app, older)));
}

TEST(MigrationsTest, EmptyDatabaseIsNotAtHead) {
  const auto database = TestDatabase::CreateEmpty();
  EXPECT_FALSE(Must(AtHead(database->owner())));
}

TEST(MigrationsTest, AppRoleCanNeitherMigrateNorForgeTheRecord) {
  const auto database = TestDatabase::Create();
  const auto app = database->NewSession("selfsame_app");
  const Status forged = app->InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    tx.exec("UPDATE schema_migrations SET checksum = repeat('0', 64)");
    return {};
  });
  EXPECT_FALSE(forged.ok());
  const auto current = EmbeddedMigrations();
  Files newer(current.begin(), current.end());
  newer.push_back({"9999_newer.sql", "CREATE TABLE newer (id int)"});
  EXPECT_FALSE(MigrateUp(*app, newer).ok());
  EXPECT_FALSE(TableExists(database->owner(), "newer"));
}

// A reader that keeps its transaction open holds up a migration of its table; the migration must
// not hold up all other readers in turn.
TEST(MigrationsTest, AFileThatWaitsForALockLetsOthersPassAndGetsItInTheEnd) {
  const auto database = TestDatabase::CreateEmpty();
  const auto session = Must(pg::Session::Connect(MigrationSession(database->url(), "test")));
  Must(MigrateUp(*session, Files{kFirst}));
  constexpr EmbeddedFile kAlter{"0002_alter.sql", "ALTER TABLE first ADD COLUMN more int"};
  std::promise<void> waits_again;
  std::promise<void> is_done;
  MigrateOptions options;
  options.on_waiting = [&, times = 0](const std::string& name) mutable {
    EXPECT_EQ(name, "0002_alter.sql");
    if (++times == 2) waits_again.set_value();
  };
  const auto reader = database->NewSession("");
  std::thread migrating;
  Must(reader->InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec("SELECT * FROM first");
    migrating = std::thread([&] {
      EXPECT_THAT(Versions(Must(MigrateUp(*session, Files{kFirst, kAlter}, options))),
                  ElementsAre(2));
      is_done.set_value();
    });
    auto waiting = waits_again.get_future();
    while (waiting.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready) {
      const auto started = std::chrono::steady_clock::now();
      Execute(database->owner(), "SELECT * FROM first");
      EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(3));
    }
    return {};
  }));
  is_done.get_future().wait();
  migrating.join();
  EXPECT_THAT(States(*session, {kFirst, kAlter}), ElementsAre("applied", "applied"));
}

TEST(MigrationsTest, AFileThatNeverGetsItsLockFailsAndCanBeTriedAgain) {
  const auto database = TestDatabase::CreateEmpty();
  const auto session = Must(pg::Session::Connect(MigrationSession(database->url(), "test")));
  Must(MigrateUp(*session, Files{kFirst}));
  constexpr EmbeddedFile kAlter{"0002_alter.sql", "ALTER TABLE first ADD COLUMN more int"};
  const auto reader = database->NewSession("");
  Must(reader->InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec("SELECT * FROM first");
    const auto failed = MigrateUp(*session, Files{kFirst, kAlter},
                                  {.lock_patience = std::chrono::milliseconds(100)});
    EXPECT_EQ(failed.error().reason, "LOCK_TIMEOUT");
    EXPECT_NE(failed.error().message.find("0002_alter.sql"), std::string::npos);
    return {};
  }));
  EXPECT_THAT(Versions(Must(MigrateUp(*session, Files{kFirst, kAlter}))), ElementsAre(2));
}

TEST(MigrationsTest, AFileMayTakeLongerThanAnyStatementOfAServer) {
  const auto database = TestDatabase::CreateEmpty();
  constexpr EmbeddedFile kSlow{
      "0001_slow.sql",
      "CREATE TABLE slow AS SELECT current_setting('statement_timeout') AS bound, "
      "current_setting('enable_seqscan') AS reads_whole_tables, pg_sleep(0.3)::text AS slept"};
  const auto session = Must(pg::Session::Connect(
      MigrationSession(database->url() + "&options=-c%20statement_timeout%3D100", "test")));
  std::vector<std::string> started;
  MigrateOptions options;
  options.on_started = [&](const MigrationStep& step) { started.push_back(step.name); };
  Must(MigrateUp(*session, Files{kSlow}, options));
  EXPECT_THAT(started, ElementsAre("0001_slow.sql"));
  EXPECT_TRUE(Holds(*session, "(SELECT bound = '0' AND reads_whole_tables = 'on' FROM slow)"));
}

}  // namespace
}  // namespace selfsame::storage
