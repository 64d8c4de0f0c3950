#include "tests/bench/workload.h"

#include <gtest/gtest.h>

#include <set>

#include "base/uuid.h"
#include "selfsame/ingest/v1/ingest.pb.h"
#include "tests/bench/traffic.h"

namespace selfsame::bench {
namespace {

namespace pb = ::selfsame::ingest::v1;

constexpr TimeUs kNow{1'700'000'000'000'000};

template <typename Message>
Message Parsed(const std::string& bytes) {
  Message message;
  EXPECT_TRUE(message.ParseFromString(bytes));
  return message;
}

grpc::ByteBuffer Buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

TEST(WorkloadTest, EveryRecordOfEverySendingHasAKeyOfItsOwn) {
  RequestTemplate request({.records = 100}, 1);
  std::set<std::string> keys;
  for (int sending = 0; sending < 50; ++sending) {
    request.Stamp(kKnownPeople, 1'000 + 100 * sending, kNow);
    const auto sent = Parsed<pb::TrackEventsRequest>(request.bytes());
    for (const pb::Event& event : sent.events()) keys.insert(event.key());
  }
  EXPECT_EQ(keys.size(), 5'000U);
  for (const std::string& key : keys) {
    const auto uuid = ParseUuid(key);
    ASSERT_TRUE(uuid.has_value()) << key;
    EXPECT_EQ(uuid->at(6) >> 4, 7);
    EXPECT_EQ(key.substr(0, 13), "018bcfe5-6800");  // kNow in milliseconds.
  }
}

TEST(WorkloadTest, StampedValuesAreWholeRecords) {
  RequestTemplate request({.is_stream = true, .records = 20, .has_updates = true}, 1);
  request.Stamp(kNumberedPeople, 500'000, kNow);
  const auto stream = Parsed<pb::StreamRequest>(request.bytes());
  ASSERT_EQ(stream.records_size(), 20);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(stream.records(i).has_profile_update(), i % kUpdateEvery == 0) << i;
    if (!stream.records(i).has_event()) continue;
    const pb::Event& event = stream.records(i).event();
    EXPECT_EQ(event.event_time().seconds(), 1'700'000'000);
    EXPECT_EQ(event.identifiers(0).value(), "C000000" + std::to_string(500'000 + i));
    EXPECT_TRUE(ParseUuid(event.identifiers(1).value()).has_value());
    EXPECT_EQ(event.protobuf().size(), kPayloadBytes);
  }
}

TEST(WorkloadTest, APersonAlwaysHasTheSameIdentifiers) {
  RequestTemplate first({.records = 1}, 1);
  RequestTemplate second({.records = 1}, 2);
  std::uint64_t number = 1'000'000;  // The first after which the person comes again.
  while (PersonOf(kKnownPeople, number) != PersonOf(kKnownPeople, 77)) ++number;
  first.Stamp(kKnownPeople, 77, kNow);
  second.Stamp(kKnownPeople, number, kNow);
  const auto a = Parsed<pb::TrackEventsRequest>(first.bytes()).events(0);
  const auto b = Parsed<pb::TrackEventsRequest>(second.bytes()).events(0);
  EXPECT_EQ(a.identifiers(0).value(), b.identifiers(0).value());
  EXPECT_EQ(a.identifiers(1).value(), b.identifiers(1).value());
  EXPECT_NE(a.key(), b.key());
}

TEST(WorkloadTest, KnownPeopleAreTheFirstNumberedOnes) {
  for (std::uint64_t number = 0; number < 1'000; ++number) {
    EXPECT_LT(PersonOf(kKnownPeople, number), kKnownCustomers);
    EXPECT_EQ(PersonOf(kNumberedPeople, number), number);
  }
}

TEST(WorkloadTest, PeopleInNoOrderAreAllOfTheirRange) {
  std::set<std::uint64_t> met;
  for (std::uint64_t number = 0; number < 1'000; ++number) {
    met.insert(PersonOf({.first = 500, .count = 3}, number));
  }
  EXPECT_EQ(met, (std::set<std::uint64_t>{500, 501, 502}));
}

TEST(WorkloadTest, AtAKioskAllHaveOneDeviceInCommon) {
  RequestTemplate request({.records = 5, .named = Named::kAtKiosk}, 1);
  request.Stamp(kNumberedPeople, 70, kNow);
  const auto sent = Parsed<pb::TrackEventsRequest>(request.bytes());
  std::set<std::string> customers;
  for (const pb::Event& event : sent.events()) {
    EXPECT_EQ(event.identifiers(0).kind(), "customer_id");
    customers.insert(event.identifiers(0).value());
    EXPECT_EQ(event.identifiers(1).kind(), "device_id");
    EXPECT_EQ(event.identifiers(1).value(), AnonymousOf(kKiosk));
  }
  EXPECT_EQ(customers.size(), 5u);
}

TEST(CountAcceptedTest, CountsOnlyWhereAllAreAccepted) {
  pb::TrackEventsResponse response;
  for (int i = 0; i < 3; ++i) {
    response.add_outcomes()->set_outcome(pb::OUTCOME_ACCEPTED);
    response.mutable_outcomes(i)->set_record_id("r");
  }
  EXPECT_EQ(CountAccepted(Buffer(response.SerializeAsString()), false), 3U);
  response.mutable_outcomes(1)->set_outcome(pb::OUTCOME_DUPLICATE);
  EXPECT_EQ(CountAccepted(Buffer(response.SerializeAsString()), false), std::nullopt);
}

TEST(CountAcceptedTest, ARefusedStreamRequestHasNoOutcomes) {
  pb::StreamResponse response;
  response.set_sequence(7);
  response.mutable_status()->set_code(8);
  EXPECT_EQ(CountAccepted(Buffer(response.SerializeAsString()), true), 0U);
  response.add_outcomes()->set_outcome(pb::OUTCOME_ACCEPTED);
  EXPECT_EQ(CountAccepted(Buffer(response.SerializeAsString()), true), 1U);
}

TEST(CountAcceptedTest, BytesThatAreNoResponseAreNotCounted) {
  EXPECT_EQ(CountAccepted(Buffer("\x0a\xff"), false), std::nullopt);
  EXPECT_EQ(CountAccepted(Buffer(std::string("\x0a\x00", 2)), false), std::nullopt);
}

}  // namespace
}  // namespace selfsame::bench
