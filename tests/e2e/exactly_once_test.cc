// A key is accepted once, whoever sends it, however often, through whichever server (INV-3).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "storage/tenants.h"
#include "tests/e2e/clients.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/support/seed.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;
using ingest::v1::OUTCOME_DUPLICATE;
using ingest::v1::OUTCOME_QUARANTINED;
using ingest::v1::OUTCOME_REJECTED;
using ingest::v1::RecordOutcome;
using testing::IsEmpty;

constexpr std::size_t kClients = 16;
constexpr std::size_t kRecords = 10'000;
constexpr std::size_t kBatch = 100;
constexpr std::chrono::minutes kPatience{3};

// Every fifth record is of the same person, so that batches share profiles too.
ingest::v1::Event RecordNumber(std::size_t i) {
  return EventBuilder(fmt::format("order-{}", i))
      .With("customer_id", fmt::format("c{}", i % (kRecords / 5)))
      .With("email", fmt::format("c{}@shop.test", i % (kRecords / 5)))
      .At(kSomeTime + std::chrono::seconds(i))
      .Build();
}

// Sends all records in an order of its own; returns the outcomes by the number of the record.
Outcomes SendAllShuffled(IngestClient& client, std::uint64_t seed) {
  std::vector<std::size_t> order(kRecords);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 random(seed);
  std::shuffle(order.begin(), order.end(), random);
  const Deadline deadline = Deadline::After(kPatience);
  Outcomes outcomes(kRecords);
  for (std::size_t at = 0; at < kRecords; at += kBatch) {
    ingest::v1::TrackEventsRequest request;
    for (std::size_t i = at; i < at + kBatch; ++i) *request.add_events() = RecordNumber(order[i]);
    const Outcomes settled = SendUntilSettled(client, request, deadline);
    if (settled.size() != kBatch) return {};
    for (std::size_t i = 0; i < kBatch; ++i) outcomes[order[at + i]] = settled[i];
  }
  return outcomes;
}

// Of one record, as all clients saw it: once OUTCOME_ACCEPTED, and every OUTCOME_DUPLICATE names
// that very record.
void ExpectAcceptedOnce(const std::vector<Outcomes>& by_client, std::size_t record) {
  const RecordOutcome* accepted = nullptr;
  for (const Outcomes& outcomes : by_client) {
    if (outcomes[record].outcome() != OUTCOME_ACCEPTED) continue;
    ASSERT_EQ(accepted, nullptr) << "accepted twice: record " << record;
    accepted = &outcomes[record];
  }
  ASSERT_NE(accepted, nullptr) << "never accepted: record " << record;
  for (const Outcomes& outcomes : by_client) {
    const RecordOutcome& outcome = outcomes[record];
    if (&outcome == accepted) continue;
    ASSERT_EQ(outcome.outcome(), OUTCOME_DUPLICATE) << outcome.DebugString();
    ASSERT_EQ(outcome.first_outcome(), OUTCOME_ACCEPTED);
    ASSERT_EQ(outcome.record_id(), accepted->record_id());
    ASSERT_GT(outcome.first_received_at().seconds(), 0);
    ASSERT_FALSE(outcome.profile_id().empty());
  }
}

void ExpectStormSettlesOnce(TestDatabase& database, const SeededTenant& tenant,
                            const std::vector<const ServerProcess*>& servers) {
  const std::uint64_t seed = Seed();
  std::vector<Outcomes> by_client(kClients);
  InParallel(kClients, [&](std::size_t i) {
    IngestClient client(servers[i % servers.size()]->grpc_address(), tenant.api_key);
    by_client[i] = SendAllShuffled(client, seed + i);
  });
  for (const Outcomes& outcomes : by_client) ASSERT_EQ(outcomes.size(), kRecords);
  for (std::size_t i = 0; i < kRecords; ++i) {
    ExpectAcceptedOnce(by_client, i);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_EQ(CountOf(database, "receipts"), kRecords);
  EXPECT_EQ(CountOf(database, "records"), kRecords);
  EXPECT_EQ(CountOf(database, "profiles"), kRecords / 5);
  EXPECT_THAT(BrokenInvariants(database), IsEmpty());
  EXPECT_EQ(DeadlocksOf(database), 0);
}

double OutcomesOf(const ServerProcess& server, std::string_view outcome) {
  return server.Metric(fmt::format(
      "selfsame_records_total{{tenant=\"acme\",source=\"web\",outcome=\"{}\"}}", outcome));
}

TEST(ExactlyOnceStormTest, ManyClientsOfOneServer) {
  const auto database = TestDatabase::Create();
  const SeededTenant tenant = database->SeedTenant("acme");
  const auto server = ServerProcess::Start(*database);
  ExpectStormSettlesOnce(*database, tenant, {server.get()});
  EXPECT_EQ(OutcomesOf(*server, "accepted"), kRecords);
  EXPECT_EQ(OutcomesOf(*server, "duplicate"), kRecords * (kClients - 1));
}

TEST(ExactlyOnceStormTest, ManyClientsOfTwoServersOnOneDatabase) {
  const auto database = TestDatabase::Create();
  const SeededTenant tenant = database->SeedTenant("acme");
  const auto one = ServerProcess::Start(*database);
  const auto other = ServerProcess::Start(*database);
  ExpectStormSettlesOnce(*database, tenant, {one.get(), other.get()});
  EXPECT_EQ(OutcomesOf(*one, "accepted") + OutcomesOf(*other, "accepted"), kRecords);
}

// One server, and the client of one source.
class ExactlyOnceTest : public testing::Test {
 protected:
  RecordOutcome Track(const ingest::v1::Event& event) { return TrackAll(client_, {event}).at(0); }
  static Outcomes TrackAll(IngestClient& client, const std::vector<ingest::v1::Event>& events) {
    return SendUntilSettled(client, Events(events), Deadline::After(kPatience));
  }
  std::string ReceivedAtOf(const std::string& key) {
    return Rows(*database_, fmt::format("SELECT extract(epoch FROM received_at) * 1000000 FROM "
                                        "receipts WHERE key = '{}'",
                                        key))[0][0];
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
  const SeededTenant tenant_ = database_->SeedTenant("acme");
  const std::unique_ptr<ServerProcess> server_ = ServerProcess::Start(*database_);
  IngestClient client_{server_->grpc_address(), tenant_.api_key};
};

std::int64_t Microseconds(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

TEST_F(ExactlyOnceTest, AKeyWithAnotherBodyIsToldFromARetry) {
  const auto first = Track(EventBuilder("k").With("email", "a@shop.test").Build());
  ASSERT_EQ(first.outcome(), OUTCOME_ACCEPTED);
  const auto reused = Track(EventBuilder("k").With("email", "b@shop.test").Build());
  EXPECT_EQ(reused.outcome(), OUTCOME_REJECTED);
  EXPECT_EQ(reused.reason(), "KEY_REUSED");
  EXPECT_EQ(reused.first_outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(std::to_string(Microseconds(reused.first_received_at())),
            ReceivedAtOf("k").substr(0, ReceivedAtOf("k").find('.')));
  EXPECT_EQ(CountOf(*database_, "identifiers"), 1);
  EXPECT_EQ(CountOf(*database_, "records"), 1);
}

TEST_F(ExactlyOnceTest, EventsAndProfileUpdatesOfASourceShareTheirKeys) {
  ASSERT_EQ(Track(EventBuilder("k").With("email", "a@shop.test").Build()).outcome(),
            OUTCOME_ACCEPTED);
  const auto reply =
      client_.Update(Updates({UpdateBuilder("k").With("email", "a@shop.test").Build()}));
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply.response.outcomes(0).reason(), "KEY_REUSED");
}

TEST_F(ExactlyOnceTest, AnotherSourceHasKeysOfItsOwn) {
  Must(storage::CreateSource(database_->owner(), "acme",
                             {.name = "pos", .owner = "tests", .purpose = "testing"}, Now()));
  const auto key =
      Must(storage::CreateApiKey(database_->owner(), "acme", "pos", {"ingest"}, Now()));
  IngestClient pos(server_->grpc_address(), std::string(key.reveal()));
  const Deadline deadline = Deadline::After(kPatience);
  while (!pos.GetLimits().ok() && !deadline.Expired()) continue;  // Until the server knows the key.

  const auto event = EventBuilder("k").With("email", "a@shop.test").Build();
  EXPECT_EQ(Track(event).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(TrackAll(pos, {event}).at(0).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(TrackAll(pos, {event}).at(0).outcome(), OUTCOME_DUPLICATE);
  EXPECT_EQ(CountOf(*database_, "records"), 2);
  EXPECT_EQ(CountOf(*database_, "profiles"), 1);
}

TEST_F(ExactlyOnceTest, AKeyTwiceInOneRequestIsSettledOnceAndTheFirstWins) {
  const auto event = EventBuilder("k").With("email", "a@shop.test").Build();
  const auto other = EventBuilder("k").With("email", "a@shop.test").Json("{}").Build();
  const Outcomes outcomes = TrackAll(client_, {event, event, other});
  ASSERT_EQ(outcomes.size(), 3u);
  EXPECT_EQ(outcomes[0].outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(outcomes[1].outcome(), OUTCOME_DUPLICATE);
  EXPECT_EQ(outcomes[1].record_id(), outcomes[0].record_id());
  EXPECT_EQ(outcomes[2].reason(), "KEY_REUSED");
  EXPECT_EQ(CountOf(*database_, "records"), 1);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

// Their records meet in different lanes, so either may win; never both.
TEST_F(ExactlyOnceTest, AKeyForManyPeopleInOneRequestIsSettledOnce) {
  constexpr int kPeople = 20;
  std::vector<ingest::v1::Event> events;
  for (int i = 0; i < kPeople; ++i) {
    events.push_back(EventBuilder("k").With("email", fmt::format("{}@shop.test", i)).Build());
  }
  int accepted = 0;
  for (const RecordOutcome& outcome : TrackAll(client_, events)) {
    if (outcome.outcome() == OUTCOME_ACCEPTED) {
      ++accepted;
    } else {
      EXPECT_EQ(outcome.reason(), "KEY_REUSED");
    }
  }
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(CountOf(*database_, "records"), 1);
  EXPECT_EQ(CountOf(*database_, "profiles"), 1);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(ExactlyOnceTest, AQuarantinedRecordCanBeCorrectedUnderItsKey) {
  const auto broken = EventBuilder("k").With("email", "a@shop.test").Json("[]").Build();
  const auto corrected = EventBuilder("k").With("email", "a@shop.test").Build();

  const auto first = Track(broken);
  ASSERT_EQ(first.outcome(), OUTCOME_QUARANTINED);
  const auto again = Track(broken);
  EXPECT_EQ(again.outcome(), OUTCOME_QUARANTINED);
  EXPECT_EQ(again.record_id(), first.record_id());
  EXPECT_EQ(CountOf(*database_, "quarantine"), 1);

  const auto accepted = Track(corrected);
  EXPECT_EQ(accepted.outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(CountOf(*database_, "quarantine"), 0);
  EXPECT_EQ(CountOf(*database_, "receipts"), 1);
  const auto retried = Track(corrected);
  EXPECT_EQ(retried.outcome(), OUTCOME_DUPLICATE);
  EXPECT_EQ(retried.record_id(), accepted.record_id());
  EXPECT_EQ(Track(broken).reason(), "KEY_REUSED");
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

}  // namespace
}  // namespace selfsame::test
