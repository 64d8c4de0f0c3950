// A device that one customer uses after another: an anonymous id of a source that says so belongs
// to one customer at most.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/deciding.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/tool.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {
namespace {

using identity::v1::Evidence;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class AfterLogoutTest : public DecidingTest {
 protected:
  AfterLogoutTest() {
    std::ofstream file(folder_.path() + "/master.key");
    for (const char c : database_->master_key().reveal()) {
      file << fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    file.close();
    std::filesystem::permissions(
        folder_.path() + "/master.key",
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }

  // Until the server knows it.
  void SetNewPerson() {
    const ToolResult set = tool_.Run({"source", "set", tenant_.source_name, "--tenant",
                                      tenant_.name, "--after-logout", "new_person"});
    ASSERT_EQ(set.exit_code, 0) << set.errors;
    const Deadline deadline = Deadline::After(kPatience);
    for (int i = 0;; ++i) {
      ASSERT_FALSE(deadline.Expired());
      const std::string probe = fmt::format("probe-{}", i);
      Seen(0, {{"customer_id", probe}, {"anonymous_id", probe}});
      const auto why = Explained("customer_id", probe);
      if (why.joined_by(0).strength() == Evidence::STRENGTH_ONE_CUSTOMER) return;
    }
  }

  identity::v1::ExplainProfileResponse Explained(const std::string& kind,
                                                 const std::string& value) {
    identity::v1::ExplainProfileRequest request;
    *request.mutable_profile() = ByIdentifier(kind, value);
    const auto reply = client_.ExplainProfile(request);
    EXPECT_TRUE(reply.ok()) << reply.status.reason << " " << reply.status.message;
    return reply.response;
  }

  std::vector<std::string> MembersAt(int second, const std::string& kind,
                                     const std::string& value) {
    profile::v1::GetProfileRequest request;
    request.mutable_at()->set_seconds(At(second).us / 1'000'000);
    *request.mutable_profile() = ByIdentifier(kind, value);
    const auto reply = client_.GetProfile(request);
    EXPECT_TRUE(reply.ok()) << reply.status.reason << " " << reply.status.message;
    return MembersOf(reply.response.profile());
  }

  int EventsOf(const std::string& kind, const std::string& value) {
    return static_cast<int>(GetProfile(ByIdentifier(kind, value)).activity().event_count());
  }

  const TempFolder folder_;
  Tool tool_{{"SELFSAME_DATABASE_URL=" + database_->url(),
              "SELFSAME_MASTER_KEY_FILE=" + folder_.path() + "/master.key",
              "SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key}};
};

TEST_F(AfterLogoutTest, ADeviceOfTwoCustomersIsANewPerson) {
  SetNewPerson();
  Seen(10, {{"anonymous_id", "tablet"}});
  Seen(20, {{"customer_id", "ann"}, {"anonymous_id", "tablet"}});
  EXPECT_THAT(MembersOf("customer_id", "ann"),
              ElementsAre("customer_id=ann", "anonymous_id=tablet"));
  EXPECT_EQ(EventsOf("customer_id", "ann"), 2);
  // Ann logs out, Bob logs in and out again.
  Seen(30, {{"anonymous_id", "tablet"}});
  Seen(40, {{"customer_id", "bob"}, {"anonymous_id", "tablet"}});
  Seen(50, {{"anonymous_id", "tablet"}});

  EXPECT_THAT(MembersOf("customer_id", "ann"), ElementsAre("customer_id=ann"));
  EXPECT_THAT(MembersOf("customer_id", "bob"), ElementsAre("customer_id=bob"));
  EXPECT_THAT(MembersOf("anonymous_id", "tablet"), ElementsAre("anonymous_id=tablet"));
  EXPECT_EQ(EventsOf("customer_id", "ann"), 1);
  EXPECT_EQ(EventsOf("customer_id", "bob"), 1);
  EXPECT_EQ(EventsOf("anonymous_id", "tablet"), 3);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
  // Sharing is counted as it is today, also in the past.
  EXPECT_THAT(MembersAt(25, "customer_id", "ann"), ElementsAre("customer_id=ann"));

  const auto why = Explained("anonymous_id", "tablet");
  EXPECT_EQ(why.joined_by_size(), 0);
  ASSERT_EQ(why.refused_size(), 2);
  for (const Evidence& evidence : why.refused()) {
    EXPECT_EQ(evidence.strength(), Evidence::STRENGTH_ONE_CUSTOMER);
    EXPECT_EQ(evidence.refusal(), "SHARED_IDENTIFIER");
  }
  const ToolResult table = tool_.Run({"identity", "explain", "anonymous_id=tablet"});
  EXPECT_THAT(table.output, HasSubstr("ONE_CUSTOMER"));
  EXPECT_THAT(table.output, HasSubstr("SHARED_IDENTIFIER"));
}

TEST_F(AfterLogoutTest, ALateLoginCountsAsIfItHadComeInTime) {
  SetNewPerson();
  Seen(40, {{"customer_id", "bob"}, {"anonymous_id", "tablet"}});
  Seen(50, {{"anonymous_id", "tablet"}});
  EXPECT_THAT(MembersOf("customer_id", "bob"),
              ElementsAre("customer_id=bob", "anonymous_id=tablet"));
  Seen(20, {{"customer_id", "ann"}, {"anonymous_id", "tablet"}});
  EXPECT_THAT(MembersOf("customer_id", "bob"), ElementsAre("customer_id=bob"));
  EXPECT_THAT(MembersOf("anonymous_id", "tablet"), ElementsAre("anonymous_id=tablet"));
}

TEST_F(AfterLogoutTest, AnUnmergeGivesTheDeviceBackToTheOnlyCustomerLeft) {
  SetNewPerson();
  Seen(20, {{"customer_id", "ann"}, {"anonymous_id", "tablet"}});
  auto unmerge = Decided<identity::v1::UnmergeProfilesRequest>();
  *unmerge.mutable_identifiers()->add_identifiers() = Named("anonymous_id", "tablet");
  ASSERT_TRUE(client_.UnmergeProfiles(unmerge).ok());
  Seen(40, {{"customer_id", "bob"}, {"anonymous_id", "tablet"}});
  Seen(45, {{"customer_id", "ann"}, {"anonymous_id", "tablet"}});
  EXPECT_THAT(MembersOf("customer_id", "ann"), ElementsAre("customer_id=ann"));
  EXPECT_THAT(MembersOf("customer_id", "bob"),
              ElementsAre("customer_id=bob", "anonymous_id=tablet"));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(AfterLogoutTest, WithoutTheSettingADeviceStaysWithTheFirst) {
  Seen(20, {{"customer_id", "ann"}, {"anonymous_id", "tablet"}});
  Seen(40, {{"customer_id", "bob"}, {"anonymous_id", "tablet"}});
  EXPECT_THAT(MembersOf("customer_id", "ann"),
              ElementsAre("customer_id=ann", "anonymous_id=tablet"));
  // The setting is known from now on, and holds from the next login on.
  SetNewPerson();
  EXPECT_THAT(MembersOf("customer_id", "ann"),
              ElementsAre("customer_id=ann", "anonymous_id=tablet"));
  Seen(60, {{"customer_id", "bob"}, {"anonymous_id", "tablet"}});
  EXPECT_THAT(MembersOf("customer_id", "ann"), ElementsAre("customer_id=ann"));
  EXPECT_THAT(MembersOf("anonymous_id", "tablet"), ElementsAre("anonymous_id=tablet"));
}

TEST_F(AfterLogoutTest, TheToolSetsShowsAndTakesBackTheSetting) {
  const auto set = [&](const std::string& value) {
    return tool_.Run(
        {"source", "set", tenant_.source_name, "--tenant", tenant_.name, "--after-logout", value});
  };
  const auto shown = [&] {
    const auto sources =
        tool_.Run({"source", "list", "--tenant", tenant_.name, "--output", "json"}).JsonLines();
    return sources.at(0).value("after_logout", "missing");
  };
  EXPECT_EQ(shown(), "");
  EXPECT_EQ(set("new_person").exit_code, 0);
  EXPECT_EQ(shown(), "new_person");
  EXPECT_EQ(tool_
                .Run({"source", "set", tenant_.source_name, "--tenant", tenant_.name,
                      "--date-order", "DMY"})
                .exit_code,
            0);
  EXPECT_EQ(shown(), "new_person");
  const ToolResult unknown = set("same_person");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("new_person"));
  EXPECT_EQ(set("none").exit_code, 0);
  EXPECT_EQ(shown(), "");
}

}  // namespace
}  // namespace selfsame::test
