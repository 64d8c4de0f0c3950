// What is watched of the database: on one that is really held back, and really followed.
#include "storage/database_state.h"

#include <gtest/gtest.h>

#include <pqxx/result>
#include <thread>

#include "base/time.h"
#include "server/quality/outbox_hold.h"
#include "tests/support/program.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_database.h"

namespace selfsame::storage {
namespace {

using test::Must;

class DatabaseStateTest : public testing::Test {
 protected:
  DatabaseState Read() { return Must(ReadDatabaseState(*session_)); }

  // A transaction that writes, from its beginning to its end.
  void Commit() {
    Must(database_->NewSession("")->InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
      tx.exec("SELECT pg_current_xact_id()");
      return {};
    }));
  }

  // Until it has as many replicas; as they were at the end.
  std::int64_t AwaitReplicas(std::int64_t count) {
    const Deadline deadline = Deadline::After(std::chrono::seconds(30));
    while (Read().replicas != count && !deadline.Expired()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return Read().replicas;
  }

  const std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  const std::unique_ptr<pg::Session> session_ = database_->NewSession("selfsame_app");
};

TEST_F(DatabaseStateTest, ATransactionThatStaysOpenHoldsTheOutbox) {
  quality::OutboxHold hold;
  const TimeUs begun{1'700'000'000'000'000};
  Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec("SELECT pg_current_xact_id()");
    EXPECT_EQ(Read().oldest_tx, Read().next_tx) << "nothing came after it yet";
    Commit();
    const DatabaseState held = Read();
    EXPECT_LT(held.oldest_tx, held.next_tx);
    EXPECT_EQ(hold.Look(held, begun), 0);
    EXPECT_EQ(hold.Look(Read(), TimeUs{begun.us + 90'000'000}), 90);
    return {};
  }));
  const Deadline deadline = Deadline::After(std::chrono::seconds(30));
  DatabaseState free = Read();
  while (free.oldest_tx != free.next_tx && !deadline.Expired()) free = Read();
  EXPECT_EQ(hold.Look(free, TimeUs{begun.us + 100'000'000}), 0);
  EXPECT_GT(free.bytes, 1'000'000);
}

TEST_F(DatabaseStateTest, WhoeverFollowsTheDatabaseIsCounted) {
  ASSERT_EQ(AwaitReplicas(0), 0);
  EXPECT_EQ(Read().replication_lag_seconds, 0);
  const test::TempFolder folder;
  const auto follower = test::Program::Start(
      {.arguments = {"/usr/lib/postgresql/15/bin/pg_receivewal", "--dbname", database_->url(),
                     "--directory", folder.path(), "--synchronous"},
       .output_path = folder.path() + "/log"});
  EXPECT_EQ(AwaitReplicas(1), 1) << test::ReadWholeFile(folder.path() + "/log");
  EXPECT_GE(Read().replication_lag_seconds.value_or(-1), 0);
  follower->Signal(SIGTERM);
  EXPECT_EQ(AwaitReplicas(0), 0);
}

}  // namespace
}  // namespace selfsame::storage
