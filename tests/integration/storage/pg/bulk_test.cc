#include "storage/pg/bulk.h"

#include <gtest/gtest.h>

#include <pqxx/result>

#include "base/uuid.h"
#include "storage/partitions.h"
#include "storage/profiles.h"
#include "storage/receipts.h"
#include "storage/records.h"
#include "tests/support/test_database.h"

namespace selfsame::pg {
namespace {

constexpr Statement kEcho{
    "TestEcho",
    "SELECT $1::int, $2::bigint, $3::timestamptz, a, b, c, d FROM unnest($4::smallint[], "
    "$5::uuid[], $6::text[], $7::bytea[]) AS t (a, b, c, d)"};
constexpr Statement kTerminate{"TestTerminate",
                               "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                               "application_name = 'bulk test' AND datname = current_database()"};
constexpr Statement kBroken{"TestBroken", "SELECT 1 / ($1::int - $1::int)"};
constexpr TimeUs kNow{1'700'000'000'123'456};

class BulkTest : public testing::Test {
 protected:
  std::unique_ptr<BulkConnection> Connect() {
    return test::Must(BulkConnection::Connect(
        {.connection_string = test::Must(ConnectionString({.url = database_->url(),
                                                           .role = "selfsame_app",
                                                           .application_name = "bulk test"}))}));
  }
  storage::TenantShard Where() const { return {tenant_.shard, tenant_.tenant}; }

  std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  test::SeededTenant tenant_ = database_->SeedTenant("acme");
};

TEST_F(BulkTest, EveryTypeComesBackAsItWasSent) {
  const auto connection = Connect();
  const std::string bytes("\0\xff\n", 3);
  const auto uuid = NewUuidV7<RecordId>(kNow);
  Array a(Oid::kInt2, 2), b(Oid::kUuid, 2), c(Oid::kText, 2), d(Oid::kBytea, 2);
  a.SmallInt(-7);
  a.SmallInt(7);
  b.Bytes(uuid.view());
  b.Null();
  c.Bytes("\u00e9");
  c.Bytes("");
  d.Bytes(bytes);
  d.Bytes("");
  Params params;
  params.Int(-42).BigInt(INT64_MIN).Time(kNow);
  params.Add(std::move(a)).Add(std::move(b)).Add(std::move(c)).Add(std::move(d));
  const Rows rows = test::Must(connection->Execute(kEcho, params));
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows.Int(0, 0), -42);
  EXPECT_EQ(rows.BigInt(0, 1), INT64_MIN);
  EXPECT_EQ(rows.Time(0, 2), kNow);
  EXPECT_EQ(rows.SmallInt(0, 3), -7);
  EXPECT_EQ(rows.Uuid<RecordId>(0, 4), uuid);
  EXPECT_TRUE(rows.IsNull(1, 4));
  EXPECT_EQ(rows.Bytes(0, 5), "\u00e9");
  EXPECT_EQ(rows.Bytes(0, 6), bytes);
}

TEST_F(BulkTest, AFailedStatementLeavesAConnectionThatCanRollBack) {
  const auto connection = Connect();
  test::Must(connection->Begin(tenant_.tenant));
  const auto failed = connection->Execute(kBroken, Params().Int(1));
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kInvalidArgument);  // Division by zero: class 22.
  EXPECT_TRUE(connection->IsUsable());
  test::Must(connection->Rollback());
  EXPECT_TRUE(connection->Begin(tenant_.tenant).ok());
}

TEST_F(BulkTest, CommittingAFailedTransactionIsNotTakenForACommit) {
  const auto connection = Connect();
  test::Must(connection->Begin(tenant_.tenant));
  ASSERT_FALSE(connection->Execute(kBroken, Params().Int(1)).ok());
  const Status committed = connection->Commit();
  ASSERT_FALSE(committed.ok());
  EXPECT_EQ(committed.error().reason, "COMMIT_ROLLED_BACK");
}

TEST_F(BulkTest, ACommitWhoseConnectionDiedIsInDoubt) {
  const auto connection = Connect();
  test::Must(connection->Begin(tenant_.tenant));
  test::Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    Exec(tx, kTerminate);
    return {};
  }));
  const Status committed = connection->Commit();
  ASSERT_FALSE(committed.ok());
  EXPECT_EQ(committed.error().code, ErrorCode::kInDoubt);
  EXPECT_FALSE(connection->IsUsable());
}

TEST_F(BulkTest, ADayWithoutAPartitionIsNotReadyUntilItIsMade) {
  const auto connection = Connect();
  const storage::NewRecord record{.event_time = kNow,
                                  .source = tenant_.source,
                                  .schema = SchemaId{1},
                                  .anchor = {},
                                  .record_id = NewUuidV7<RecordId>(kNow),
                                  .key = "k"};
  const auto append = [&] {
    test::Must(connection->Begin(tenant_.tenant));
    Status appended = storage::AppendRecords(*connection, Where(), kNow, std::span(&record, 1));
    appended.ok() ? test::Must(connection->Commit()) : test::Must(connection->Rollback());
    return appended;
  };
  const Status early = append();
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().reason, "SCHEMA_NOT_READY");
  EXPECT_EQ(test::Must(storage::EnsureRecordPartitions(*connection, kNow, 2)), 2);
  EXPECT_EQ(test::Must(storage::EnsureRecordPartitions(*connection, kNow, 2)), 0);
  EXPECT_TRUE(append().ok());
}

// INV-8: the role cannot write another tenant's rows, and COPY target partitions cannot be read.
TEST_F(BulkTest, CannotWriteOrReadAcrossTenants) {
  auto connection = Connect();
  test::Must(connection->Begin(TenantId{tenant_.tenant.value + 1}));
  const storage::NewReceipt receipt{
      .source = tenant_.source, .key = "k", .record_id = NewUuidV7<RecordId>(kNow)};
  const auto claimed = storage::ClaimReceipts(*connection, Where(), kNow, std::span(&receipt, 1));
  EXPECT_FALSE(claimed.ok());
  EXPECT_FALSE(connection->IsUsable());

  connection = Connect();
  test::Must(storage::EnsureRecordPartitions(*connection, kNow, 1));
  const std::string read = "SELECT key FROM records_" + DayStamp(kNow);
  const Statement read_partition{"TestReadPartition", read.c_str()};
  EXPECT_FALSE(connection->Execute(read_partition, Params()).ok());
}

TEST_F(BulkTest, ClaimingAgainReturnsOnlyWhatIsNew) {
  const auto connection = Connect();
  const storage::NewReceipt first{
      .source = tenant_.source, .key = "a", .record_id = NewUuidV7<RecordId>(kNow)};
  storage::NewReceipt again = first;
  again.record_id = NewUuidV7<RecordId>(kNow);
  const storage::NewReceipt second{
      .source = tenant_.source, .key = "b", .record_id = NewUuidV7<RecordId>(kNow)};
  test::Must(connection->Begin(tenant_.tenant));
  EXPECT_EQ(test::Must(storage::ClaimReceipts(*connection, Where(), kNow, std::span(&first, 1)))
                .record_ids,
            (storage::RecordIdSet{first.record_id}));
  test::Must(connection->Commit());
  test::Must(connection->Begin(tenant_.tenant));
  const storage::NewReceipt both[] = {again, second};
  EXPECT_EQ(test::Must(storage::ClaimReceipts(*connection, Where(), kNow, both)).record_ids,
            (storage::RecordIdSet{second.record_id}));
  const auto stored = test::Must(storage::ReadReceipts(*connection, Where(), both));
  ASSERT_EQ(stored.size(), 2U);
  for (const auto& receipt : stored) EXPECT_NE(receipt.record_id, again.record_id);
  test::Must(connection->Rollback());
}

}  // namespace
}  // namespace selfsame::pg
