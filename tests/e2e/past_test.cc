// Profiles as of a past event time, or as they were known at a past time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/e2e/deciding.h"
#include "tests/support/seed.h"

namespace selfsame::test {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAreArray;

class PastTest : public DecidingTest {
 protected:
  profile::v1::Profile AsOf(int second, const std::string& kind, const std::string& value) {
    profile::v1::GetProfileRequest request;
    request.mutable_at()->set_seconds(At(second).us / 1'000'000);
    return Read(request, kind, value);
  }
  profile::v1::Profile KnownAt(TimeUs time, const std::string& kind, const std::string& value) {
    profile::v1::GetProfileRequest request;
    request.mutable_known_at()->set_seconds(time.us / 1'000'000);
    request.mutable_known_at()->set_nanos(static_cast<int>(time.us % 1'000'000 * 1000));
    return Read(request, kind, value);
  }

  // A time between what was received until now and what will be: receipts are told apart by the
  // millisecond.
  static TimeUs Tick() {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const TimeUs now = Now();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return now;
  }

  // The past of this very moment is the present.
  void ExpectPresent(const std::string& kind, const std::string& value) {
    const auto present = GetProfile(ByIdentifier(kind, value));
    const auto past = KnownAt(Tick(), kind, value);
    EXPECT_EQ(past.profile_id(), present.profile_id());
    EXPECT_THAT(MembersOf(past), UnorderedElementsAreArray(MembersOf(present)));
    for (const auto& identifier : present.identifiers()) {
      for (const auto& then : past.identifiers()) {
        if (then.kind() != identifier.kind() || then.value() != identifier.value()) continue;
        EXPECT_EQ(then.shared(), identifier.shared()) << then.value();
      }
    }
  }

 private:
  profile::v1::Profile Read(profile::v1::GetProfileRequest& request, const std::string& kind,
                            const std::string& value) {
    *request.mutable_profile() = ByIdentifier(kind, value);
    const auto reply = client_.GetProfile(request);
    EXPECT_TRUE(reply.ok()) << reply.status.reason << " " << reply.status.message;
    return reply.response.profile();
  }
};

TEST_F(PastTest, ThePastIsWhatHadHappenedOrWhatWasKnown) {
  Seen(10, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  Update(UpdateBuilder("u1").At(At(10)).With("customer_id", "c-1").Json(R"({"city":"York"})"));
  const TimeUs first = Tick();
  Seen(30, {{"email", "a@shop.test"}, {"anonymous_id", "a-1"}});
  Update(UpdateBuilder("u2").At(At(30)).With("customer_id", "c-1").Json(R"({"city":"Hull"})"));
  const TimeUs second = Tick();
  // Late evidence of an earlier time, and a decision.
  Seen(5, {{"customer_id", "c-1"}, {"device_id", "d-1"}});
  auto unmerge = Decided<identity::v1::UnmergeProfilesRequest>();
  *unmerge.mutable_identifiers()->add_identifiers() = Named("email", "a@shop.test");
  ASSERT_TRUE(client_.UnmergeProfiles(unmerge).ok());

  EXPECT_THAT(MembersOf(AsOf(7, "customer_id", "c-1")),
              ElementsAre("customer_id=c-1", "device_id=d-1"));
  EXPECT_EQ(AsOf(7, "customer_id", "c-1").attributes().count("city"), 0u);
  EXPECT_EQ(AsOf(20, "customer_id", "c-1").attributes().at("city").value().string_value(), "York");
  EXPECT_EQ(AsOf(30, "customer_id", "c-1").attributes().at("city").value().string_value(), "Hull");
  EXPECT_THAT(MembersOf(KnownAt(first, "customer_id", "c-1")),
              ElementsAre("customer_id=c-1", "email=a@shop.test"));
  EXPECT_EQ(KnownAt(first, "customer_id", "c-1").attributes().at("city").value().string_value(),
            "York");
  EXPECT_EQ(KnownAt(first, "customer_id", "c-1").activity().event_count(), 1);
  EXPECT_THAT(MembersOf(KnownAt(second, "customer_id", "c-1")),
              ElementsAre("customer_id=c-1", "email=a@shop.test", "anonymous_id=a-1"));
  EXPECT_THAT(MembersOf("customer_id", "c-1"), ElementsAre("customer_id=c-1", "device_id=d-1"));
  const auto now = GetProfile(ByIdentifier("customer_id", "c-1")).activity();
  EXPECT_EQ(now.event_count(), 2);
  EXPECT_EQ(now.first_seen_at().seconds(), At(5).us / 1'000'000);
  EXPECT_EQ(now.last_seen_at().seconds(), At(30).us / 1'000'000);
  EXPECT_EQ(now.last_source(), "web");
}

// Only what sources saw makes an identifier shared, and only with identifiers that stand for
// somebody, then as now.
TEST_F(PastTest, WhatWasSharedIsCountedAsItIsToday) {
  Seen(1, {{"customer_id", "c-1"}, {"device_id", "d-1"}});
  Seen(2, {{"customer_id", "c-2"}, {"device_id", "d-1"}});
  Seen(3, {{"anonymous_id", "a-1"}, {"device_id", "d-1"}});
  Seen(4, {{"customer_id", "c-3"}});
  ASSERT_TRUE(
      client_.Pin(PinOf(Named("device_id", "d-1"), ByIdentifier("customer_id", "c-3"))).ok());
  EXPECT_THAT(MembersOf("customer_id", "c-3"),
              ElementsAre("customer_id=c-3", "device_id=d-1", "anonymous_id=a-1"));
  ExpectPresent("customer_id", "c-3");

  const std::string nobody = Seen(5, {{"customer_id", "c-6"}});
  Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec("UPDATE identifiers SET exclusion = 2 WHERE birth_id = '" + nobody + "'");
    return {};
  }));
  for (const char* customer : {"c-4", "c-5", "c-6"}) {
    Seen(6, {{"customer_id", customer}, {"device_id", "d-2"}});
  }
  Seen(7, {{"device_id", "d-2"}, {"anonymous_id", "a-2"}});
  EXPECT_EQ(MembersOf("anonymous_id", "a-2").size(), 3u);
  ExpectPresent("anonymous_id", "a-2");

  for (int i = 0; i < 3; ++i) {
    Seen(8, {{"customer_id", "k-" + std::to_string(i)}, {"device_id", "KIOSK"}});
  }
  ExpectPresent("device_id", "KIOSK");
  EXPECT_TRUE(KnownAt(Tick(), "device_id", "KIOSK").identifiers(0).shared());
}

TEST_F(PastTest, WhoeverUsedALargeKioskHasAPast) {
  const std::string kiosk = Seen(1, {{"device_id", "KIOSK"}});
  Seen(2, {{"customer_id", "c-1"}, {"device_id", "KIOSK"}});
  Seen(3, {{"customer_id", "c-1"}, {"email", "a@shop.test"}});
  const TimeUs before = Tick();
  for (int i = 0; i < 3; ++i) {
    Seen(4 + i, {{"customer_id", "k-" + std::to_string(i)}, {"device_id", "KIOSK"}});
  }
  Flood(kiosk, 25'000, 3);
  EXPECT_THAT(MembersOf(AsOf(100, "customer_id", "c-1")),
              ElementsAre("customer_id=c-1", "email=a@shop.test"));
  ExpectPresent("customer_id", "c-1");
  ExpectPresent("device_id", "KIOSK");
  EXPECT_THAT(MembersOf(KnownAt(before, "customer_id", "c-1")),
              ElementsAre("customer_id=c-1", "email=a@shop.test", "device_id=KIOSK"));

  ASSERT_TRUE(
      client_.Pin(PinOf(Named("device_id", "KIOSK"), ByIdentifier("customer_id", "c-1"))).ok());
  ExpectPresent("customer_id", "c-1");
}

// Whatever was seen and decided, in any order of event time.
TEST_F(PastTest, ThePastOfThisMomentIsThePresentOfEverybody) {
  std::mt19937_64 random(Seed());
  const auto any = [&] {
    const char* kinds[] = {"customer_id", "email", "device_id", "anonymous_id"};
    const std::string kind = kinds[random() % 4];
    const std::string n = "n" + std::to_string(random() % 6);
    return std::pair(kind, kind == "email" ? n + "@shop.test" : n);
  };
  std::set<std::pair<std::string, std::string>> seen;
  for (int i = 0; i < 120; ++i) {
    const auto one = any();
    const auto other = any();
    if (one == other) continue;
    if (random() % 8 != 0 || !seen.contains(one) || !seen.contains(other)) {
      Seen(static_cast<int>(random() % 1000), {one, other});
      seen.insert({one, other});
      continue;
    }
    auto pin = PinOf(Named(one.first, one.second), ByIdentifier(other.first, other.second));
    pin.set_override_limits(random() % 2 == 0);
    client_.Pin(pin);  // Refused or not.
    if (random() % 3 != 0) continue;
    auto unmerge = Decided<identity::v1::UnmergeProfilesRequest>();
    *unmerge.mutable_identifiers()->add_identifiers() = Named(one.first, one.second);
    client_.UnmergeProfiles(unmerge);
  }
  for (const auto& [kind, value] : seen) ExpectPresent(kind, value);
}

}  // namespace
}  // namespace selfsame::test
