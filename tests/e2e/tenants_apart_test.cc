// What is wrong with one tenant stays with it: the others are served, and keys end when they are
// revoked.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "storage/tenants.h"
#include "tests/e2e/clients.h"
#include "tests/e2e/rows.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;
using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{30};

ingest::v1::TrackEventsRequest OneEvent(const std::string& key) {
  return Events({EventBuilder(key).With("customer_id", "c-1").Build()});
}

class TenantsApartTest : public testing::Test {
 protected:
  // What a newer tool leaves during a rolling upgrade: a ruleset that this server does not
  // understand.
  void ActivateRulesetOfTheFuture(const SeededTenant& tenant) {
    Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      tx.exec(
          fmt::format("INSERT INTO rulesets (tenant_id, version, created_at, created_by, body)"
                      " VALUES ({}, 1, now(), 'newer', 'of_the_future = true')",
                      tenant.tenant.value));
      tx.exec(
          fmt::format("INSERT INTO ruleset_activations"
                      " (tenant_id, version, activated_at, actor, reason)"
                      " VALUES ({}, 1, now(), 'newer', 'upgrade')",
                      tenant.tenant.value));
      return {};
    }));
  }
  void AwaitMetric(const ServerProcess& server, const char* name, double value) {
    const Deadline deadline = Deadline::After(kPatience);
    while (server.Metric(name) != value) {
      ASSERT_FALSE(deadline.Expired()) << name << " is " << server.Metric(name);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  void RevokeAndAwait(const ServerProcess& server, const SeededTenant& tenant) {
    const auto keys = Must(storage::ListApiKeys(database_->owner(), tenant.name));
    Must(storage::RevokeApiKey(database_->owner(), tenant.name, keys.at(0).id, Now()));
    IngestClient client(server.grpc_address(), tenant.api_key);
    const Deadline deadline = Deadline::After(kPatience);
    RpcStatus status = client.GetLimits().status;
    while (status.reason != "API_KEY_UNKNOWN") {
      ASSERT_FALSE(deadline.Expired()) << "a revoked key still gets in: " << status.reason;
      status = client.GetLimits().status;
    }
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
  const SeededTenant broken_ = database_->SeedTenant("broken");
  const SeededTenant other_ = database_->SeedTenant("other");
};

TEST_F(TenantsApartTest, AnUnreadableRulesetLeavesTheLastOneAndTheOtherTenants) {
  const auto server = ServerProcess::Start(*database_);
  IngestClient broken(server->grpc_address(), broken_.api_key);
  IngestClient other(server->grpc_address(), other_.api_key);
  ASSERT_EQ(broken.Track(OneEvent("k1")).response.outcomes(0).outcome(), OUTCOME_ACCEPTED);
  ActivateRulesetOfTheFuture(broken_);
  AwaitMetric(*server, "selfsame_tenants_stale", 1);
  EXPECT_THAT(server->Log(), HasSubstr("RULESET_UNREADABLE"));
  EXPECT_TRUE(IsServing(server->grpc_address(), ""));
  EXPECT_EQ(other.Track(OneEvent("k1")).response.outcomes(0).outcome(), OUTCOME_ACCEPTED);
  // Of known people, which needs no rules.
  EXPECT_EQ(broken.Track(OneEvent("k2")).response.outcomes(0).outcome(), OUTCOME_ACCEPTED);
  RevokeAndAwait(*server, broken_);
  RevokeAndAwait(*server, other_);
}

TEST_F(TenantsApartTest, ATenantThatWasNeverReadableIsShutOutAlone) {
  ActivateRulesetOfTheFuture(broken_);
  const auto server = ServerProcess::Start(*database_);
  AwaitMetric(*server, "selfsame_tenants_shut_out", 1);
  IngestClient broken(server->grpc_address(), broken_.api_key);
  IngestClient other(server->grpc_address(), other_.api_key);
  const auto refused = broken.Track(OneEvent("k1"));
  EXPECT_EQ(refused.status.code, RpcCode::kUnavailable);
  EXPECT_EQ(refused.status.reason, "TENANT_UNAVAILABLE");
  EXPECT_TRUE(refused.status.retry_after.has_value());
  EXPECT_EQ(other.Track(OneEvent("k1")).response.outcomes(0).outcome(), OUTCOME_ACCEPTED);
  RevokeAndAwait(*server, broken_);

  Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec(
        "INSERT INTO ruleset_activations (tenant_id, version, activated_at, actor, reason)"
        " SELECT tenant_id, 0, now(), 'operator', 'back' FROM tenants WHERE name = 'broken'");
    return {};
  }));
  AwaitMetric(*server, "selfsame_tenants_shut_out", 0);
  EXPECT_THAT(server->Log(), HasSubstr("tenant can be read again"));
}

TEST_F(TenantsApartTest, KeysThatDoNotOpenShutOutTheirTenantAlone) {
  Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec("UPDATE tenants SET secrets_sealed = 'damaged' WHERE name = 'broken'");
    return {};
  }));
  const auto server = ServerProcess::Start(*database_);
  AwaitMetric(*server, "selfsame_tenants_shut_out", 1);
  IngestClient broken(server->grpc_address(), broken_.api_key);
  IngestClient other(server->grpc_address(), other_.api_key);
  EXPECT_EQ(broken.GetLimits().status.reason, "TENANT_UNAVAILABLE");
  EXPECT_EQ(other.Track(OneEvent("k1")).response.outcomes(0).outcome(), OUTCOME_ACCEPTED);
}

}  // namespace
}  // namespace selfsame::test
