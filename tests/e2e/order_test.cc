// The order of arrival decides nothing: the same records, shuffled and spread over clients and
// servers, make the same people with the same attributes (INV-5).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "storage/tenants.h"
#include "tests/e2e/clients.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/support/seed.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;

constexpr std::size_t kRecords = 200;
constexpr int kShuffles = 4;
constexpr std::size_t kClients = 4;
constexpr std::chrono::minutes kPatience{1};

// Either an event or a profile update.
struct Record {
  std::optional<ingest::v1::Event> event;
  std::optional<ingest::v1::ProfileUpdate> update;
};

// Few values for many records, and few seconds, so that customers share e-mails and devices, joins
// are refused, and evidence and claims tie.
class RecordMaker {
 public:
  explicit RecordMaker(std::uint64_t seed) : random_(seed) {}

  std::vector<Record> Make() {
    std::vector<Record> records;
    for (std::size_t i = 0; i < kRecords; ++i) {
      const std::string key = fmt::format("k{}", i);
      if (Below(3) == 0) {
        records.push_back(
            {.event = {}, .update = Filled(UpdateBuilder(key).Json(Traits())).Build()});
      } else {
        records.push_back({.event = Filled(EventBuilder(key)).Build(), .update = {}});
      }
    }
    return records;
  }

 private:
  std::size_t Below(std::size_t bound) { return random_() % bound; }

  std::string Traits() {
    return fmt::format(R"({{"city":"c{}","plan":"p{}"}})", Below(50), Below(50));
  }

  template <typename Builder>
  Builder Filled(Builder builder) {
    builder.At(kSomeTime + std::chrono::seconds(Below(100)));
    const std::size_t chosen = 1 + Below(15);  // A bit for each kind; at least one.
    if (chosen & 1) builder.With("customer_id", fmt::format("c-{}", Below(25)));
    if (chosen & 2) builder.With("email", fmt::format("e-{}@shop.test", Below(40)));
    if (chosen & 4) builder.With("device_id", fmt::format("d-{}", Below(40)));
    if (chosen & 8) builder.With("crm:contact_id", fmt::format("k-{}", Below(40)));
    return builder;
  }

  std::mt19937_64 random_;
};

// Events that link two of 1,000 browsers and ten customers, at a time of their own each. In five
// communities of 202: of what refused evidence ties together, no more than 250 identifiers are
// resolved in any order alike (docs/adr/0012-refused-evidence-leaves-the-graph.md).
std::vector<Record> LinksOfRandomPairs(std::mt19937_64& random, int count) {
  std::vector<Record> records;
  for (int i = 0; i < count; ++i) {
    EventBuilder event(fmt::format("k{}", i));
    event.At(kSomeTime + std::chrono::seconds(random() % 100'000));
    const auto community = random() % 5;
    for (int end = 0; end < 2; ++end) {
      if (random() % 4 == 0) {
        event.With("customer_id", fmt::format("c-{}", 2 * community + random() % 2));
      } else {
        event.With("anonymous_id", fmt::format("browser-{}", 200 * community + random() % 200));
      }
    }
    records.push_back({.event = event.Build(), .update = {}});
  }
  return records;
}

// A database whose tenant has the secrets of another database's, so that node ids can be compared.
class Twin {
 public:
  explicit Twin(TestDatabase& original)
      : database_(TestDatabase::CreateWithKeyOf(original)), tenant_(database_->SeedTenant("acme")) {
    const std::string secrets = Rows(original, "SELECT secrets_sealed FROM tenants")[0][0];
    Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      tx.exec_params("UPDATE tenants SET secrets_sealed = $1", secrets);
      return {};
    }));
    for (int i = 0; i < 2; ++i) {
      servers_.push_back(ServerProcess::Start(
          {.database_url = database_->url(), .master_key = &database_->master_key()}));
    }
  }

  // Each client sends its share, alternating between servers, in batches.
  void Send(const std::vector<Record>& records, std::size_t clients, std::size_t batch) {
    InParallel(clients, [&](std::size_t client) {
      IngestClient one(servers_[client % 2]->grpc_address(), tenant_.api_key);
      IngestClient other(servers_[(client + 1) % 2]->grpc_address(), tenant_.api_key);
      for (std::size_t at = client * batch, turn = 0; at < records.size();
           at += clients * batch, ++turn) {
        SendSome(turn % 2 == 0 ? one : other, records, at, std::min(at + batch, records.size()));
      }
    });
  }

  TestDatabase& database() { return *database_; }

 private:
  static void SendSome(IngestClient& client, const std::vector<Record>& records, std::size_t begin,
                       std::size_t end) {
    ingest::v1::TrackEventsRequest events;
    ingest::v1::UpdateProfilesRequest updates;
    for (std::size_t i = begin; i < end; ++i) {
      if (records[i].event) *events.add_events() = *records[i].event;
      if (records[i].update) *updates.add_profile_updates() = *records[i].update;
    }
    const Deadline deadline = Deadline::After(kPatience);
    Outcomes all;
    if (events.events_size() > 0) all = SendUntilSettled(client, events, deadline);
    for (const auto& outcome : all) EXPECT_EQ(outcome.outcome(), ingest::v1::OUTCOME_ACCEPTED);
    if (updates.profile_updates_size() > 0) all = SendUntilSettled(client, updates, deadline);
    for (const auto& outcome : all) EXPECT_EQ(outcome.outcome(), ingest::v1::OUTCOME_ACCEPTED);
  }

  const std::unique_ptr<TestDatabase> database_;
  const SeededTenant tenant_;
  std::vector<std::unique_ptr<ServerProcess>> servers_;
};

// Everything there is to say about people that does not depend on when records were received.
std::vector<Row> People(TestDatabase& database) {
  return Rows(
      database,
      "SELECT string_agg(i.node_id::text, ' ' ORDER BY i.node_id) AS members, p.attributes::text, "
      // Of claims that say the same, whichever was written first stands for the value.
      "(SELECT string_agg(concat(w.key, ' said: ', EXISTS (SELECT FROM claims AS c "
      "WHERE c.attribute = w.key AND c.record_id = (w.value ->> 'r')::uuid "
      "AND c.value::jsonb = p.attributes -> w.key)), ' ' ORDER BY w.key) "
      "FROM jsonb_each(p.provenance) AS w) "
      "FROM profiles AS p JOIN identifiers AS i USING (shard, tenant_id, profile_id) "
      "GROUP BY p.profile_id, p.attributes, p.provenance ORDER BY members");
}

std::vector<Row> Evidence(TestDatabase& database) {
  return Rows(
      database,
      "SELECT node_a, node_b, strength, refusal, first_evidence_at FROM edges ORDER BY 1, 2, 3");
}

TEST(OrderTest, ShuffledRecordsMakeTheSamePeople) {
  const auto original = TestDatabase::Create();
  original->SeedTenant("acme");
  std::mt19937_64 random(Seed());
  std::vector<Record> records = RecordMaker(random()).Make();

  Twin in_order(*original);
  in_order.Send(records, 1, 1);
  EXPECT_THAT(BrokenInvariants(in_order.database()), IsEmpty());
  const std::vector<Row> people = People(in_order.database());
  const std::vector<Row> evidence = Evidence(in_order.database());
  EXPECT_GT(people.size(), 5u);
  EXPECT_GT(Number(in_order.database(), "SELECT count(*) FROM edges WHERE refusal <> 0"), 0);

  for (int i = 0; i < kShuffles; ++i) {
    std::shuffle(records.begin(), records.end(), random);
    Twin shuffled(*original);
    shuffled.Send(records, kClients, 1 + random() % 10);
    EXPECT_EQ(People(shuffled.database()), people);
    EXPECT_EQ(Evidence(shuffled.database()), evidence);
    EXPECT_THAT(BrokenInvariants(shuffled.database()), IsEmpty());
    EXPECT_EQ(DeadlocksOf(shuffled.database()), 0);
  }
}

// Nobody but PostgreSQL ever hears of a deadlock, and it has none to tell of.
TEST(OrderTest, SixtyFourClientsThroughTwoServersMakeThePeopleOfASerialRun) {
  const auto original = TestDatabase::Create();
  original->SeedTenant("acme");
  std::mt19937_64 random(Seed());
  const std::vector<Record> records = LinksOfRandomPairs(random, 4'000);
  Twin serial(*original);
  serial.Send(records, 1, 50);
  Twin crowded(*original);
  crowded.Send(records, 64, 5);
  const std::vector<Row> people = People(serial.database());
  EXPECT_GT(people.size(), 5u);
  EXPECT_EQ(People(crowded.database()), people);
  EXPECT_EQ(Evidence(crowded.database()), Evidence(serial.database()));
  EXPECT_THAT(BrokenInvariants(crowded.database()), IsEmpty());
  EXPECT_EQ(DeadlocksOf(crowded.database()), 0);
}

}  // namespace
}  // namespace selfsame::test
