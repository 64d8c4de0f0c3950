// A PostgreSQL in trouble: what callers are told, and that connections recover.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>

#include "storage/pg/bulk.h"
#include "storage/pg/errors.h"
#include "storage/pg/session.h"
#include "tests/support/test_database.h"

namespace selfsame::pg {
namespace {

using test::Must;
using test::TestDatabase;

constexpr std::array kTransient = {"08000", "08006", "25006", "25P03", "53000", "53100",
                                   "53200", "53300", "53400", "57P01", "57P02", "57P03",
                                   "57P04", "57P05", "58000", "58030"};
constexpr std::array kUnexpected = {"XX000", "XX001", "42501", "26000", "0A000", "58P01"};
constexpr Statement kPid{"TestPid", "SELECT pg_backend_pid()"};
constexpr std::chrono::milliseconds kStatementWait{200};

// A test waits for the client's bound: kAnswerSlack after the server's.
constexpr std::chrono::milliseconds kSoon =
    kStatementWait + kAnswerSlack + std::chrono::seconds(10);

Result<std::string> Ask(Session& session, const std::string& sql) {
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<std::string> {
    const auto rows = tx.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? std::string() : rows[0][0].as<std::string>();
  });
}

class TroubleTest : public testing::Test {
 protected:
  TroubleTest() {
    Must(Ask(database_->owner(),
             "CREATE FUNCTION fail(state text) RETURNS int LANGUAGE plpgsql AS "
             "$$ BEGIN RAISE EXCEPTION 'canary' USING ERRCODE = state; END $$"));
  }
  std::unique_ptr<BulkConnection> Connect(std::chrono::milliseconds server_wait) {
    return Must(BulkConnection::Connect(
        {.connection_string =
             Must(ConnectionString({.url = database_->url(), .statement_wait = server_wait})),
         .statement_wait = kStatementWait}));
  }
  static int PidOf(BulkConnection& connection) {
    return Must(connection.Execute(kPid, Params())).Int(0, 0);
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
};

// Stops a backend, as a machine does that hangs; it goes on when this goes.
class Stopped {
 public:
  explicit Stopped(int pid) : pid_(pid) { EXPECT_EQ(kill(pid_, SIGSTOP), 0); }
  ~Stopped() { kill(pid_, SIGCONT); }
  Stopped(const Stopped&) = delete;
  Stopped& operator=(const Stopped&) = delete;

 private:
  const int pid_;
};

TEST_F(TroubleTest, ASessionReportsTroubleAsUnavailableAndConnectsAgain) {
  Session& session = database_->owner();
  for (const char* state : kTransient) {
    const std::string pid = Must(Ask(session, "SELECT pg_backend_pid()"));
    const auto failed = Ask(session, fmt::format("SELECT fail('{}')", state));
    ASSERT_FALSE(failed.ok()) << state;
    EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable) << state;
    EXPECT_GT(failed.error().retry_after.count(), 0) << state;
    EXPECT_EQ(failed.error().message.find("canary"), std::string::npos) << state;
    EXPECT_NE(Must(Ask(session, "SELECT pg_backend_pid()")), pid) << state;
  }
}

TEST_F(TroubleTest, ABulkConnectionReportsTroubleAsUnavailableAndIsClosed) {
  for (const char* state : kTransient) {
    const auto connection = Connect(kStatementWait);
    const std::string sql = fmt::format("SELECT fail('{}')", state);
    const auto failed = connection->Execute({"TestFail", sql.c_str()}, Params());
    ASSERT_FALSE(failed.ok()) << state;
    EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable) << state;
    EXPECT_GT(failed.error().retry_after.count(), 0) << state;
    EXPECT_FALSE(connection->IsUsable()) << state;
  }
}

TEST_F(TroubleTest, AnUnexpectedErrorClosesTheConnection) {
  Session& session = database_->owner();
  for (const char* state : kUnexpected) {
    const std::string sql = fmt::format("SELECT fail('{}')", state);
    const std::string pid = Must(Ask(session, "SELECT pg_backend_pid()"));
    EXPECT_EQ(Ask(session, sql).error().code, ErrorCode::kInternal) << state;
    EXPECT_NE(Must(Ask(session, "SELECT pg_backend_pid()")), pid) << state;
    const auto connection = Connect(kStatementWait);
    EXPECT_EQ(connection->Execute({"TestFail", sql.c_str()}, Params()).error().code,
              ErrorCode::kInternal)
        << state;
    EXPECT_FALSE(connection->IsUsable()) << state;
    EXPECT_TRUE(connection->Rollback().ok()) << state;
    EXPECT_FALSE(connection->Begin(TenantId{1}).ok()) << state;
  }
}

TEST_F(TroubleTest, ALockThatIsHeldTooLongLeavesTheConnectionInOrder) {
  Must(Ask(database_->owner(), "CREATE TABLE box (id int)"));
  const auto holder = database_->NewSession("");
  Must(holder->InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec("LOCK TABLE box");
    SessionOptions options{.url = database_->url(), .lock_wait = std::chrono::milliseconds(50)};
    const auto session = Must(Session::Connect(options));
    const std::string pid = Must(Ask(*session, "SELECT pg_backend_pid()"));
    const auto waited = Ask(*session, "SELECT count(*) FROM box");
    EXPECT_EQ(waited.error().reason, kLockTimeout);
    EXPECT_EQ(waited.error().code, ErrorCode::kUnavailable);
    EXPECT_GT(waited.error().retry_after.count(), 0);
    EXPECT_EQ(Must(Ask(*session, "SELECT pg_backend_pid()")), pid);
    const auto connection = Connect(kAnswerSlack);
    Must(connection->Begin(TenantId{1}, std::chrono::milliseconds(50)));
    const auto blocked = connection->Execute({"TestBox", "SELECT count(*) FROM box"}, Params());
    EXPECT_EQ(blocked.error().reason, kLockTimeout);
    EXPECT_TRUE(connection->IsUsable());
    EXPECT_FALSE(connection->IsIdle());
    Must(connection->Rollback());
    EXPECT_TRUE(connection->IsIdle());
    return {};
  }));
}

// A server that hangs keeps no bound of its own.
TEST_F(TroubleTest, AStoppedServerEndsTheWaitOfABulkConnection) {
  const auto connection = Connect(kStatementWait);
  const Stopped stopped(PidOf(*connection));
  const Deadline deadline = Deadline::After(kSoon);
  const auto failed = connection->Execute(kPid, Params());
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_FALSE(deadline.Expired());
  EXPECT_FALSE(connection->IsUsable());
}

TEST_F(TroubleTest, AStoppedServerEndsTheWaitOfASession) {
  const auto session =
      Must(Session::Connect({.url = database_->url(), .statement_wait = kStatementWait}));
  const std::string pid = Must(Ask(*session, "SELECT pg_backend_pid()"));
  const Stopped stopped(std::stoi(pid));
  const Deadline deadline = Deadline::After(kSoon);
  const auto failed = Ask(*session, "SELECT 1");
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(deadline.Expired());
  EXPECT_NE(Must(Ask(*session, "SELECT pg_backend_pid()")), pid);
}

// The server reads nothing while its trigger sleeps, so the socket fills up.
TEST_F(TroubleTest, CopyingToAServerThatDoesNotReadEndsInTime) {
  Must(Ask(database_->owner(),
           "CREATE TABLE box (value bytea);"
           "CREATE FUNCTION snooze() RETURNS trigger LANGUAGE plpgsql AS "
           "$$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;"
           "CREATE TRIGGER snoozing BEFORE INSERT ON box FOR EACH ROW EXECUTE FUNCTION snooze()"));
  const auto connection = Connect(std::chrono::milliseconds(0));
  CopyRows rows(1);
  for (int i = 0; i < 64; ++i) {
    rows.Row();
    rows.Bytes(std::string(1 << 20, 'x'));
  }
  const Deadline deadline = Deadline::After(kSoon);
  const Status copied = connection->Copy("box (value)", std::move(rows));
  ASSERT_FALSE(copied.ok());
  EXPECT_EQ(copied.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_FALSE(deadline.Expired());
}

// What the server was doing for a connection that we closed does not go on, and holds nothing.
TEST_F(TroubleTest, AStatementOfAClosedConnectionIsEnded) {
  constexpr Statement kSleep{"TestSleep", "SELECT pg_sleep(600)"};
  EXPECT_FALSE(Connect(std::chrono::milliseconds(0))->Execute(kSleep, Params()).ok());
  const Deadline deadline = Deadline::After(std::chrono::seconds(20));
  const std::string sleepers =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE "
      "'SELECT pg_sleep(6%'";
  while (Must(Ask(database_->owner(), sleepers)) != "0") ASSERT_FALSE(deadline.Expired());
}

TEST_F(TroubleTest, CommitsOfEverySessionWaitForTheDisk) {
  constexpr Statement kLevel{"TestLevel",
                             "SELECT 1 WHERE current_setting('synchronous_commit') = 'on'"};
  const std::string name = Must(Ask(database_->owner(), "SELECT current_database()"));
  const auto level = [&](const std::string& server, const std::string& url_options) {
    Must(Ask(database_->owner(),
             fmt::format("ALTER DATABASE {} SET synchronous_commit = {}", name, server)));
    const auto session = Must(Session::Connect({.url = database_->url() + url_options}));
    return Must(Ask(*session, "SHOW synchronous_commit"));
  };
  EXPECT_EQ(level("remote_apply", ""), "remote_apply");
  EXPECT_EQ(level("remote_write", ""), "on");
  EXPECT_EQ(level("local", ""), "on");
  EXPECT_EQ(level("off", ""), "on");
  EXPECT_EQ(level("on", "&options=-c%20synchronous_commit%3Doff"), "on");
  level("off", "");
  EXPECT_EQ(Must(Connect(kStatementWait)->Execute(kLevel, Params())).size(), 1);
}

TEST_F(TroubleTest, AReadOnlyDatabaseIsNotConnectedTo) {
  const std::string name = Must(Ask(database_->owner(), "SELECT current_database()"));
  Must(Ask(database_->owner(),
           fmt::format("ALTER DATABASE {} SET default_transaction_read_only = on", name)));
  const auto session = Session::Connect({.url = database_->url()});
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(session.error().reason, kReadOnly);
}

}  // namespace
}  // namespace selfsame::pg
