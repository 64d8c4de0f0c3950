// Random histories against a private PostgreSQL: sends them through two servers at once, decides,
// and reads what became of them.
#ifndef SELFSAME_TESTS_INTEGRATION_INGEST_HISTORY_FIXTURE_H_
#define SELFSAME_TESTS_INTEGRATION_INGEST_HISTORY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <pqxx/result>
#include <random>
#include <thread>

#include "base/uuid.h"
#include "server/decisions/decide.h"
#include "server/decisions/reresolve.h"
#include "storage/activity.h"
#include "storage/pg/session.h"
#include "storage/quality.h"
#include "storage/rulesets.h"
#include "tests/integration/ingest/expectation.h"
#include "tests/integration/ingest/random_history.h"
#include "tests/support/seed.h"

namespace selfsame::ingest {

inline constexpr pg::Statement kMembers{"TestMembers",
                                        "SELECT profile_id::text, node_id::text FROM identifiers"};
inline constexpr pg::Statement kProfiles{
    "TestProfiles", "SELECT profile_id::text, attributes::text, provenance::text FROM profiles"};
inline constexpr pg::Statement kOutboxless{
    "TestOutboxless",
    "SELECT count(*) FROM profiles p WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.profile_id = "
    "p.profile_id AND o.revision = p.revision)"};
inline constexpr pg::Statement kDeadlocks{
    "TestDeadlocks", "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"};

inline constexpr pg::Statement kMerges{
    "TestMerges", "SELECT history_id::text FROM merge_history WHERE action = 1"};
inline constexpr pg::Statement kCannotLinks{
    "TestCannotLinks",
    "SELECT cannot_link_id::text, side, node_id::text FROM cannot_link_members "
    "WHERE cleared_at IS NULL"};
inline constexpr pg::Statement kRevoked{
    "TestRevoked", "SELECT DISTINCT node_a::text, node_b::text FROM revocations"};

inline constexpr pg::Statement kWipe{
    "TestWipe",
    "TRUNCATE receipts, records, quarantine, identifiers, components, cannot_link_members, "
    "revocations, operations, "
    "edges, claims, profiles, merge_history, "
    "merge_history_profiles, outbox, quality_deltas, field_counts, activity_deltas, activity, "
    "identifier_names"};

// Anchors and days whose sums, folded and waiting, are not what the records say.
inline constexpr pg::Statement kWrongActivity{"TestWrongActivity",
                                              R"(SELECT count(*) FROM (
         SELECT node_id, day, sum(events) AS events, min(first_event_at) AS first_at,
                max(last_event_at) AS last_at, max(received_at) AS received_at,
                (array_agg(source_id ORDER BY last_event_at DESC, source_id DESC))[1] AS source_id
         FROM (SELECT node_id, day, events, first_event_at, last_event_at,
                      last_received_at AS received_at, last_source_id AS source_id
               FROM activity
               UNION ALL
               SELECT e.node_id, (received_at AT TIME ZONE 'UTC')::date, e.events, e.first_event_at,
                      e.last_event_at, received_at, e.source_id
               FROM activity_deltas AS d
               CROSS JOIN LATERAL unnest(d.nodes, d.events, d.first_event_at, d.last_event_at,
                                         d.last_source_ids)
                 AS e (node_id, events, first_event_at, last_event_at, source_id)) AS sums
         GROUP BY node_id, day) AS kept
       FULL JOIN (
         SELECT anchor AS node_id, (received_at AT TIME ZONE 'UTC')::date AS day,
                count(*) FILTER (WHERE kind = 1) AS events, min(event_time) AS first_at,
                max(event_time) AS last_at, max(received_at) AS received_at,
                (array_agg(source_id ORDER BY event_time DESC, source_id DESC))[1] AS source_id
         FROM records GROUP BY 1, 2) AS counted
       USING (node_id, day, events, first_at, last_at, received_at, source_id)
       WHERE kept IS NULL OR counted IS NULL)"};

inline const std::vector<std::string> kSources = {"web", "crm", "pos"};

class HistoryProperty : public testing::Test {
 protected:
  HistoryProperty()
      : database_(test::TestDatabase::Create()),
        tenant_(database_->SeedTenant("acme")),
        directory_(WithMoreSources(*database_, tenant_)) {}

  // Some that are trusted more than "web", or as much.
  static storage::Directory WithMoreSources(test::TestDatabase& database,
                                            const test::SeededTenant& tenant) {
    for (const auto& [name, trust] : {std::pair{"crm", 10}, std::pair{"pos", 100}}) {
      test::Must(storage::CreateSource(
          database.owner(), tenant.name,
          {.name = name, .owner = "tests", .purpose = "testing", .trust_priority = trust}, Now()));
    }
    return test::Must(storage::LoadDirectory(database.owner(), database.master_key()));
  }

  // Sends the history, shuffled, by `threads` clients through two servers, in requests of up to 12.
  void SendShuffled(std::vector<TestRecord> history, std::mt19937_64& random, int threads) {
    LanesHarness one(*database_, tenant_, 2);
    LanesHarness two(*database_, tenant_, 2);
    const std::size_t size = 1 + random() % 12;
    std::shuffle(history.begin(), history.end(), random);
    std::atomic<bool> is_done{false};
    std::jthread folder([&] {
      const auto session = database_->NewSession("selfsame_app");
      const storage::TenantShard where{tenant_.shard, tenant_.tenant};
      while (!is_done) test::Must(storage::FoldActivityDeltas(*session, where, 20));
    });
    std::vector<std::thread> clients;
    std::atomic<int> accepted{0};
    for (int client = 0; client < threads; ++client) {
      clients.emplace_back([&, client] {
        for (std::size_t i = client; i < history.size();
             i += static_cast<std::size_t>(threads) * size) {
          std::vector<TestRecord> request;
          for (std::size_t j = i; j < history.size() && request.size() < size; j += threads)
            request.push_back(history[j]);
          for (const Outcome& outcome : (client % 2 == 0 ? one : two).Send(request)) {
            if (outcome.kind == OutcomeKind::kAccepted) ++accepted;
          }
        }
      });
    }
    for (std::thread& client : clients) client.join();
    is_done = true;
    EXPECT_EQ(static_cast<std::size_t>(accepted), history.size());
    EXPECT_EQ(Count(kWrongActivity), 0);
  }

  template <typename Body>
  void Query(const pg::Statement& statement, Body body) {
    test::Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      for (const auto& row : pg::Exec(tx, statement)) body(row);
      return {};
    }));
  }

  People Stored() {
    std::map<std::string, Names> members;
    Query(kMembers, [&](const auto& row) {
      members[row[0].template as<std::string>()].insert(row[1].template as<std::string>());
    });
    People stored;
    Query(kProfiles, [&](const auto& row) {
      const auto found = members.find(row[0].template as<std::string>());
      ASSERT_NE(found, members.end()) << "a profile row without members";
      stored[found->second] =
          KnownOf(row[1].template as<std::string>(), row[2].template as<std::string>());
    });
    EXPECT_EQ(stored.size(), members.size()) << "members without a profile row";
    return stored;
  }

  const storage::Tenant& tenant() const { return *directory_.FindTenant(tenant_.tenant); }

  // Up to `most` of the merges that there were, in any order.
  std::vector<std::string> SomeMerges(std::mt19937_64& random, std::size_t most) {
    std::vector<std::string> merges;
    Query(kMerges, [&](const auto& row) { merges.push_back(row[0].template as<std::string>()); });
    std::shuffle(merges.begin(), merges.end(), random);
    merges.resize(std::min(merges.size(), most));
    return merges;
  }

  void UnmergeSome(std::mt19937_64& random, std::size_t most) {
    TakeBack(SomeMerges(random, most), directory_);
  }

  // On a connection of its own: others may write meanwhile.
  void TakeBack(const std::vector<std::string>& merges, const storage::Directory& directory) {
    const storage::Tenant& tenant = *directory.FindTenant(tenant_.tenant);
    const auto connection = test::Must(pg::BulkConnection::Connect(ServerOptions()));
    const IdentityCache nothing_known(1);
    for (const std::string& merge : merges) {
      const CommitContext context{.tenant = tenant,
                                  .directory = directory,
                                  .rules = *tenant.rules,
                                  .cache = nothing_known,
                                  .where = {tenant_.shard, tenant_.tenant},
                                  .now = Now()};
      const auto made =
          decisions::Unmerge(*connection, context, {.actor = "ann", .reason = "wrong"},
                             decisions::Run::kReal, {.history = EventUuid{*ParseUuid(merge)}});
      EXPECT_TRUE(made.ok()) << made.error().reason;
    }
  }

  Pairs PairsOf(const pg::Statement& statement) {
    Pairs pairs;
    Query(statement, [&](const auto& row) {
      pairs.push_back({NodeId{*ParseUuid(row[0].template as<std::string>())},
                       NodeId{*ParseUuid(row[1].template as<std::string>())}});
    });
    return pairs;
  }

  Groups PartedGroups() {
    std::map<std::string, identity::CannotLink> groups;
    Query(kCannotLinks, [&](const auto& row) {
      identity::CannotLink& group = groups[row[0].template as<std::string>()];
      const NodeId node{*ParseUuid(row[2].template as<std::string>())};
      (row[1].template as<int>() == 1 ? group.one : group.other).push_back(node);
    });
    Groups parted;
    for (const auto& [id, group] : groups) parted.push_back(group);
    return parted;
  }

  pg::BulkOptions ServerOptions() const {
    return {.connection_string = test::Must(
                pg::ConnectionString({.url = database_->url(), .role = "selfsame_app"}))};
  }

  // Makes rules the ones in force, as of long ago, and resolves and folds all that is stored by
  // them.
  identity::Ruleset Reresolve(const std::string& toml) {
    const int version = test::Must(storage::ActivateRuleset(database_->owner(), tenant_.name, toml,
                                                            {.actor = "ann", .reason = "a test"}));
    test::Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
      tx.exec("UPDATE ruleset_activations SET activated_at = activated_at - interval '1 hour'");
      return {};
    }));
    const auto directory =
        test::Must(storage::LoadDirectory(database_->owner(), database_->master_key()));
    const storage::Tenant& tenant = *directory.FindTenant(tenant_.tenant);
    const auto connection = test::Must(pg::BulkConnection::Connect(ServerOptions()));
    const IdentityCache nothing_known(1);
    const CommitContext context{.tenant = tenant,
                                .directory = directory,
                                .rules = *tenant.rules,
                                .cache = nothing_known,
                                .where = {tenant_.shard, tenant_.tenant},
                                .now = Now()};
    decisions::ReresolveRequest request{.version = version};
    for (bool is_last = false; !is_last;) {
      const auto page =
          test::Must(decisions::Reresolve(*connection, context, {.actor = "ann", .reason = "rules"},
                                          decisions::Run::kReal, request));
      is_last = page.is_last;
      request.batch = page.batch;
      request.after = page.next;
    }
    return *tenant.rules;
  }

  Expectation Expect(const std::vector<TestRecord>& history) const {
    return Expectation(history, directory_, tenant_.tenant);
  }

  std::int64_t Count(const pg::Statement& statement) {
    std::int64_t count = -1;
    Query(statement, [&](const auto& row) { count = row[0].template as<std::int64_t>(); });
    return count;
  }

  // Of the measures of quality, against the profiles and claims themselves.
  std::size_t WrongSums() {
    const storage::TenantShard where{tenant_.shard, tenant_.tenant};
    return test::Must(storage::RecountFieldCounts(database_->owner(), where,
                                                  storage::RecountMode::kCompare, Now()))
        .size();
  }

  std::unique_ptr<test::TestDatabase> database_;
  test::SeededTenant tenant_;
  const storage::Directory directory_;
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_TESTS_INTEGRATION_INGEST_HISTORY_FIXTURE_H_
