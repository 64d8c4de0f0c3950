// Through the front: what a stranger can do to it, and that a client goes on being answered. The
// server behind it neither grows nor notices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/front/good_neighbour.h"
#include "tests/e2e/front/haproxy.h"
#include "tests/e2e/installation.h"
#include "tests/support/attacks.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t kMiB = 1024 * 1024;
constexpr std::chrono::seconds kAttackWait{20};
constexpr int kSomeAnswers = 5;
// What the server may grow by while a stranger attacks; and the front.
constexpr std::size_t kServerGrowthMax = 96 * kMiB;
constexpr std::size_t kFrontGrowthMax = 256 * kMiB;

class FrontTest : public InstallationTest {
 protected:
  void SetUp() override {
    if (!HaproxyIsInstalled()) GTEST_SKIP() << "haproxy is not installed";
    front_ = std::make_unique<Haproxy>(Haproxy::Options{.server = server_->grpc_address()});
    neighbour_ = std::make_unique<GoodNeighbour>(front_->address(), tenant_.api_key);
    neighbour_->ExpectAnswers(kSomeAnswers);
  }

  // Runs an attack on a thread of its own while the neighbour is listened to.
  template <typename Attack>
  auto Withstand(Attack attack) {
    const std::size_t server_before = ResidentBytesOf(server_->pid());
    const std::size_t front_before = ResidentBytesOf(front_->pid());
    ForgetPeak(server_->pid());
    ForgetPeak(front_->pid());
    decltype(attack(Deadline::After(kAttackWait))) report{};
    {
      const std::jthread attacker([&] { report = attack(Deadline::After(kAttackWait)); });
      neighbour_->ExpectAnswers(kSomeAnswers);
    }
    neighbour_->ExpectAnswers(kSomeAnswers);
    EXPECT_LT(PeakBytesOf(server_->pid()), server_before + kServerGrowthMax);
    EXPECT_LT(PeakBytesOf(front_->pid()), front_before + kFrontGrowthMax);
    return report;
  }

  std::unique_ptr<Haproxy> front_;
  std::unique_ptr<GoodNeighbour> neighbour_;
};

TEST_F(FrontTest, UnfinishedRequestsOfStrangersNeverReachTheServer) {
  const AttackReport report = Withstand([&](const Deadline& deadline) {
    return SendUnfinishedCalls(front_->address(), {}, deadline);
  });
  EXPECT_EQ(report.calls, 200u);
  EXPECT_EQ(report.ended, 200u);  // Each is answered before its message.
}

TEST_F(FrontTest, UnfinishedRequestsOfAKeyHolderAreBounded) {
  const SeededTenant other = database_->SeedTenant("other");
  IngestClient client(server_->grpc_address(), other.api_key);
  const Deadline known = Deadline::After(kPatience);
  while (!client.GetLimits().ok()) ASSERT_FALSE(known.Expired());

  const std::size_t before = ResidentBytesOf(server_->pid());
  ForgetPeak(server_->pid());
  {
    const std::jthread attacker([&] {
      SendUnfinishedCalls(front_->address(), {.api_key = other.api_key},
                          Deadline::After(kAttackWait));
    });
    neighbour_->ExpectAnswers(kSomeAnswers);
  }
  neighbour_->ExpectAnswers(kSomeAnswers);
  // The messages of 32 calls of one tenant, of 8 MiB each, arrive at a time; gRPC rounds up.
  EXPECT_LT(PeakBytesOf(server_->pid()), before + 32 * 8 * kMiB * 3 / 2 + kServerGrowthMax);
}

TEST_F(FrontTest, EndlessHeadersEndAtTheFront) {
  const AttackReport report = Withstand([&](const Deadline& deadline) {
    return SendEndlessHeaders(front_->address(), 150 * kMiB, deadline);
  });
  EXPECT_EQ(report.cut, 1u);
  EXPECT_LT(report.sent, 16 * kMiB);
}

TEST_F(FrontTest, ACompressedBombIsNotUnpacked) {
  const AttackReport report = Withstand([&](const Deadline& deadline) {
    return SendCompressedBomb(front_->address(), tenant_.api_key, 1400 * kMiB, deadline);
  });
  EXPECT_EQ(report.ended + report.cut, 1u);
}

TEST_F(FrontTest, IdleConnectionsOfOneAddressAreFew) {
  const auto held = Withstand(
      [&](const Deadline&) { return HoldIdleConnections(front_->address(), 1'200).size(); });
  EXPECT_GT(held, 0u);
  // Not one more than the address may have reaches the server: it serves few connections.
  EXPECT_TRUE(server_->IsRunning());
  const std::string metrics = front_->Metrics();
  EXPECT_THAT(metrics, HasSubstr("haproxy_frontend_connections_total{proxy=\"grpc\"}"));
  EXPECT_THAT(metrics, testing::ContainsRegex(
                           "haproxy_frontend_denied_connections_total.proxy=\"grpc\".*[1-9]"));
}

TEST_F(FrontTest, DrippingRequestsAreCutOff) {
  const AttackReport report = Withstand(
      [&](const Deadline& deadline) { return SendDrips(front_->address(), 50, deadline); });
  EXPECT_EQ(report.connections, 50u);
  EXPECT_EQ(report.cut, 50u);
}

TEST_F(FrontTest, WhatIsRefusedAtTheFrontIsRefusedAsTheServerRefuses) {
  IngestClient without_key(front_->address(), "");
  EXPECT_EQ(without_key.GetLimits().status.code, RpcCode::kUnauthenticated);
  IngestClient wrong_key(front_->address(), "sfs_wrong");
  EXPECT_EQ(wrong_key.GetLimits().status.reason, "API_KEY_UNKNOWN");
  EXPECT_TRUE(IsServing(front_->address(), ""));
  EXPECT_THAT(ReflectedServices(front_->address()), testing::IsEmpty());
}

TEST(FrontConfigTest, IsValidAndNeverPlainUnlessToldSo) {
  if (!HaproxyIsInstalled()) GTEST_SKIP() << "haproxy is not installed";
  std::string output;
  EXPECT_EQ(CheckHaproxyConfig({"SELFSAME_FRONT_PLAINTEXT=1"}, &output), 0) << output;
  EXPECT_THAT(output, testing::Not(HasSubstr("WARNING")));
  EXPECT_NE(CheckHaproxyConfig({}, &output), 0);
  EXPECT_THAT(output, HasSubstr("set SELFSAME_FRONT_CERTIFICATE"));
}

}  // namespace
}  // namespace selfsame::test
