// Activity is the sum of the records, whatever is folded when; and reading it, or a page of events,
// touches only the partitions of records that it has to.
#include "storage/activity.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <map>
#include <optional>
#include <pqxx/result>
#include <random>
#include <thread>
#include <tuple>

#include "base/uuid.h"
#include "storage/partitions.h"
#include "storage/records.h"
#include "storage/timeline.h"
#include "tests/support/seed.h"
#include "tests/support/test_database.h"

namespace selfsame::storage {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimeUs kStart{1'700'000'000'000'000};  // 2023-11-14T22:13:20Z.
constexpr std::chrono::hours kDay{24};

constexpr pg::Statement kRecordLocks{
    "TestRecordLocks",
    "SELECT DISTINCT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
    "WHERE l.pid = pg_backend_pid() AND c.relname LIKE 'records%' AND c.relkind IN ('r', 'p') "
    "ORDER BY 1"};

NodeId NodeOf(int number) {
  NodeId node;
  node.bytes.fill(static_cast<std::uint8_t>(number * 37));
  node.bytes[15] = static_cast<std::uint8_t>(number);
  return node;
}

struct TestRecord {
  int node = 0;
  TimeUs event_time;
  TimeUs received_at;
  SourceId source;
  RecordKind kind = RecordKind::kEvent;
  RecordId record_id;
};

std::tuple<TimeUs, RecordId> OrderOf(const TestRecord& record) {
  return {record.event_time, record.record_id};
}

// What the records say, one by one.
Activity Expected(const std::vector<TestRecord>& records, const std::vector<int>& members,
                  const AsOf& as_of) {
  Activity activity;
  std::tuple<TimeUs, SourceId> last{TimeUs{-1}, SourceId{}};
  for (const TestRecord& record : records) {
    if (std::find(members.begin(), members.end(), record.node) == members.end()) continue;
    if (record.event_time > as_of.at || record.received_at > as_of.known_at) continue;
    activity.first_seen_at =
        std::min(activity.first_seen_at.value_or(record.event_time), record.event_time);
    last = std::max(last, {record.event_time, record.source});
    activity.events += record.kind == RecordKind::kEvent ? 1 : 0;
  }
  if (activity.first_seen_at) std::tie(activity.last_seen_at, activity.last_source) = last;
  return activity;
}

class ActivityTest : public testing::Test {
 protected:
  std::unique_ptr<pg::BulkConnection> Connect() const {
    return test::Must(pg::BulkConnection::Connect(
        {.connection_string =
             test::Must(pg::ConnectionString({.url = database_->url(), .role = "selfsame_app"}))}));
  }

  void EnsureDays(int days) { test::Must(EnsureRecordPartitions(*Connect(), kStart, days)); }

  // As a batch does: records of one time of receipt, and what they add.
  void Append(pg::BulkConnection& connection, const std::vector<TestRecord>& batch) const {
    std::vector<NewRecord> rows;
    std::map<NodeId, ActivityEntry> entries;
    for (const TestRecord& record : batch) {
      const NodeId node = NodeOf(record.node);
      rows.push_back({.event_time = record.event_time,
                      .source = record.source,
                      .schema = SchemaId{1},
                      .kind = record.kind,
                      .anchor = node,
                      .record_id = record.record_id,
                      .key = "k",
                      .payload = "{}",
                      .others = {},
                      .consent = {},
                      .normalizer_version = 1,
                      .normalized = {}});
      ActivityEntry& entry =
          entries
              .try_emplace(node, ActivityEntry{.node = node,
                                               .first_event_at = record.event_time,
                                               .last_event_at = record.event_time,
                                               .last_source = record.source})
              .first->second;
      entry.events += record.kind == RecordKind::kEvent ? 1 : 0;
      entry.first_event_at = std::min(entry.first_event_at, record.event_time);
      std::tie(entry.last_event_at, entry.last_source) =
          std::max(std::tuple(entry.last_event_at, entry.last_source),
                   std::tuple(record.event_time, record.source));
    }
    std::vector<ActivityEntry> sorted;
    for (const auto& [node, entry] : entries) sorted.push_back(entry);
    const TimeUs received_at = batch.front().received_at;
    test::Must(connection.Begin(tenant_.tenant));
    test::Must(AppendRecords(connection, where_, received_at, rows));
    test::Must(InsertActivityDeltas(connection, where_, received_at, sorted));
    test::Must(connection.Commit());
  }

  Activity Read(const std::vector<int>& members, const AsOf& as_of = {}) {
    return test::Must(session_->InTransaction(tenant_.tenant, [&](auto& tx) -> Result<Activity> {
      return ReadActivity(tx, where_, NodesOf(members), as_of);
    }));
  }

  std::vector<StoredEvent> Events(const std::vector<int>& members, const Cursor& after, int limit) {
    return test::Must(
        session_->InTransaction(tenant_.tenant, [&](auto& tx) -> Result<std::vector<StoredEvent>> {
          return ReadEvents(tx, where_, NodesOf(members), after, limit);
        }));
  }

  static std::vector<NodeId> NodesOf(const std::vector<int>& members) {
    std::vector<NodeId> nodes;
    for (const int member : members) nodes.push_back(NodeOf(member));
    return nodes;
  }

  static std::vector<std::string> RecordLocks(pqxx::work& tx) {
    std::vector<std::string> names;
    for (const auto& row : pg::Exec(tx, kRecordLocks)) names.push_back(row[0].as<std::string>());
    return names;
  }

  void FoldAll() {
    while (test::Must(FoldActivityDeltas(*session_, where_, 1'000)).deltas > 0) {
    }
  }

  // As the owner: on how many anchors and days the sums and the records differ.
  std::int64_t Recount(bool repair) {
    return test::Must(
        database_->owner().InTransaction(TenantId{}, [&](auto& tx) -> Result<std::int64_t> {
          return tx
              .exec1(
                  fmt::format("SELECT recount_activity({}, {})", tenant_.tenant.value, repair))[0]
              .template as<std::int64_t>();
        }));
  }

  void Alter(const std::string& sql) {
    test::Must(database_->owner().InTransaction(TenantId{}, [&](auto& tx) -> Status {
      tx.exec(sql);
      return {};
    }));
  }

  // A batch of up to 60 records of 30 anchors and three sources, on a day of the ten from kStart
  // on. Times and sources are few: there are ties.
  std::vector<TestRecord> RandomBatch(std::mt19937_64& random) {
    const TimeUs received_at =
        kStart + kDay * (random() % 10) + std::chrono::seconds(random() % 3'600);
    std::vector<TestRecord> batch;
    for (std::uint64_t i = 0; i < 1 + random() % 60; ++i) {
      const bool is_late = random() % 4 == 0;
      batch.push_back({.node = static_cast<int>(random() % 30),
                       .event_time = received_at -
                                     std::chrono::hours(is_late ? 24 * (random() % 30) : 0) -
                                     std::chrono::seconds(random() % 5),
                       .received_at = received_at,
                       .source = SourceId{static_cast<std::int32_t>(1 + random() % 3)},
                       .kind = random() % 5 == 0 ? RecordKind::kProfileUpdate : RecordKind::kEvent,
                       .record_id = NewUuidV7<RecordId>(received_at)});
    }
    return batch;
  }

  const std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  const test::SeededTenant tenant_ = database_->SeedTenant("acme");
  const TenantShard where_{tenant_.shard, tenant_.tenant};
  const std::unique_ptr<pg::Session> session_ = database_->NewSession("selfsame_app");
};

void ExpectSame(const Activity& read, const Activity& expected) {
  EXPECT_EQ(read.first_seen_at, expected.first_seen_at);
  EXPECT_EQ(read.last_seen_at, expected.last_seen_at);
  EXPECT_EQ(read.events, expected.events);
  EXPECT_EQ(read.last_source, expected.last_source);
}

// Two servers write and two fold, a few rows at a time, while the sums are read.
TEST_F(ActivityTest, TheSumsAreWhatTheRecordsSayNowAndAsOfAnyTime) {
  std::mt19937_64 random(test::Seed());
  EnsureDays(12);
  std::vector<std::vector<TestRecord>> batches;
  std::vector<TestRecord> records;
  for (int i = 0; i < 120; ++i) {
    batches.push_back(RandomBatch(random));
    records.insert(records.end(), batches.back().begin(), batches.back().end());
  }
  std::atomic<bool> is_done{false};
  {
    std::vector<std::jthread> folders;
    for (int i = 0; i < 2; ++i) {
      folders.emplace_back([&] {
        const auto session = database_->NewSession("selfsame_app");
        while (!is_done) test::Must(FoldActivityDeltas(*session, where_, 3));
      });
    }
    {
      std::vector<std::jthread> writers;
      for (std::size_t writer = 0; writer < 2; ++writer) {
        writers.emplace_back([&, writer] {
          const auto connection = Connect();
          for (std::size_t i = writer; i < batches.size(); i += 2) Append(*connection, batches[i]);
        });
      }
    }
    is_done = true;
  }
  for (const bool is_folded : {false, true}) {
    if (is_folded) FoldAll();
    for (int i = 0; i < 60; ++i) {
      const std::vector<int> members = {i % 30, (i + 7) % 30, 99};
      AsOf as_of;
      if (i % 3 != 0) as_of.at = records[random() % records.size()].event_time;
      if (i % 4 > 1) as_of.known_at = records[random() % records.size()].received_at;
      SCOPED_TRACE(
          fmt::format("{} {} {}", i, FormatRfc3339(as_of.at), FormatRfc3339(as_of.known_at)));
      ExpectSame(Read(members, as_of), Expected(records, members, as_of));
    }
  }
  EXPECT_EQ(test::Must(CountActivityDeltas(*session_, where_)), 0);
  EXPECT_EQ(Recount(false), 0);
  ExpectSame(Read({99}), {});
}

TEST_F(ActivityTest, SumsThatAreWrongAreFoundAndRepairedAlsoWhileSomeWait) {
  std::mt19937_64 random(test::Seed());
  EnsureDays(12);
  const auto connection = Connect();
  std::vector<TestRecord> records;
  for (int i = 0; i < 30; ++i) {
    const auto batch = RandomBatch(random);
    records.insert(records.end(), batch.begin(), batch.end());
    Append(*connection, batch);
    if (i == 20) FoldAll();
  }
  EXPECT_EQ(Recount(false), 0);
  Alter(fmt::format("UPDATE activity SET events = events + 5 WHERE node_id = '{}'",
                    FormatUuid(NodeOf(1))));
  Alter(fmt::format("DELETE FROM activity WHERE node_id = '{}'", FormatUuid(NodeOf(2))));
  Alter(
      fmt::format("UPDATE activity SET last_event_at = '2020-01-01', last_source_id = 9"
                  " WHERE node_id = '{}'",
                  FormatUuid(NodeOf(3))));
  Alter(
      fmt::format("INSERT INTO activity SELECT first_event_at, last_event_at, last_received_at, 1, "
                  "shard, tenant_id, 1, day, '{}' FROM activity LIMIT 1",
                  FormatUuid(NodeOf(99))));
  const std::int64_t wrong = Recount(false);
  EXPECT_GT(wrong, 3);
  EXPECT_EQ(Recount(true), wrong);
  for (const bool is_folded : {false, true}) {
    if (is_folded) FoldAll();
    EXPECT_EQ(Recount(false), 0);
    for (const int node : {1, 2, 3, 99}) {
      ExpectSame(Read({node}), Expected(records, {node}, {}));
    }
  }
}

TEST_F(ActivityTest, PagesOfEventsAreInTheOrderOfTimeWhateverTheDayOfReceipt) {
  std::mt19937_64 random(test::Seed());
  EnsureDays(12);
  const auto connection = Connect();
  std::vector<TestRecord> expected;
  const std::vector<int> members = {1, 2, 3, 4};
  for (int i = 0; i < 60; ++i) {
    const auto batch = RandomBatch(random);
    Append(*connection, batch);
    for (const TestRecord& record : batch) {
      const bool is_member = record.node >= 1 && record.node <= 4;
      if (is_member && record.kind == RecordKind::kEvent) expected.push_back(record);
    }
    if (i % 20 == 10) FoldAll();
  }
  std::sort(expected.begin(), expected.end(),
            [](const auto& a, const auto& b) { return OrderOf(a) < OrderOf(b); });
  for (const int limit : {1, 7, 1'000}) {
    Cursor after;
    std::vector<RecordId> listed;
    for (auto page = Events(members, after, limit); !page.empty();
         page = Events(members, after, limit)) {
      for (const StoredEvent& event : page) listed.push_back(event.record_id);
      after = {page.back().event_time, EventUuid{page.back().record_id.bytes}};
    }
    ASSERT_EQ(listed.size(), expected.size()) << "pages of " << limit;
    for (std::size_t i = 0; i < listed.size(); ++i) EXPECT_EQ(listed[i], expected[i].record_id);
  }
}

// Nothing is read of a table that is not even locked.
TEST_F(ActivityTest, ReadingAProfileReadsNoneOfItsRecords) {
  EnsureDays(3);
  const auto connection = Connect();
  for (int i = 0; i < 30; ++i) {
    std::vector<TestRecord> batch;
    for (int j = 0; j < 1'000; ++j) {
      batch.push_back({.node = 1,
                       .event_time = kStart + std::chrono::seconds(i * 1'000 + j),
                       .received_at = kStart + kDay * (i % 3),
                       .source = tenant_.source,
                       .record_id = NewUuidV7<RecordId>(kStart)});
    }
    Append(*connection, batch);
  }
  for (const bool is_folded : {false, true}) {
    if (is_folded) FoldAll();
    test::Must(session_->InTransaction(tenant_.tenant, [&](auto& tx) -> Status {
      const Activity activity = ReadActivity(tx, where_, {NodeOf(1)}, {});
      EXPECT_EQ(activity.events, 30'000);
      EXPECT_EQ(activity.last_seen_at, kStart + std::chrono::seconds(29'999));
      // Of a past time only what was received on the day that it parts is read.
      EXPECT_THAT(RecordLocks(tx), IsEmpty());
      EXPECT_EQ(ReadActivity(tx, where_, {NodeOf(1)}, {.known_at = kStart}).events, 10'000);
      EXPECT_THAT(RecordLocks(tx), IsEmpty());
      return {};
    }));
  }
}

class ManyPartitionsTest : public ActivityTest {
 protected:
  static constexpr int kDays = 1'100;
  static constexpr int kEvery = 365;  // Days between the events of the person.

  // One person with an event on four of the days, and nobody else.
  void SetUp() override {
    EnsureDays(kDays);
    const auto connection = Connect();
    for (int day = 0; day < kDays; day += kEvery) {
      const TimeUs at = kStart + kDay * day;
      Append(*connection, {{.node = 1,
                            .event_time = at,
                            .received_at = at,
                            .source = tenant_.source,
                            .record_id = NewUuidV7<RecordId>(at)}});
    }
    FoldAll();
  }

  static std::string PartitionOf(int day) { return "records_" + DayStamp(kStart + kDay * day); }
};

TEST_F(ManyPartitionsTest, ReadsLockOnlyThePartitionsThatHoldWhatTheyRead) {
  test::Must(session_->InTransaction(tenant_.tenant, [&](auto& tx) -> Status {
    EXPECT_EQ(ReadEvents(tx, where_, {NodeOf(1)}, {}, 2).size(), 2u);
    EXPECT_THAT(RecordLocks(tx), ElementsAre("records", PartitionOf(0), PartitionOf(kEvery)));
    return {};
  }));
  test::Must(session_->InTransaction(tenant_.tenant, [&](auto& tx) -> Status {
    const Cursor after{.time = kStart + kDay * (3 * kEvery - 1), .id = {}};
    EXPECT_EQ(ReadEvents(tx, where_, {NodeOf(1)}, after, 100).size(), 1u);
    EXPECT_THAT(RecordLocks(tx), ElementsAre("records", PartitionOf(3 * kEvery)));
    return {};
  }));
  test::Must(session_->InTransaction(tenant_.tenant, [&](auto& tx) -> Status {
    const AsOf as_of{.known_at = kStart + kDay * kEvery};
    EXPECT_EQ(ReadActivity(tx, where_, {NodeOf(1)}, as_of).events, 2);
    EXPECT_THAT(RecordLocks(tx), IsEmpty());
    EXPECT_EQ(ReadEvidence(tx, where_, NodeOf(1), NodeOf(2), as_of.known_at), std::nullopt);
    EXPECT_THAT(RecordLocks(tx), ElementsAre("records", PartitionOf(0), PartitionOf(kEvery)));
    return {};
  }));
}

// Each holds the locks of its page until all have theirs: with a lock on each partition they would
// not fit into PostgreSQL's table of locks, and fail with SQLSTATE 53200.
TEST_F(ManyPartitionsTest, ManySessionsThatListEventsAtOnceFitIntoTheTableOfLocks) {
  constexpr int kSessions = 24;
  std::barrier all_read(kSessions);
  std::vector<std::jthread> readers;
  std::vector<int> events(kSessions);
  for (int i = 0; i < kSessions; ++i) {
    readers.emplace_back([&, i] {
      const auto session = database_->NewSession("selfsame_app");
      bool has_arrived = false;
      const Status read = session->InTransaction(tenant_.tenant, [&](auto& tx) -> Status {
        events[i] = static_cast<int>(ReadEvents(tx, where_, {NodeOf(1)}, {}, 100).size());
        has_arrived = true;
        all_read.arrive_and_wait();
        return {};
      });
      if (!has_arrived) all_read.arrive_and_drop();
      EXPECT_TRUE(read.ok()) << read.error().reason;
    });
  }
  readers.clear();
  EXPECT_THAT(events, Each(4));
}

}  // namespace
}  // namespace selfsame::storage
