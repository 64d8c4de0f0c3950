// What the real server counts: decisions by hand as well as evidence, and records of calls that
// failed (INV-7).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/e2e/installation.h"
#include "tests/support/cut_proxy.h"

namespace selfsame::test {
namespace {

class CountsTest : public InstallationTest {
 protected:
  double Profiles(const char* what) const {
    return server_->Metric(fmt::format("selfsame_profiles_{}_total{{tenant=\"acme\"}}", what));
  }
  template <typename Request>
  static Request Decided() {
    Request request;
    request.mutable_decision()->set_actor("ann");
    request.mutable_decision()->set_reason("said so");
    return request;
  }
};

TEST_F(CountsTest, DecisionsByHandCountAsEvidenceDoesAndDryRunsDoNot) {
  const std::string one = Track(EventBuilder("a").With("email", "a@shop.test")).profile_id();
  const std::string other = Track(EventBuilder("b").With("email", "b@shop.test")).profile_id();
  EXPECT_EQ(Profiles("created"), 2);
  auto merge = Decided<identity::v1::MergeProfilesRequest>();
  *merge.mutable_profile() = ById(one);
  *merge.mutable_other() = ById(other);
  merge.set_dry_run(true);
  ASSERT_TRUE(client_.MergeProfiles(merge).ok());
  EXPECT_EQ(Profiles("merged"), 0);
  merge.set_dry_run(false);
  ASSERT_TRUE(client_.MergeProfiles(merge).ok());
  EXPECT_EQ(Profiles("merged"), 1);
  ASSERT_TRUE(client_.MergeProfiles(merge).ok()) << "which changes nothing";
  EXPECT_EQ(Profiles("merged"), 1);

  auto unmerge = Decided<identity::v1::UnmergeProfilesRequest>();
  unmerge.set_history_id(HistoryOf(ById(one)).at(0).history_id());
  ASSERT_TRUE(client_.UnmergeProfiles(unmerge).ok());
  EXPECT_EQ(Profiles("unmerged"), 1);
  EXPECT_EQ(Profiles("created"), 3);
  // Evidence that a decision forbids is refused, and said to be.
  Track(EventBuilder("c").With("email", "a@shop.test").With("email", "b@shop.test"));
  auto again = Decided<identity::v1::PinRequest>();
  again.mutable_identifier()->set_kind("email");
  again.mutable_identifier()->set_value("a@shop.test");
  *again.mutable_profile() = ById(other);
  again.set_override_cannot_links(true);
  ASSERT_TRUE(client_.Pin(again).ok());
  EXPECT_EQ(Profiles("merged"), 2);
}

TEST(UnsettledTest, RecordsOfACallThatFailedAreReceivedAndUnsettled) {
  const auto database = TestDatabase::Create();
  const SeededTenant tenant = database->SeedTenant("acme");
  std::optional<CutProxy> proxy(
      std::in_place, CutProxyOptions{.database_url = database->url(), .cut_probability = 0});
  const auto server = ServerProcess::Start({.database_url = proxy->url(),
                                            .master_key = &database->master_key(),
                                            .config_toml = "[lanes]\ngive_up_ms = 500\n"});
  IngestClient client(server->grpc_address(), tenant.api_key);
  const auto count = [&](std::string_view name) {
    return server->Metric(fmt::format("selfsame_records_{}{{tenant=\"acme\",source=\"{}\"}}", name,
                                      tenant.source_name));
  };
  ASSERT_TRUE(client.Track(Events({EventBuilder("a").With("email", "a@x.io").Build()})).ok());
  EXPECT_EQ(count("unsettled_total"), 0);
  proxy.reset();
  const auto failed = client.Track(Events({EventBuilder("b").With("email", "b@x.io").Build(),
                                           EventBuilder("c").With("email", "c@x.io").Build()}));
  EXPECT_EQ(failed.status.code, RpcCode::kUnavailable) << failed.status.message;
  EXPECT_EQ(count("received_total"), 3);
  EXPECT_EQ(count("unsettled_total"), 2);
}

}  // namespace
}  // namespace selfsame::test
