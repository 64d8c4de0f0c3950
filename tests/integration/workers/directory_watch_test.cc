#include "server/workers/directory_watch.h"

#include <gtest/gtest.h>

#include "tests/support/test_database.h"

namespace selfsame::workers {
namespace {

// The cluster of tests has fsync off: what it commits a crash can lose.
class DirectoryWatchTest : public testing::Test {
 protected:
  DirectoryWatch Watch(bool allows_fsync_off) {
    return DirectoryWatch(
        {.database = {.url = database_->url(), .role = "selfsame_app"},
         .master_key = database_->master_key(),
         .directory = directory_,
         .metrics = metrics_,
         .log = log_,
         .allows_fsync_off = allows_fsync_off},
        [](pg::Session&) { return Status(); },
        [this](const observe::Standing& standing) {
          is_serving_ = standing.is_ready();
          reason_ = standing.reason;
        });
  }
  void SetReadOnly(bool is_read_only) {
    test::Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      const auto name = tx.exec("SELECT current_database()")[0][0].as<std::string>();
      tx.exec("SET TRANSACTION READ WRITE; ALTER DATABASE " + name +
              " SET default_transaction_read_only = " + (is_read_only ? "on" : "off"));
      return {};
    }));
  }

  const std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  const test::SeededTenant tenant_ = database_->SeedTenant("acme");
  const observe::Logger log_{{.level = observe::LogLevel::kError}};
  observe::Metrics metrics_{{}};
  Snapshot<storage::Directory> directory_{nullptr};
  bool is_serving_ = false;
  std::string reason_;
};

TEST_F(DirectoryWatchTest, RefusesADatabaseThatCanLoseWhatItCommitted) {
  Watch(false).Pass();
  EXPECT_FALSE(is_serving_);
  EXPECT_EQ(reason_, "DATABASE_NOT_DURABLE");
  EXPECT_EQ(directory_.Get(), nullptr);
  EXPECT_EQ(metrics_.postgres_fsync.Value(), 0);
  EXPECT_EQ(metrics_.postgres_full_page_writes.Value(), 0);
  EXPECT_EQ(metrics_.postgres_synchronous_commit.Value(), 3);
  EXPECT_EQ(metrics_.database_up.Value(), 1);
}

TEST_F(DirectoryWatchTest, ServesOnItWhereThatIsAllowed) {
  Watch(true).Pass();
  EXPECT_TRUE(is_serving_);
  EXPECT_NE(directory_.Get(), nullptr);
}

TEST_F(DirectoryWatchTest, DoesNotServeWhileTheDatabaseIsReadOnly) {
  SetReadOnly(true);
  DirectoryWatch watch = Watch(true);
  watch.Pass();
  EXPECT_FALSE(is_serving_);
  EXPECT_EQ(metrics_.database_read_only.Value(), 1);
  EXPECT_EQ(metrics_.database_up.Value(), 1);
  SetReadOnly(false);
  watch.Pass();
  EXPECT_TRUE(is_serving_);
  EXPECT_EQ(metrics_.database_read_only.Value(), 0);
}

}  // namespace
}  // namespace selfsame::workers
