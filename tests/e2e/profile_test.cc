// What is known of a person: events of all members in time order, attributes by trust and time.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/installation.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;
using profile::v1::StoredEvent;
using testing::ElementsAre;
using testing::IsEmpty;

TimeUs At(int second) { return kSomeTime + std::chrono::seconds(second); }

class ProfileTest : public InstallationTest {
 protected:
  // The city of the one person these tests are about, with the key it was claimed under.
  std::string City() {
    const auto attributes = GetProfile(ByIdentifier("email", "ann@shop.test")).attributes();
    const auto city = attributes.find("city");
    return city == attributes.end() ? "" : city->second.value().string_value();
  }

  static UpdateBuilder Claim(std::string_view key, int second, std::string_view city) {
    UpdateBuilder update(key);
    update.With("email", "ann@shop.test")
        .At(At(second))
        .Json(fmt::format(R"({{"city":"{}"}})", city));
    return update;
  }

  void Claimed(std::string_view key, int second, std::string_view city) {
    EXPECT_EQ(Update(Claim(key, second, city)).outcome(), OUTCOME_ACCEPTED);
  }

  std::vector<StoredEvent> EventsOf(const profile::v1::ProfileRef& ref, std::uint32_t page_size) {
    profile::v1::ListEventsRequest request;
    *request.mutable_profile() = ref;
    request.set_page_size(page_size);
    std::vector<StoredEvent> events;
    do {
      const auto reply = client_.ListEvents(request);
      EXPECT_TRUE(reply.ok()) << reply.status.reason;
      EXPECT_LE(reply.response.events_size(), static_cast<int>(page_size));
      events.insert(events.end(), reply.response.events().begin(), reply.response.events().end());
      request.set_page_token(reply.response.next_page_token());
    } while (!request.page_token().empty());
    return events;
  }
};

TEST_F(ProfileTest, AnOlderClaimThatComesLateChangesNothing) {
  Claimed("k1", 10, "York");
  Claimed("k2", 5, "Leeds");
  EXPECT_EQ(City(), "York");
  Claimed("k3", 11, "Hull");
  EXPECT_EQ(City(), "Hull");
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(ProfileTest, TheMoreTrustedSourceWinsWhateverTheTime) {
  Claimed("k1", 10, "York");
  IngestClient crm(server_->grpc_address(), AddSource("crm", 1));
  IngestClient forum(server_->grpc_address(), AddSource("forum", 1000));
  const auto claimed = Update(crm, Claim("k2", 5, "Leeds"));
  EXPECT_EQ(claimed.outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(Update(forum, Claim("k3", 99, "Hull")).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(City(), "Leeds");

  const auto city = GetProfile(ByIdentifier("email", "ann@shop.test")).attributes().at("city");
  EXPECT_EQ(city.source(), "crm");
  EXPECT_EQ(city.record_id(), claimed.record_id());
  EXPECT_EQ(city.event_time().seconds(), At(5).us / 1'000'000);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(ProfileTest, OfClaimsOfOneTimeTheGreaterValueWinsInAnyOrder) {
  Claimed("k2", 10, "Leeds");
  Claimed("k1", 10, "York");
  EXPECT_EQ(City(), "York");
  Claimed("k3", 10, "Hull");
  EXPECT_EQ(City(), "York");
}

TEST_F(ProfileTest, AClaimFromTheFutureCountsAsOfFiveMinutesAfterReceipt) {
  const TimeUs before = Now();
  const auto ahead = UpdateBuilder("k1")
                         .With("email", "ann@shop.test")
                         .At(before + std::chrono::hours(20))
                         .Json(R"({"city":"York"})");
  EXPECT_EQ(Update(ahead).outcome(), OUTCOME_ACCEPTED);
  const auto city = GetProfile(ByIdentifier("email", "ann@shop.test")).attributes().at("city");
  const std::int64_t ahead_seconds = city.event_time().seconds() - before.us / 1'000'000;
  EXPECT_GE(ahead_seconds, 299);
  EXPECT_LE(ahead_seconds, 300 + (Now() - before).count() / 1'000'000 + 1);
}

TEST_F(ProfileTest, FieldsAreClaimedOneByOneAndAnAbsentOneClaimsNothing) {
  const auto first = UpdateBuilder("k1")
                         .With("email", "ann@shop.test")
                         .At(At(1))
                         .Json(R"({"city":"York","plan":"gold","marketing_opt_in":true})");
  const auto second = UpdateBuilder("k2")
                          .With("email", "ann@shop.test")
                          .At(At(2))
                          .Json(R"({"city":"","marketing_opt_in":false})");
  EXPECT_EQ(Update(first).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(Update(second).outcome(), OUTCOME_ACCEPTED);
  const auto attributes = GetProfile(ByIdentifier("email", "ann@shop.test")).attributes();
  EXPECT_EQ(attributes.at("plan").value().string_value(), "gold");
  EXPECT_EQ(attributes.at("city").value().string_value(), "");
  EXPECT_FALSE(attributes.at("marketing_opt_in").value().bool_value());
  EXPECT_EQ(attributes.size(), 3u);
}

TEST_F(ProfileTest, AMergeFoldsWhatBothKnewAndGrowsTheRevision) {
  Claimed("k1", 10, "York");
  const auto by_phone = UpdateBuilder("k2")
                            .With("phone", "+442079460958")
                            .At(At(20))
                            .Json(R"({"city":"Hull","plan":"gold"})");
  EXPECT_EQ(Update(by_phone).outcome(), OUTCOME_ACCEPTED);
  const auto before = GetProfile(ByIdentifier("email", "ann@shop.test")).revision();
  EXPECT_EQ(Track(EventBuilder("k3").With("email", "ann@shop.test").With("phone", "+442079460958"))
                .outcome(),
            OUTCOME_ACCEPTED);
  const auto merged = GetProfile(ByIdentifier("email", "ann@shop.test"));
  EXPECT_EQ(merged.attributes().at("city").value().string_value(), "Hull");
  EXPECT_EQ(merged.attributes().at("plan").value().string_value(), "gold");
  EXPECT_GT(merged.revision(), before);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(ProfileTest, EventsOfAllMembersComeInTimeOrderPageByPage) {
  constexpr int kEvents = 60;
  const std::vector<std::pair<std::string, std::string>> members = {
      {"customer_id", "c-1"}, {"email", "ann@shop.test"}, {"device_id", "d-1"}};
  std::vector<ingest::v1::Event> events;
  for (int i = 0; i < kEvents; ++i) {
    const auto& [kind, value] = members[i % members.size()];
    // Two of each second; the last to happen are the first to be sent.
    events.push_back(EventBuilder("k" + std::to_string(i))
                         .With(kind, value)
                         .At(At(-i / 2))
                         .Json(fmt::format(R"({{"url":"https://shop.test/{}"}})", i))
                         .Build());
  }
  events.push_back(EventBuilder("joined")
                       .With("customer_id", "c-1")
                       .With("email", "ann@shop.test")
                       .With("device_id", "d-1")
                       .At(At(1))
                       .Build());
  for (const auto& outcome : TrackAll(events)) EXPECT_EQ(outcome.outcome(), OUTCOME_ACCEPTED);
  Claimed("update", 0, "York");  // No event, so in no list of events.
  EXPECT_EQ(Track(EventBuilder("stranger").With("email", "bob@shop.test")).outcome(),
            OUTCOME_ACCEPTED);

  const auto listed = EventsOf(ByIdentifier("device_id", "d-1"), 7);
  ASSERT_EQ(listed.size(), kEvents + 1u);
  std::set<std::string> keys;
  for (const StoredEvent& event : listed) keys.insert(event.key());
  EXPECT_EQ(keys.size(), kEvents + 1u);
  const auto is_earlier = [](const StoredEvent& a, const StoredEvent& b) {
    return std::pair(a.event_time().seconds(), a.record_id()) <
           std::pair(b.event_time().seconds(), b.record_id());
  };
  EXPECT_TRUE(std::is_sorted(listed.begin(), listed.end(), is_earlier));
  EXPECT_EQ(listed.back().key(), "joined");
}

TEST_F(ProfileTest, AStoredEventIsWhatWasSent) {
  const auto outcome = Track(EventBuilder("k1")
                                 .With("email", "ann@shop.test")
                                 .Schema("selfsame.schemas.commerce.v1.OrderLine")
                                 .Json(R"({"orderId":"o-1","quantity":-2,"unit_price":1.5})"));
  const auto events = EventsOf(ById(outcome.profile_id()), 1);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].record_id(), outcome.record_id());
  EXPECT_EQ(events[0].key(), "k1");
  EXPECT_EQ(events[0].source(), "web");
  EXPECT_EQ(events[0].event_time().seconds(), kSomeTime.us / 1'000'000);
  EXPECT_EQ(events[0].schema(), "selfsame.schemas.commerce.v1.OrderLine");
  EXPECT_EQ(events[0].schema_version(), 1u);
  const auto& fields = events[0].payload().fields();
  EXPECT_EQ(fields.at("order_id").string_value(), "o-1");
  EXPECT_EQ(fields.at("quantity").number_value(), -2);
  EXPECT_EQ(fields.at("unit_price").number_value(), 1.5);
  EXPECT_EQ(events[0].received_at().seconds() * 1'000'000 + events[0].received_at().nanos() / 1000,
            Number(*database_,
                   "SELECT (extract(epoch FROM received_at) * 1000000)::bigint FROM receipts"));
}

TEST_F(ProfileTest, APageThatCannotBeIsSaid) {
  ASSERT_EQ(Track(EventBuilder("k1").With("email", "ann@shop.test")).outcome(), OUTCOME_ACCEPTED);
  profile::v1::ListEventsRequest request;
  *request.mutable_profile() = ByIdentifier("email", "ann@shop.test");
  for (const char* token :
       {"x", "1.x", ".", "9223372036854775807.01890000-0000-7000-8000-000000000000",
        "-1.01890000-0000-7000-8000-000000000000"}) {
    request.set_page_token(token);
    const auto reply = client_.ListEvents(request);
    EXPECT_EQ(reply.status.code, RpcCode::kInvalidArgument) << token;
    EXPECT_EQ(reply.status.reason, "PAGE_TOKEN_MALFORMED") << token;
  }
  request.clear_page_token();
  request.set_page_size(1001);
  EXPECT_EQ(client_.ListEvents(request).status.reason, "PAGE_SIZE_OUT_OF_RANGE");
}

// The value that a counter was set to may be older than all that was added to it.
TEST_F(ProfileTest, ACounterJoinsAnotherProfileWithWhatItWasSetTo) {
  IngestClient trusted(server_->grpc_address(), AddSource("crm", 10));
  const auto points = [](std::string_view key, int second, std::string_view email, int amount) {
    return UpdateBuilder(key)
        .With("email", email)
        .At(At(second))
        .Json(fmt::format(R"({{"loyalty_points":{}}})", amount));
  };
  ASSERT_EQ(Update(points("k1", 100, "ann@shop.test", 7)).outcome(), OUTCOME_ACCEPTED);
  ASSERT_EQ(Update(trusted, points("k2", 40, "a@shop.test", 1000)).outcome(), OUTCOME_ACCEPTED);
  auto added = points("k3", 50, "a@shop.test", 5).Build();
  (*added.mutable_operations())["loyalty_points"] = ingest::v1::ATTRIBUTE_OPERATION_ADD;
  ASSERT_EQ(SendUntilSettled(trusted, Updates({added}), Deadline::After(kPatience)).at(0).outcome(),
            OUTCOME_ACCEPTED);
  Track(EventBuilder("e1").With("email", "ann@shop.test").With("email", "a@shop.test"));
  const auto profile = GetProfile(ByIdentifier("email", "ann@shop.test"));
  EXPECT_EQ(profile.attributes().at("loyalty_points").value().number_value(), 1005);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

}  // namespace
}  // namespace selfsame::test
