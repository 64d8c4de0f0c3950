// Who decided what, when and why, looked up again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/deciding.h"

namespace selfsame::test {
namespace {

using identity::v1::Operation;
using testing::ElementsAre;
using testing::IsEmpty;

class OperationsTest : public DecidingTest {
 protected:
  // All of them, in pages of `page_size`; of one profile where `ref` names one.
  std::vector<Operation> Operations(const profile::v1::ProfileRef& ref, std::uint32_t page_size) {
    identity::v1::ListOperationsRequest request;
    if (ref.ref_case() != profile::v1::ProfileRef::REF_NOT_SET) *request.mutable_profile() = ref;
    request.set_page_size(page_size);
    std::vector<Operation> operations;
    do {
      const auto reply = client_.ListOperations(request);
      EXPECT_TRUE(reply.ok()) << reply.status.reason;
      if (!reply.ok()) return operations;
      const auto& page = reply.response.operations();
      operations.insert(operations.end(), page.begin(), page.end());
      request.set_page_token(reply.response.next_page_token());
    } while (!request.page_token().empty());
    return operations;
  }

  // "KIND identifier identifier" of each.
  std::vector<std::string> Told(const profile::v1::ProfileRef& ref = {},
                                std::uint32_t page_size = 0) {
    std::vector<std::string> told;
    for (const Operation& one : Operations(ref, page_size)) {
      std::string line = Operation::Kind_Name(one.kind());
      for (const auto& identifier : one.identifiers()) line += " " + identifier.value();
      told.push_back(line);
    }
    return told;
  }

  void Part(const std::string& a, const std::string& b, bool is_cleared, const std::string& why) {
    identity::v1::CannotLinkRequest request;
    *request.mutable_identifier() = Named("customer_id", a);
    *request.mutable_other() = Named("customer_id", b);
    request.mutable_decision()->set_actor("bob");
    request.mutable_decision()->set_reason(why);
    request.set_clear(is_cleared);
    const auto reply = client_.CannotLink(request);
    ASSERT_TRUE(reply.ok()) << reply.status.reason;
    ASSERT_NE(reply.response.operation_id(), "");
    // Ids are made of the millisecond, and tell the order.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
};

TEST_F(OperationsTest, WhatMovesNobodyIsListedWithWhoAndWhy) {
  Seen(1, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  Seen(2, {{"customer_id", "c-2"}});
  Seen(3, {{"customer_id", "c-3"}});
  Part("c-1", "c-2", /*is_cleared=*/false, "twins");
  ASSERT_TRUE(
      client_.Pin(PinOf(Named("email", "a@shop.test"), ByIdentifier("customer_id", "c-1"))).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  Part("c-2", "c-1", /*is_cleared=*/true, "they were not");
  EXPECT_THAT(HistoryOf(ByIdentifier("customer_id", "c-1")), IsEmpty());

  const std::vector<std::string> all = {"KIND_CLEAR_CANNOT_LINK c-1 c-2",
                                        "KIND_PIN c-1 a@shop.test", "KIND_CANNOT_LINK c-1 c-2"};
  for (const std::uint32_t page_size : {0u, 1u, 2u, 3u}) EXPECT_EQ(Told({}, page_size), all);
  EXPECT_EQ(Told(ByIdentifier("customer_id", "c-1"), 1), all);
  EXPECT_THAT(Told(ByIdentifier("customer_id", "c-2")), ElementsAre(all[0], all[2]));
  EXPECT_THAT(Told(ByIdentifier("customer_id", "c-3")), IsEmpty());

  const auto first = Operations({}, 0).back();
  EXPECT_EQ(first.actor(), "bob");
  EXPECT_EQ(first.reason(), "twins");
  EXPECT_GT(first.at().seconds(), 0);
  EXPECT_FALSE(first.has_to_ruleset());
}

TEST_F(OperationsTest, TheMergeHistoryNamesTheDecisionAndWhoMadeIt) {
  const std::string one = Seen(1, {{"email", "a@shop.test"}});
  Seen(2, {{"email", "b@shop.test"}});
  Seen(3, {{"customer_id", "c-1"}});
  Seen(4, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  const auto merged =
      client_.MergeProfiles(MergeOf(ById(one), ByIdentifier("email", "b@shop.test")));
  ASSERT_TRUE(merged.ok()) << merged.status.message;
  const auto history = HistoryOf(ById(one));
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].operation_id() + history[0].actor() + history[0].reason(), "");
  EXPECT_EQ(history[1].operation_id(), merged.response.operation_id());
  EXPECT_EQ(history[1].actor(), "ann");
  EXPECT_EQ(history[1].reason(), "said so");
  EXPECT_THAT(Told(ByIdentifier("email", "b@shop.test")),
              ElementsAre("KIND_MERGE a@shop.test b@shop.test"));
  // Of a member that was not named.
  EXPECT_THAT(Told(ByIdentifier("customer_id", "c-1")),
              ElementsAre("KIND_MERGE a@shop.test b@shop.test"));
}

TEST_F(OperationsTest, WhatCannotBeListedIsSaid) {
  identity::v1::ListOperationsRequest request;
  request.set_page_token("x");
  EXPECT_EQ(client_.ListOperations(request).status.reason, "PAGE_TOKEN_MALFORMED");
  request.clear_page_token();
  request.set_page_size(1001);
  EXPECT_EQ(client_.ListOperations(request).status.reason, "PAGE_SIZE_OUT_OF_RANGE");
  request.clear_page_size();
  *request.mutable_profile() = ByIdentifier("email", "nobody@shop.test");
  EXPECT_EQ(client_.ListOperations(request).status.reason, "PROFILE_NOT_FOUND");
  IngestClient anybody(server_->grpc_address(), "");
  EXPECT_EQ(anybody.ListOperations({}).status.code, RpcCode::kUnauthenticated);
}

}  // namespace
}  // namespace selfsame::test
