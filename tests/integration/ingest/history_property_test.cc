// Random histories through several lanes of two servers at once, in any order, against the pure
// functions: the partition and the folded values depend on the records alone (INV-4, INV-5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <pqxx/result>
#include <random>
#include <set>
#include <thread>

#include "base/uuid.h"
#include "identity/fold.h"
#include "identity/node_id.h"
#include "identity/resolve.h"
#include "server/decisions/decide.h"
#include "storage/pg/session.h"
#include "storage/quality.h"
#include "tests/integration/ingest/lanes_harness.h"
#include "tests/support/seed.h"

namespace selfsame::ingest {
namespace {

using Names = std::set<std::string>;  // Node ids as text.

constexpr pg::Statement kMembers{"TestMembers",
                                 "SELECT profile_id::text, node_id::text FROM identifiers"};
constexpr pg::Statement kProfiles{
    "TestProfiles", "SELECT profile_id::text, attributes::text, revision FROM profiles"};
constexpr pg::Statement kOutboxless{
    "TestOutboxless",
    "SELECT count(*) FROM profiles p WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.profile_id = "
    "p.profile_id AND o.revision = p.revision)"};
constexpr pg::Statement kDeadlocks{
    "TestDeadlocks", "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"};

constexpr pg::Statement kMerges{"TestMerges",
                                "SELECT history_id::text FROM merge_history WHERE action = 1"};
constexpr pg::Statement kCannotLinks{"TestCannotLinks",
                                     "SELECT node_a::text, node_b::text FROM cannot_links"};

constexpr pg::Statement kWipe{
    "TestWipe",
    "TRUNCATE receipts, records, quarantine, identifiers, components, cannot_links, "
    "revocations, operations, operation_nodes, "
    "edges, claims, profiles, merge_history, "
    "merge_history_profiles, outbox, quality_deltas, field_counts"};

// Any operation on any kind of field; few values, so that most say again what was said.
void AddTraits(std::mt19937_64& random, TestRecord& record) {
  using enum identity::ClaimOperation;
  nlohmann::json traits = nlohmann::json::object();
  const int number = static_cast<int>(random() % 4);
  switch (random() % 8) {
    case 0: traits["plan"] = "plan " + std::to_string(number); break;
    case 1:
      traits["plan"] = "plan " + std::to_string(number);
      record.operations = {{"plan", kSetOnce}};
      break;
    case 2: record.operations = {{"city", kUnset}}; break;
    case 3:
      traits["loyalty_points"] = number + 0.5;
      record.operations = {{"loyalty_points", kAdd}};
      break;
    case 4: traits["loyalty_points"] = number; break;
    case 5:
    case 6:
      traits["interests"] = {"interest " + std::to_string(number)};
      record.operations = {{"interests", random() % 2 == 0 ? kAppend : kRemove}};
      break;
    default: traits["city"] = "city " + std::to_string(number); break;
  }
  record.traits = traits.dump();
}

std::vector<TestRecord> RandomHistory(std::mt19937_64& random, int records) {
  static const char* kKinds[] = {"customer_id", "email", "device_id", "anonymous_id",
                                 "crm:contact_id"};
  std::vector<TestRecord> history;
  for (int i = 0; i < records; ++i) {
    TestRecord record{.key = "k" + std::to_string(i),
                      .at_seconds = 1'600'000'000 + static_cast<std::int64_t>(random() % 50)};
    const int count = 1 + static_cast<int>(random() % 3);
    for (int j = 0; j < count; ++j) {
      const std::string kind = kKinds[random() % 5];
      const std::string number = std::to_string(random() % 25);
      record.identifiers.emplace_back(kind,
                                      kind == "email" ? "e" + number + "@x.io" : "v" + number);
    }
    if (random() % 2 == 0) AddTraits(random, record);
    history.push_back(std::move(record));
  }
  return history;
}

// Each person's nodes, and what is known about that person.
using People = std::map<Names, nlohmann::json>;

// What the pure functions make of a history, with the tenant's own node ids: they break ties.
class Expectation {
 public:
  Expectation(const std::vector<TestRecord>& history, std::string_view node_key)
      : node_key_(node_key) {
    for (const TestRecord& record : history) Add(record);
  }

  // Of the history without the evidence between these pairs, which are two persons each.
  People Resolve(const std::vector<identity::CannotLink>& parted = {}) const {
    std::vector<identity::Edge> edges;
    for (const auto& [ends, edge] : edges_) {
      const identity::CannotLink pair{ends.first, ends.second};
      if (std::find(parted.begin(), parted.end(), pair) == parted.end()) edges.push_back(edge);
    }
    const identity::Resolution resolution =
        identity::Resolve({nodes_, edges, parted}, identity::DefaultRuleset());
    std::map<ProfileId, Names> names;
    std::map<ProfileId, std::map<std::string, std::vector<identity::Claim>>> said;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      names[resolution.profile_of[i]].insert(FormatUuid(nodes_[i].id));
      const auto claims = claims_.find(nodes_[i].id);
      if (claims == claims_.end()) continue;
      for (const auto& [name, claim] : claims->second) {
        said[resolution.profile_of[i]][name].push_back(claim);
      }
    }
    People people;
    for (const auto& [profile, members] : names) {
      people[members] = nlohmann::json::object();
      for (const auto& [name, claims] : said[profile]) {
        const auto folded = identity::FoldField(identity::Survivorship::kLatest, claims);
        if (folded->HasValue()) people[members][name] = nlohmann::json::parse(folded->claim.value);
      }
    }
    return people;
  }

 private:
  void Add(const TestRecord& record) {
    std::vector<std::tuple<int, std::string, NodeId>> mentions;
    for (const auto& [kind, value] : record.identifiers) {
      const NodeId node = identity::NodeIdOf(node_key_, kind, value);
      if (known_.insert(node).second)
        nodes_.push_back({.id = node, .kind = kind, .birth_id = ProfileId{node.bytes}});
      mentions.emplace_back(identity::DefaultRuleset().Find(kind)->priority, kind, node);
    }
    std::sort(mentions.begin(), mentions.end());
    const NodeId anchor = std::get<2>(mentions[0]);
    const TimeUs at{record.at_seconds * 1'000'000};
    for (const auto& [priority, kind, node] : mentions) {
      if (node == anchor) continue;
      const auto [a, b] = std::minmax(anchor, node);
      auto& edge = edges_.try_emplace({a, b}, identity::Edge{.a = a, .b = b, .first_evidence = at})
                       .first->second;
      edge.first_evidence = std::min(edge.first_evidence, at);
    }
    if (record.traits.empty()) return;
    nlohmann::json traits = nlohmann::json::parse(record.traits);
    std::map<std::string, identity::ClaimOperation> operations(record.operations.begin(),
                                                               record.operations.end());
    for (const auto& [name, operation] : operations) {
      if (operation == identity::ClaimOperation::kUnset) traits[name] = nullptr;
    }
    for (const auto& [name, value] : traits.items()) {
      const auto operation = operations.find(name);
      claims_[anchor].emplace_back(name,
                                   identity::Claim{.event_time = at,
                                                   .source = {},
                                                   .key = record.key,
                                                   .record_id = {},
                                                   .value = value.dump(),
                                                   .operation = operation == operations.end()
                                                                    ? identity::ClaimOperation::kSet
                                                                    : operation->second});
    }
  }

  const std::string_view node_key_;
  std::set<NodeId> known_;
  std::vector<identity::Node> nodes_;
  std::map<std::pair<NodeId, NodeId>, identity::Edge> edges_;
  std::map<NodeId, std::vector<std::pair<std::string, identity::Claim>>> claims_;
};

class HistoryProperty : public testing::Test {
 protected:
  HistoryProperty()
      : database_(test::TestDatabase::Create()),
        tenant_(database_->SeedTenant("acme")),
        directory_(
            test::Must(storage::LoadDirectory(database_->owner(), database_->master_key()))) {}

  // Sends the history, shuffled, by `threads` clients through two servers.
  void SendShuffled(std::vector<TestRecord> history, std::mt19937_64& random, int threads) {
    LanesHarness one(*database_, tenant_, 2);
    LanesHarness two(*database_, tenant_, 2);
    std::shuffle(history.begin(), history.end(), random);
    std::vector<std::thread> clients;
    std::atomic<int> accepted{0};
    for (int client = 0; client < threads; ++client) {
      clients.emplace_back([&, client] {
        for (std::size_t i = client; i < history.size();
             i += static_cast<std::size_t>(threads) * 3) {
          std::vector<TestRecord> request;
          for (std::size_t j = i; j < history.size() && request.size() < 3; j += threads)
            request.push_back(history[j]);
          for (const Outcome& outcome : (client % 2 == 0 ? one : two).Send(request)) {
            if (outcome.kind == OutcomeKind::kAccepted) ++accepted;
          }
        }
      });
    }
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(static_cast<std::size_t>(accepted), history.size());
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
      stored[found->second] = nlohmann::json::parse(row[1].template as<std::string>());
    });
    EXPECT_EQ(stored.size(), members.size()) << "members without a profile row";
    return stored;
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

TEST_F(HistoryProperty, AnyOrderByAnyNumberOfWritersIsWhatThePureFunctionsSay) {
  std::mt19937_64 random(test::Seed());
  const std::string_view node_key = directory_.FindTenant(tenant_.tenant)->node_key.reveal();
  for (int round = 0; round < 6; ++round) {
    const std::vector<TestRecord> history = RandomHistory(random, 150);
    const People expected = Expectation(history, node_key).Resolve();
    for (const int threads : {1, 4, 8}) {
      Query(kWipe, [](const auto&) {});
      SendShuffled(history, random, threads);
      ASSERT_EQ(Stored(), expected) << "round " << round << ", " << threads << " writers";
      EXPECT_EQ(Count(kOutboxless), 0);  // INV-9
      EXPECT_EQ(WrongSums(), 0U);
    }
  }
  EXPECT_EQ(Count(kDeadlocks), 0);  // INV-6
}

TEST_F(HistoryProperty, UnmergedIsAsIfTheEvidenceHadNeverBeen) {
  std::mt19937_64 random(test::Seed());
  const storage::Tenant& tenant = *directory_.FindTenant(tenant_.tenant);
  const auto connection = test::Must(pg::BulkConnection::Connect(
      {.connection_string =
           test::Must(pg::ConnectionString({.url = database_->url(), .role = "selfsame_app"}))}));
  const IdentityCache nothing_known(1);
  for (int round = 0; round < 6; ++round) {
    const std::vector<TestRecord> history = RandomHistory(random, 100);
    Query(kWipe, [](const auto&) {});
    SendShuffled(history, random, 2);
    std::vector<std::string> merges;
    Query(kMerges, [&](const auto& row) { merges.push_back(row[0].template as<std::string>()); });
    std::shuffle(merges.begin(), merges.end(), random);
    merges.resize(std::min<std::size_t>(merges.size(), 5));
    for (const std::string& merge : merges) {
      const CommitContext context{.tenant = tenant,
                                  .directory = directory_,
                                  .rules = *tenant.rules,
                                  .cache = nothing_known,
                                  .where = {tenant.shard, tenant.id},
                                  .now = Now()};
      test::Must(decisions::Unmerge(*connection, context, {.actor = "ann", .reason = "wrong"},
                                    decisions::Run::kReal,
                                    {.history = EventUuid{*ParseUuid(merge)}}));
    }
    std::vector<identity::CannotLink> parted;
    Query(kCannotLinks, [&](const auto& row) {
      parted.push_back({NodeId{*ParseUuid(row[0].template as<std::string>())},
                        NodeId{*ParseUuid(row[1].template as<std::string>())}});
    });
    ASSERT_EQ(Stored(), Expectation(history, tenant.node_key.reveal()).Resolve(parted))
        << "round " << round;
    EXPECT_EQ(Count(kOutboxless), 0);  // INV-9
    EXPECT_EQ(WrongSums(), 0U);
  }
}

TEST_F(HistoryProperty, ManyClientsLinkingRandomPairsMakeThePeopleOfOneWriter) {
  std::mt19937_64 random(test::Seed());
  const std::string_view node_key = directory_.FindTenant(tenant_.tenant)->node_key.reveal();
  std::vector<TestRecord> history;
  for (int i = 0; i < 4'000; ++i) {
    const auto name = [&]() -> std::pair<std::string, std::string> {
      if (random() % 4 == 0) return {"customer_id", "c" + std::to_string(random() % 10)};
      return {"anonymous_id", "a-" + std::to_string(random() % 1'000) + "x"};
    };
    history.push_back({.key = "k" + std::to_string(i),
                       .at_seconds = 1'600'000'000 + i,
                       .identifiers = {name(), name()}});
  }
  SendShuffled(history, random, 64);
  EXPECT_EQ(Stored(), Expectation(history, node_key).Resolve());
  EXPECT_EQ(Count(kDeadlocks), 0);  // INV-6
}

}  // namespace
}  // namespace selfsame::ingest
