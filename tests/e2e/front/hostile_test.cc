// Hostile callers before the server itself: what is bounded in process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/e2e/front/good_neighbour.h"
#include "tests/e2e/installation.h"
#include "tests/support/attacks.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t kMiB = 1024 * 1024;
constexpr std::chrono::seconds kAttackWait{20};
constexpr int kSomeAnswers = 5;

class HostileTest : public InstallationTest {
 protected:
  // The peak of what an attack makes the server hold, above what it holds anyway.
  template <typename Attack>
  std::size_t GrowthUnder(Attack attack) {
    GoodNeighbour neighbour(server_->grpc_address(), tenant_.api_key);
    neighbour.ExpectAnswers(kSomeAnswers);
    const std::size_t before = ResidentBytesOf(server_->pid());
    ForgetPeak(server_->pid());
    {
      const std::jthread attacker([&] { attack(Deadline::After(kAttackWait)); });
      neighbour.ExpectAnswers(kSomeAnswers);
    }
    neighbour.ExpectAnswers(kSomeAnswers);
    const std::size_t peak = PeakBytesOf(server_->pid());
    return peak > before ? peak - before : 0;
  }
};

TEST_F(HostileTest, UnfinishedRequestsWithoutAKeyAreAnsweredBeforeTheirMessage) {
  AttackReport report;
  const std::size_t growth = GrowthUnder([&](const Deadline& deadline) {
    report = SendUnfinishedCalls(server_->grpc_address(), {}, deadline);
  });
  EXPECT_EQ(report.calls, 200u);
  EXPECT_EQ(report.ended, 200u);
  EXPECT_LT(growth, 96 * kMiB);
}

TEST_F(HostileTest, EveryMethodRefusesACallWithoutAKeyBeforeItsMessage) {
  // Of each service one that takes a message of its own, and those that take many bytes.
  for (const char* path :
       {"/selfsame.ingest.v1.IngestService/TrackEvents",
        "/selfsame.ingest.v1.IngestService/UpdateProfiles",
        "/selfsame.ingest.v1.IngestService/Stream", "/selfsame.ingest.v1.IngestService/GetLimits",
        "/selfsame.profile.v1.ProfileService/GetProfile",
        "/selfsame.schema.v1.SchemaService/RegisterSchema",
        "/selfsame.schema.v1.SchemaService/RegisterVocabulary",
        "/selfsame.quarantine.v1.QuarantineService/Patch",
        "/selfsame.catalog.v1.CatalogService/ListDrift",
        "/selfsame.identity.v1.IdentityService/RollBackReresolve",
        "/selfsame.quality.v1.QualityService/SubmitVerdict"}) {
    const AttackReport report =
        SendUnfinishedCalls(server_->grpc_address(), {.connections = 1, .calls = 1, .path = path},
                            Deadline::After(kAttackWait));
    EXPECT_EQ(report.ended, 1u) << path;
  }
}

TEST_F(HostileTest, UnfinishedRequestsWithAKeyHoldABoundedNumberOfMessages) {
  const SeededTenant other = database_->SeedTenant("other");
  IngestClient client(server_->grpc_address(), other.api_key);
  const Deadline known = Deadline::After(kPatience);
  while (!client.GetLimits().ok()) ASSERT_FALSE(known.Expired());
  const std::size_t growth = GrowthUnder([&](const Deadline& deadline) {
    SendUnfinishedCalls(server_->grpc_address(), {.api_key = other.api_key}, deadline);
  });
  // 32 messages of 8 MiB; gRPC keeps them in slices that are rounded up.
  EXPECT_LT(growth, 32 * 8 * kMiB * 3 / 2 + 96 * kMiB);
}

TEST_F(HostileTest, ACompressedBombIsNotUnpacked) {
  AttackReport report;
  const std::size_t growth = GrowthUnder([&](const Deadline& deadline) {
    report = SendCompressedBomb(server_->grpc_address(), tenant_.api_key, 1400 * kMiB, deadline);
  });
  EXPECT_EQ(report.ended + report.cut, 1u);
  EXPECT_LT(growth, 96 * kMiB);
}

// Sets the limits of open files of this process, which its children inherit.
class OpenFilesLimit {
 public:
  OpenFilesLimit(rlim_t soft, rlim_t hard) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit limit{.rlim_cur = soft, .rlim_max = hard};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  ~OpenFilesLimit() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(OpenFilesTest, TheSoftLimitIsRaisedSoThatIdleConnectionsDoNotEndTheListener) {
  const auto database = TestDatabase::Create();
  const SeededTenant tenant = database->SeedTenant("acme");
  constexpr std::size_t kConnections = 600;
  std::unique_ptr<ServerProcess> server;
  {
    rlimit hard{};
    getrlimit(RLIMIT_NOFILE, &hard);
    ASSERT_GE(hard.rlim_max, 2048u);
    const OpenFilesLimit limit(512, hard.rlim_max);
    server = ServerProcess::Start(*database);
  }
  const auto held = HoldIdleConnections(server->grpc_address(), kConnections);
  ASSERT_EQ(held.size(), kConnections);
  IngestClient client(server->grpc_address(), tenant.api_key);
  EXPECT_TRUE(client.GetLimits().ok());
}

// A hard limit cannot be raised: the listener ends when it is reached, for good. Then so must the
// process, so that it is started again.
TEST(OpenFilesTest, AServerWhosePortIsDeafExitsWithItsOwnCode) {
  const auto database = TestDatabase::Create();
  database->SeedTenant("acme");
  std::unique_ptr<ServerProcess> server;
  {
    // The hard limit of this process cannot be raised again: a child of its own lowers it.
    server = ServerProcess::Start({.database_url = database->url(),
                                   .master_key = &database->master_key(),
                                   .config_toml = "[server]\nprobe_interval_ms = 100\n",
                                   .flags = {}});
    const rlimit low{.rlim_cur = 128, .rlim_max = 128};
    ASSERT_EQ(prlimit(server->pid(), RLIMIT_NOFILE, &low, nullptr), 0);
  }
  {
    const auto held = HoldIdleConnections(server->grpc_address(), 400);
    ASSERT_GT(held.size(), 128u);  // The kernel accepts for a while what the server does not.
  }
  EXPECT_EQ(server->AwaitExit(std::chrono::seconds(90)), std::optional<int>(3)) << server->Log();
  EXPECT_THAT(server->Log(), HasSubstr("deaf"));
}

}  // namespace
}  // namespace selfsame::test
