// What the server makes of a database in trouble: callers are told to come back, every part of the
// server recovers by itself, and nothing is lost or doubled.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "tests/e2e/deciding.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/support/cut_proxy.h"
#include "tests/support/holding.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kLookEvery{20};

template <typename Condition>
bool Comes(Condition condition) {
  const Deadline deadline = Deadline::After(kPatience);
  while (!condition()) {
    if (deadline.Expired()) return false;
    std::this_thread::sleep_for(kLookEvery);
  }
  return true;
}

class DatabaseTroubleTest : public testing::Test {
 protected:
  void StartServer(const std::string& config, const std::string& url = "") {
    server_ = ServerProcess::Start({.database_url = url.empty() ? database_->url() : url,
                                    .master_key = &database_->master_key(),
                                    .config_toml = config});
    client_ = std::make_unique<IngestClient>(server_->grpc_address(), tenant_.api_key);
  }

  static ingest::v1::UpdateProfilesRequest CityOf(const std::string& key, const std::string& person,
                                                  const std::string& city) {
    return Updates({UpdateBuilder(key)
                        .With("customer_id", person)
                        .Json(R"({"city":")" + city + "\"}")
                        .Build()});
  }
  void Accepts(const ingest::v1::UpdateProfilesRequest& request) {
    const Outcomes outcomes = SendUntilSettled(*client_, request, Deadline::After(kPatience));
    ASSERT_EQ(outcomes.size(), static_cast<std::size_t>(request.profile_updates_size()));
    for (const auto& outcome : outcomes) EXPECT_EQ(outcome.outcome(), ingest::v1::OUTCOME_ACCEPTED);
  }
  Reply<identity::v1::DecisionResult> Part(const std::string& one, const std::string& other) {
    auto request = Decided<identity::v1::CannotLinkRequest>();
    *request.mutable_identifier() = Named("customer_id", one);
    *request.mutable_other() = Named("customer_id", other);
    return client_->CannotLink(request);
  }
  Reply<profile::v1::GetProfileResponse> Read(const std::string& person) {
    profile::v1::GetProfileRequest request;
    *request.mutable_profile() = ByIdentifier("customer_id", person);
    return client_->GetProfile(request);
  }
  static void IsToComeBack(const RpcStatus& status) {
    EXPECT_EQ(status.code, RpcCode::kUnavailable) << status.reason << " " << status.message;
    EXPECT_TRUE(status.retry_after.has_value()) << status.reason;
  }

  void Sql(const std::string& sql) {
    Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      tx.exec(sql);
      return {};
    }));
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
  const SeededTenant tenant_ = database_->SeedTenant("acme");
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<IngestClient> client_;
};

// As after a fail-over: connections that were there before find a database that takes no writes.
TEST_F(DatabaseTroubleTest, EveryPartRecoversFromAReadOnlyDatabase) {
  StartServer("[lanes]\ncount = 2\ngive_up_ms = 500\n");
  for (int i = 0; i < 8; ++i) {  // Both lanes have their connections.
    Accepts(CityOf(fmt::format("a{}", i), fmt::format("c-{}", i), "Aachen"));
  }
  EXPECT_TRUE(Part("c-0", "c-1").ok());
  EXPECT_TRUE(Read("c-0").ok());

  TestDatabase::Administer("ALTER SYSTEM SET default_transaction_read_only = on");
  TestDatabase::Administer("SELECT pg_reload_conf()");
  EXPECT_TRUE(Comes([&] { return server_->Metric("selfsame_database_read_only") == 1; }));
  EXPECT_FALSE(IsServing(server_->grpc_address(), ""));
  for (int i = 0; i < 8; ++i) {
    IsToComeBack(
        client_->Update(CityOf(fmt::format("b{}", i), fmt::format("c-{}", i), "Hull")).status);
  }
  IsToComeBack(Part("c-2", "c-3").status);
  TestDatabase::Administer("ALTER SYSTEM RESET default_transaction_read_only");
  TestDatabase::Administer("SELECT pg_reload_conf()");

  EXPECT_TRUE(AwaitServing(server_->grpc_address(), kPatience));
  for (int i = 0; i < 8; ++i) {
    Accepts(CityOf(fmt::format("b{}", i), fmt::format("c-{}", i), "Hull"));
  }
  EXPECT_TRUE(Part("c-2", "c-3").ok());
  EXPECT_TRUE(Read("c-0").ok());
  EXPECT_EQ(CountOf(*database_, "receipts"), 16);
  EXPECT_EQ(
      Number(*database_, "SELECT count(*) FROM profiles WHERE attributes ->> 'city' = 'Hull'"), 8);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(DatabaseTroubleTest, EveryPartRecoversFromLostConnections) {
  StartServer("[lanes]\ncount = 2\n");
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 8; ++i) {
      Accepts(CityOf(fmt::format("{}-{}", round, i), fmt::format("c-{}", i), "Aachen"));
    }
    EXPECT_TRUE(Comes([&] { return Part("c-0", fmt::format("c-{}", round + 1)).ok(); }));
    EXPECT_TRUE(Comes([&] { return Read("c-0").ok(); }));
    Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()");
  }
  EXPECT_EQ(CountOf(*database_, "receipts"), 24);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// Each as PostgreSQL reports it, of the table that every batch writes first.
TEST_F(DatabaseTroubleTest, TroubleOfTheServerIsNoFaultOfTheRecord) {
  Sql("CREATE TABLE trouble (state text);"
      "CREATE FUNCTION raise_trouble() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ "
      "DECLARE code text := (SELECT state FROM trouble); BEGIN IF code IS NOT NULL THEN "
      "RAISE EXCEPTION 'canary' USING ERRCODE = code; END IF; RETURN NULL; END $$;"
      "CREATE TRIGGER trouble BEFORE INSERT ON receipts FOR EACH STATEMENT "
      "EXECUTE FUNCTION raise_trouble()");
  StartServer("[lanes]\ncount = 1\ngive_up_ms = 200\n");
  int sent = 0;
  for (const char* state : {"25006", "53100", "53200", "57P04", "58030", "28000", "26000"}) {
    const auto request = CityOf(fmt::format("k{}", ++sent), "c-1", fmt::format("City {}", sent));
    Sql(fmt::format("INSERT INTO trouble VALUES ('{}')", state));
    const RpcStatus status = client_->Update(request).status;
    if (std::string(state) != "26000") IsToComeBack(status);
    Sql("DELETE FROM trouble");
    Accepts(request);
  }
  EXPECT_EQ(CountOf(*database_, "receipts"), sent);
  // A full disk fails every try of every batch: the log says so once in a while.
  const std::string log = server_->Log();
  int entries = 0;
  for (std::size_t at = log.find("tried again"); at != std::string::npos; ++entries) {
    at = log.find("tried again", at + 1);
  }
  EXPECT_GE(entries, 1);
  EXPECT_LE(entries, 3);
  EXPECT_EQ(log.find("canary"), std::string::npos);
}

// The server's own bound of a statement comes first, so that its connection stays of use.
TEST_F(DatabaseTroubleTest, ADecisionThatHangsStopsNoOther) {
  const CutProxy proxy({.database_url = database_->url(), .is_over_tcp = true});
  StartServer("[database]\nstatement_wait_ms = 500\n", proxy.url());
  Accepts(CityOf("k", "c-1", "Aachen"));
  for (const char* other : {"c-2", "c-3", "c-4"}) {
    Accepts(CityOf(other, other, "Aachen"));
    {
      const Holding holding(*database_, "LOCK TABLE operations IN EXCLUSIVE MODE");
      EXPECT_EQ(Part("c-1", other).status.code, RpcCode::kDeadlineExceeded);
    }
    EXPECT_TRUE(Part("c-1", other).ok());
  }
}

// Backends that hang do not keep that bound: then this side ends the wait.
TEST_F(DatabaseTroubleTest, EveryPartRecoversFromBackendsThatHang) {
  StartServer("[lanes]\ncount = 1\n[database]\nstatement_wait_ms = 500\n");
  for (const char* person : {"c-1", "c-2"}) Accepts(CityOf(person, person, "Aachen"));
  EXPECT_TRUE(Part("c-1", "c-2").ok());
  EXPECT_TRUE(Read("c-1").ok());
  std::vector<int> pids;
  for (const Row& row : Rows(*database_,
                             "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                             "AND application_name LIKE 'selfsamed %'")) {
    pids.push_back(std::stoi(row[0]));
    EXPECT_EQ(kill(pids.back(), SIGSTOP), 0);
  }
  EXPECT_GE(pids.size(), 4U);
  Accepts(CityOf("k3", "c-1", "Hull"));
  EXPECT_TRUE(Comes([&] { return Read("c-1").ok(); }));
  EXPECT_TRUE(Comes([&] { return Part("c-1", "c-2").ok(); }));
  EXPECT_TRUE(AwaitServing(server_->grpc_address(), kPatience));
  for (const int pid : pids) kill(pid, SIGCONT);
  EXPECT_EQ(CountOf(*database_, "receipts"), 3);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(DatabaseTroubleTest, ARowThatStaysHeldSendsItsRecordsBack) {
  StartServer("[lanes]\ncount = 1\ngive_up_ms = 2000\nlock_wait_ms = 200\n");
  Accepts(CityOf("k1", "c-1", "Aachen"));
  const auto request = CityOf("k2", "c-1", "Hull");
  {
    const Holding holding(*database_, "SELECT * FROM profiles FOR UPDATE");
    const RpcStatus status = client_->Update(request).status;
    IsToComeBack(status);
    EXPECT_EQ(status.reason, "LOCK_TIMEOUT");
    Accepts(CityOf("k3", "c-2", "Hull"));
  }
  Accepts(request);
  EXPECT_EQ(CountOf(*database_, "receipts"), 3);
}

}  // namespace
}  // namespace selfsame::test
