#include "storage/pg/session.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <barrier>
#include <cstring>
#include <thread>

#include "storage/pg/errors.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_database.h"

namespace selfsame::pg {
namespace {

using test::Must;
using test::TempFolder;
using test::TestDatabase;

constexpr TenantId kNoTenant{};
constexpr const char* kCanary = "canary-4242424242424242";

Result<std::string> Ask(Session& session, const std::string& sql, TenantId tenant = kNoTenant) {
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<std::string> {
    const auto rows = tx.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? std::string() : rows[0][0].as<std::string>();
  });
}

std::string Pid(Session& session) { return Must(Ask(session, "SELECT pg_backend_pid()")); }

Error ConnectError(const SessionOptions& options) {
  auto session = Session::Connect(options);
  EXPECT_FALSE(session.ok());
  return session.ok() ? Error{} : std::move(session).error();
}

// Makes a table of one int column for tests that need something to lock or fill.
void MakeTable(TestDatabase& database) {
  Must(Ask(database.owner(), "CREATE TABLE box (id int PRIMARY KEY, value text)"));
}

TEST(SessionTest, RunsWithTheSettingsCodeReliesOn) {
  const auto database = TestDatabase::Create();
  const auto session = Must(Session::Connect({.url = database->url(),
                                              .role = "selfsame_app",
                                              .application_name = "o'clock \\ test",
                                              .statement_wait = std::chrono::seconds(7)}));
  EXPECT_EQ(*Ask(*session, "SELECT current_user"), "selfsame_app");
  EXPECT_EQ(*Ask(*session, "SHOW TimeZone"), "UTC");
  EXPECT_EQ(*Ask(*session, "SHOW DateStyle"), "ISO, MDY");
  EXPECT_EQ(*Ask(*session, "SHOW client_encoding"), "UTF8");
  EXPECT_EQ(*Ask(*session, "SHOW statement_timeout"), "7s");
  EXPECT_EQ(*Ask(*session, "SHOW transaction_isolation"), "read committed");
  EXPECT_EQ(*Ask(*session, "SHOW application_name"), "o'clock \\ test");
}

TEST(SessionTest, UrlAndKeywordsMeanTheSameAndKeepTheirOwnSettings) {
  const auto database = TestDatabase::Create();
  const std::string host = Must(Ask(database->owner(), "SHOW unix_socket_directories"));
  const std::string name = Must(Ask(database->owner(), "SELECT current_database()"));
  const std::string keywords =
      fmt::format("host='{}' user=postgres dbname={} options='-c work_mem=5MB'", host, name);
  for (const std::string& url : {keywords, database->url() + "&options=-c%20work_mem%3D5MB"}) {
    const auto session = Must(Session::Connect({.url = url}));
    EXPECT_EQ(*Ask(*session, "SELECT current_database()"), name);
    EXPECT_EQ(*Ask(*session, "SHOW work_mem"), "5MB");
    EXPECT_EQ(*Ask(*session, "SHOW TimeZone"), "UTC");
  }
}

TEST(SessionTest, RefusalsToConnectAreToldApart) {
  const auto database = TestDatabase::Create();
  const std::string url = database->url();
  std::string other_database = url, other_user = url;
  other_database.replace(url.find("/test_"), 6, "/none_");
  other_user.replace(url.find("postgres@"), 9, "stranger@");

  const Error missing = ConnectError({.url = other_database});
  EXPECT_EQ(missing.code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(missing.reason, "DATABASE_MISSING");
  const Error refused = ConnectError({.url = other_user});
  EXPECT_EQ(refused.code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(refused.reason, "DATABASE_LOGIN_REFUSED");
  const Error not_migrated = ConnectError({.url = url, .role = "no_such_role"});
  EXPECT_EQ(not_migrated.code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(not_migrated.reason, "SCHEMA_NOT_READY");
  const Error nobody_there = ConnectError({.url = "host=/tmp/selfsame-no-such-folder"});
  EXPECT_EQ(nobody_there.code, ErrorCode::kUnavailable);
  EXPECT_EQ(nobody_there.reason, "DATABASE_UNAVAILABLE");
  EXPECT_GT(nobody_there.retry_after.count(), 0);
}

TEST(SessionTest, MalformedUrlIsNotRepeated) {
  const Error error = ConnectError({.url = fmt::format("postgresql://u:{}@[bad/x", kCanary)});
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.reason, "DATABASE_URL_MALFORMED");
  EXPECT_EQ(error.message.find(kCanary), std::string::npos);
}

TEST(SessionTest, ServerThatNeverAnswersIsGivenUpInTime) {
  const TempFolder folder;
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::strcpy(address.sun_path, (folder.path() + "/.s.PGSQL.5432").c_str());
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(listener, 1), 0);

  const auto started = std::chrono::steady_clock::now();
  const Error error = ConnectError(
      {.url = "host=" + folder.path(), .connect_wait = std::chrono::milliseconds(200)});

  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
  close(listener);
}

TEST(SessionTest, TransactionCommitsOnlyWhatSucceeds) {
  const auto database = TestDatabase::Create();
  MakeTable(*database);
  Session& session = database->owner();
  const Error refusal{.code = ErrorCode::kNotFound, .reason = "MINE", .message = "mine"};
  const auto insert = [&](int id, const std::function<Status(pqxx::work&)>& then) {
    return session.InTransaction(kNoTenant, [&](pqxx::work& tx) -> Status {
      tx.exec_params("INSERT INTO box (id) VALUES ($1)", id);
      return then(tx);
    });
  };

  EXPECT_TRUE(insert(1, [](pqxx::work&) { return Status(); }).ok());
  const auto refused = insert(2, [&](pqxx::work&) { return Status(refusal); });
  const auto thrown = insert(3, [](pqxx::work& tx) {
    tx.exec("SELECT 1 / 0");
    return Status();
  });

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "MINE");
  ASSERT_FALSE(thrown.ok());
  EXPECT_EQ(thrown.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(thrown.error().reason, "NOT_STORABLE");
  EXPECT_EQ(*Ask(session, "SELECT array_agg(id) FROM box"), "{1}");
}

TEST(SessionTest, TenantHoldsForOneTransaction) {
  const auto database = TestDatabase::Create();
  const std::string ask = "SELECT current_setting('selfsame.tenant', true)";
  EXPECT_EQ(*Ask(database->owner(), ask, TenantId{7}), "7");
  EXPECT_EQ(*Ask(database->owner(), ask), "");
}

// INV-8.
TEST(SessionTest, AppRoleSeesAndWritesRowsOfItsTenantOnly) {
  const auto database = TestDatabase::Create();
  const auto row = [](int tenant) {
    return fmt::format(
        "INSERT INTO receipts (received_at, shard, tenant_id, source_id, outcome, record_id, "
        "fingerprint, key) VALUES (now(), 1, {}, 1, 1, gen_random_uuid(), gen_random_uuid(), 'k')",
        tenant);
  };
  Must(Ask(database->owner(), row(1)));
  Must(Ask(database->owner(), row(2)));
  const auto app = database->NewSession("selfsame_app");
  const std::string seen = "SELECT array_agg(tenant_id ORDER BY tenant_id) FROM receipts";

  EXPECT_EQ(*Ask(database->owner(), seen), "{1,2}");
  EXPECT_EQ(*Ask(*app, seen, TenantId{1}), "{1}");
  EXPECT_EQ(*Ask(*app, seen, TenantId{2}), "{2}");
  EXPECT_EQ(*Ask(*app, seen), "");
  EXPECT_EQ(*Ask(*app, "SELECT count(*) FROM receipts WHERE tenant_id = 2", TenantId{1}), "0");
  const auto foreign = Ask(*app, row(3), TenantId{1});
  ASSERT_FALSE(foreign.ok());
  EXPECT_NE(foreign.error().message.find("42501"), std::string::npos);
  Must(Ask(*app, "UPDATE receipts SET outcome = 3", TenantId{1}));
  EXPECT_EQ(*Ask(database->owner(), "SELECT outcome FROM receipts WHERE tenant_id = 2"), "1");
}

TEST(SessionTest, StatementThatTakesTooLongIsEnded) {
  const auto database = TestDatabase::Create();
  const auto session = Must(
      Session::Connect({.url = database->url(), .statement_wait = std::chrono::milliseconds(50)}));
  const auto slept = Ask(*session, "SELECT pg_sleep(60)");
  ASSERT_FALSE(slept.ok());
  EXPECT_EQ(slept.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(slept.error().reason, "STATEMENT_TIMEOUT");
  EXPECT_EQ(*Ask(*session, "SELECT 1"), "1");
}

TEST(SessionTest, MissingTableMeansSchemaNotReady) {
  const auto database = TestDatabase::CreateEmpty();
  const auto asked = Ask(database->owner(), "SELECT 1 FROM receipts");
  ASSERT_FALSE(asked.ok());
  EXPECT_EQ(asked.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(asked.error().reason, "SCHEMA_NOT_READY");
}

TEST(SessionTest, LoserOfADeadlockIsToldToRetry) {
  const auto database = TestDatabase::Create();
  MakeTable(*database);
  Must(Ask(database->owner(), "INSERT INTO box (id) VALUES (1), (2)"));
  std::barrier<> both_hold_one(2);
  Status statuses[2];
  const auto lock_in_order = [&](int first, int second, Status& status) {
    const auto session = database->NewSession("");
    status = session->InTransaction(kNoTenant, [&](pqxx::work& tx) -> Status {
      tx.exec_params("SELECT id FROM box WHERE id = $1 FOR UPDATE", first);
      both_hold_one.arrive_and_wait();
      tx.exec_params("SELECT id FROM box WHERE id = $1 FOR UPDATE", second);
      return {};
    });
  };
  std::thread other([&] { lock_in_order(1, 2, statuses[0]); });
  lock_in_order(2, 1, statuses[1]);
  other.join();

  ASSERT_NE(statuses[0].ok(), statuses[1].ok());
  const Error& error = statuses[0].ok() ? statuses[1].error() : statuses[0].error();
  EXPECT_EQ(error.code, ErrorCode::kAborted);
  EXPECT_EQ(error.reason, "SERIALIZATION");
}

TEST(SessionTest, BrokenConnectionIsReportedAndTheNextCallConnectsAnew) {
  const auto database = TestDatabase::Create();
  const auto session = database->NewSession("selfsame_app");
  const std::string before = Pid(*session);
  Must(Ask(database->owner(), "SELECT pg_terminate_backend(" + before + ", 10000)"));

  const auto broken = Ask(*session, "SELECT 1");

  // Not retried behind our back: whether a body may run again is its caller's to say.
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(broken.error().reason, "DATABASE_UNAVAILABLE");
  EXPECT_NE(Pid(*session), before);
  EXPECT_EQ(*Ask(*session, "SELECT current_user"), "selfsame_app");
}

TEST(SessionTest, ConnectionLostInsideATransactionUndoesIt) {
  const auto database = TestDatabase::Create();
  MakeTable(*database);
  const auto session = database->NewSession("");
  int statements_after = 0;
  const Status lost = session->InTransaction(kNoTenant, [&](pqxx::work& tx) -> Status {
    tx.exec("INSERT INTO box (id) VALUES (1)");
    tx.exec("SELECT pg_terminate_backend(pg_backend_pid())");
    ++statements_after;
    return {};
  });
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(statements_after, 0);
  EXPECT_EQ(*Ask(*session, "SELECT count(*) FROM box"), "0");
}

// INV-2: without the reply to COMMIT nobody knows.
TEST(SessionTest, ConnectionLostInCommitLeavesTheOutcomeInDoubt) {
  const auto database = TestDatabase::Create();
  MakeTable(*database);
  Must(Ask(database->owner(),
           "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
           "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';"
           "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON box DEFERRABLE INITIALLY DEFERRED "
           "FOR EACH ROW EXECUTE FUNCTION die()"));
  const auto session = database->NewSession("");

  const auto lost = Ask(*session, "INSERT INTO box (id) VALUES (1)");

  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code, ErrorCode::kInDoubt);
  EXPECT_EQ(lost.error().reason, "COMMIT_IN_DOUBT");
  EXPECT_EQ(*Ask(*session, "SELECT 1"), "1");
}

TEST(SessionTest, FailureNamesTheStatement) {
  const auto database = TestDatabase::Create();
  MakeTable(*database);
  const Statement statement{"FillBox", "INSERT INTO box (id) VALUES ($1)"};
  const auto fill = [&] {
    return database->owner().InTransaction(kNoTenant, [&](pqxx::work& tx) -> Status {
      Exec(tx, statement, 1);
      return {};
    });
  };
  Must(fill());
  const Status again = fill();
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().message, "FillBox failed with sqlstate 23505");

  const Statement unready{"FillNone", "INSERT INTO none (id) VALUES (1)"};
  const Status unprepared =
      database->owner().InTransaction(kNoTenant, [&](pqxx::work& tx) -> Status {
        Exec(tx, unready);
        return {};
      });
  ASSERT_FALSE(unprepared.ok());
  EXPECT_EQ(unprepared.error().message, "FillNone failed with sqlstate 42P01");
}

// INV-10: PostgreSQL quotes values in its messages; none of them may get out.
TEST(SessionTest, NoValueReachesAnErrorOrALog) {
  const auto database = TestDatabase::Create();
  Must(Ask(database->owner(),
           "CREATE TABLE guarded (value text PRIMARY KEY CHECK (length(value) < 30))"));
  const Statement insert{"InsertGuarded", "INSERT INTO guarded (value) VALUES ($1)"};
  const Statement convert{"Convert", "SELECT $1::text::int"};
  const auto run = [&](const Statement& statement, const std::string& value) {
    return database->owner().InTransaction(kNoTenant, [&](pqxx::work& tx) -> Status {
      Exec(tx, statement, value);
      return {};
    });
  };
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();

  const std::string canary = kCanary;
  Must(run(insert, canary));
  const Status failures[] = {
      run(insert, canary), run(insert, canary + canary), run(convert, canary),
      database->owner().InTransaction(kNoTenant,
                                      [&](pqxx::work& tx) -> Status {
                                        tx.exec("DO $$ BEGIN RAISE WARNING '" + canary +
                                                "'; RAISE '" + canary + "'; END $$");
                                        return {};
                                      }),
      database->owner().InTransaction(kNoTenant, [&](pqxx::work& tx) -> Status {
        (void)tx.exec("SELECT '" + canary + "'")[0][0].as<int>();
        return {};
      })};

  const std::string printed =
      testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout();
  EXPECT_EQ(printed, "");
  EXPECT_EQ(TestDatabase::ServerLog().find(canary), std::string::npos);
  for (const Status& failure : failures) {
    ASSERT_FALSE(failure.ok());
    EXPECT_EQ(failure.error().message.find(canary), std::string::npos) << failure.error().message;
  }
}

// INV-10, for those who use libpq by itself.
TEST(SessionTest, BareConnectionKeepsSilentToo) {
  const auto database = TestDatabase::Create();
  const auto text = Must(ConnectionString({.url = database->url()}));
  const PgHandle connection = Must(OpenConnection(text, std::chrono::seconds(5)));
  const std::string canary = kCanary;
  testing::internal::CaptureStderr();

  PQclear(PQexec(
      connection.get(),
      ("DO $$ BEGIN RAISE WARNING '" + canary + "'; RAISE '" + canary + "'; END $$").c_str()));

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  const std::string message = PQerrorMessage(connection.get());
  EXPECT_NE(message.find("P0001"), std::string::npos) << message;
  EXPECT_EQ(message.find(canary), std::string::npos);
}

TEST(SessionTest, EveryTypeOfOursComesBackAsItWent) {
  const auto database = TestDatabase::Create();
  const auto id = RecordId::FromBytes(
      "0123456789\xff"
      "bcdef");
  const std::vector<std::string> texts = {"",           "NULL",        "a,b", "{}",
                                          "\"quoted\"", "back\\slash", "x"};
  const std::string bytes("\0\x01\xff\\x'", 6);
  const Statement echo{"Echo",
                       "SELECT $1::int AS id, $2::uuid AS uuid, $3::text[] AS texts, "
                       "$4::bytea AS bytes, $5::bytea AS empty, $6::text AS view, "
                       "'{}'::text[] AS none, pg_typeof($3)::text AS type"};
  const auto status = database->owner().InTransaction(kNoTenant, [&](pqxx::work& tx) -> Status {
    const auto row =
        Exec(tx, echo, SourceId{-5}, id, texts, Bytea{bytes}, Bytea{}, std::string_view("view"))[0];
    EXPECT_EQ(row["id"].as<SourceId>(), SourceId{-5});
    EXPECT_EQ(row["uuid"].as<RecordId>(), id);
    EXPECT_EQ(row["texts"].as<std::vector<std::string>>(), texts);
    EXPECT_EQ(row["bytes"].as<Bytea>().bytes, bytes);
    EXPECT_EQ(row["empty"].as<Bytea>().bytes, "");
    EXPECT_EQ(row["view"].as<std::string>(), "view");
    EXPECT_TRUE(row["none"].as<std::vector<std::string>>().empty());
    return {};
  });
  EXPECT_TRUE(status.ok()) << status.error().message;
}

TEST(SessionTest, TimesKeepTheirMicroseconds) {
  const auto database = TestDatabase::Create();
  const Statement echo{"EchoTime",
                       "SELECT $1::timestamptz AS time, "
                       "(extract(epoch FROM $1::timestamptz) * 1000000)::bigint AS us"};
  for (const std::int64_t us :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{1'291'191'960'000'001},
        std::int64_t{-62'135'596'800'000'000}, std::int64_t{253'402'300'799'999'999}}) {
    const auto status = database->owner().InTransaction(kNoTenant, [&](pqxx::work& tx) -> Status {
      const auto row = Exec(tx, echo, TimeUs{us})[0];
      EXPECT_EQ(row["time"].as<TimeUs>().us, us);
      EXPECT_EQ(row["us"].as<std::int64_t>(), us);
      return {};
    });
    EXPECT_TRUE(status.ok()) << us << " " << status.error().message;
  }
}

TEST(SessionTest, WhatDoesNotConvertIsAnErrorNotAValue) {
  const auto database = TestDatabase::Create();
  const auto read = [&](const std::string& sql, auto probe) {
    return database->owner().InTransaction(kNoTenant, [&](pqxx::work& tx) -> Status {
      (void)tx.exec(sql)[0][0].as<decltype(probe)>();
      return {};
    });
  };
  EXPECT_FALSE(read("SELECT 'x'::text", RecordId{}).ok());
  EXPECT_FALSE(read("SELECT NULL::uuid", RecordId{}).ok());
  EXPECT_FALSE(read("SELECT 'infinity'::timestamptz", TimeUs{}).ok());
  EXPECT_FALSE(read("SELECT '{{a},{b}}'::text[]", std::vector<std::string>{}).ok());
  EXPECT_FALSE(read("SELECT '{NULL}'::text[]", std::vector<std::string>{}).ok());
  EXPECT_FALSE(read("SELECT 'abc'::text", Bytea{}).ok());
}

struct SqlStateCase {
  const char* sqlstate;
  ErrorCode code;
  const char* reason;
};

class SqlStateTest : public testing::TestWithParam<SqlStateCase> {};

TEST_P(SqlStateTest, MeansOneThingToTheCaller) {
  const Error error = TranslateSqlState(GetParam().sqlstate, "ClaimReceipts");
  EXPECT_EQ(error.code, GetParam().code);
  EXPECT_EQ(error.reason, GetParam().reason);
  EXPECT_NE(error.message.find("ClaimReceipts"), std::string::npos);
  EXPECT_NE(error.message.find(GetParam().sqlstate), std::string::npos);
  EXPECT_EQ(error.retry_after.count() > 0, error.code == ErrorCode::kUnavailable);
}

INSTANTIATE_TEST_SUITE_P(
    All, SqlStateTest,
    testing::Values(SqlStateCase{"40001", ErrorCode::kAborted, "SERIALIZATION"},
                    SqlStateCase{"40P01", ErrorCode::kAborted, "SERIALIZATION"},
                    SqlStateCase{"08006", ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE"},
                    SqlStateCase{"57P01", ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE"},
                    SqlStateCase{"57P03", ErrorCode::kUnavailable, "DATABASE_STARTING"},
                    SqlStateCase{"53300", ErrorCode::kUnavailable, "DATABASE_TOO_MANY_CONNECTIONS"},
                    SqlStateCase{"53400", ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE"},
                    SqlStateCase{"", ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE"},
                    SqlStateCase{"57014", ErrorCode::kDeadlineExceeded, "STATEMENT_TIMEOUT"},
                    SqlStateCase{"42P01", ErrorCode::kFailedPrecondition, "SCHEMA_NOT_READY"},
                    SqlStateCase{"28P01", ErrorCode::kFailedPrecondition, "DATABASE_LOGIN_REFUSED"},
                    SqlStateCase{"3D000", ErrorCode::kFailedPrecondition, "DATABASE_MISSING"},
                    SqlStateCase{"22021", ErrorCode::kInvalidArgument, "NOT_STORABLE"},
                    SqlStateCase{"23505", ErrorCode::kInvalidArgument, "NOT_STORABLE"},
                    SqlStateCase{"42601", ErrorCode::kInternal, "DATABASE_ERROR"},
                    SqlStateCase{"XX001", ErrorCode::kInternal, "DATABASE_ERROR"},
                    SqlStateCase{"57P04", ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE"},
                    SqlStateCase{"53100", ErrorCode::kUnavailable, "DATABASE_DISK_FULL"},
                    SqlStateCase{"53200", ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE"},
                    SqlStateCase{"58030", ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE"},
                    SqlStateCase{"25006", ErrorCode::kUnavailable, "DATABASE_READ_ONLY"},
                    SqlStateCase{"55P03", ErrorCode::kUnavailable, "LOCK_TIMEOUT"}));

}  // namespace
}  // namespace selfsame::pg
