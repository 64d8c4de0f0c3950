// Records that are committed together come to what they come to one after the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pqxx/result>
#include <thread>

#include "identity/ruleset.h"
#include "storage/pg/session.h"
#include "storage/rulesets.h"
#include "tests/integration/ingest/lanes_harness.h"

namespace selfsame::ingest {
namespace {

constexpr std::int64_t kStart = 1'600'000'000;
constexpr pg::Statement kCities{"TestCities",
                                "SELECT attributes ->> 'city', revision FROM profiles"};
constexpr pg::Statement kIdentifiers{"TestIdentifiers",
                                     "SELECT kind, profile_id::text FROM identifiers ORDER BY 1"};

TestRecord CityOf(const std::string& key, int second, const std::string& city) {
  return {.key = key,
          .at_seconds = kStart + second,
          .identifiers = {{"customer_id", "c-1"}},
          .traits = "{\"city\":\"" + city + "\"}"};
}

class TogetherTest : public testing::Test {
 protected:
  using Rows = std::vector<std::vector<std::string>>;

  Rows Read(const pg::Statement& statement) {
    Rows rows;
    test::Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      for (const auto& row : pg::Exec(tx, statement)) {
        auto& values = rows.emplace_back();
        for (const auto& field : row) values.push_back(field.is_null() ? "" : field.c_str());
      }
      return {};
    }));
    return rows;
  }

  void AddSource(const std::string& name, int trust) {
    test::Must(storage::CreateSource(
        database_->owner(), tenant_.name,
        {.name = name, .owner = "tests", .purpose = "testing", .trust_priority = trust}, Now()));
  }

  // As of long ago: every server goes by it, or should.
  void Activate(const std::string& rules) {
    test::Must(storage::ActivateRuleset(database_->owner(), tenant_.name, rules,
                                        {.actor = "ann", .reason = "a test"}));
    test::Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
      tx.exec("UPDATE ruleset_activations SET activated_at = activated_at - interval '1 hour'");
      return {};
    }));
  }

  const std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  const test::SeededTenant tenant_ = database_->SeedTenant("acme");
};

// What is said by a less trusted source, and later, must not hide what a more trusted one said
// before.
TEST_F(TogetherTest, AnOlderClaimOfAMoreTrustedSourceIsSeenBesideANewerOne) {
  AddSource("crm", 1);
  LanesHarness lanes(*database_, tenant_, 1);
  lanes.Send({CityOf("k1", 10, "York")});
  TestRecord newer = CityOf("k2", 12, "Hull");
  TestRecord trusted = CityOf("k3", 3, "York");
  trusted.source = "crm";
  lanes.Send({newer, trusted});
  EXPECT_EQ(Read(kCities)[0][0], "York");
}

// A source that is newer than the directory that a batch came with counts as what it is: its claims
// are of another record of the batch, or were stored by another server.
TEST_F(TogetherTest, ASourceMadeWhileTheLaneWaitsIsTrustedAsItSays) {
  LanesHarness lanes(*database_, tenant_, 1);
  lanes.Send({CityOf("k1", 10, "York")});
  const auto holder = database_->NewSession("");
  std::vector<std::jthread> senders;
  const auto send = [&](TestRecord record) {
    senders.emplace_back([&lanes, record] { EXPECT_EQ(lanes.Send({record}).size(), 1u); });
  };
  const auto await_queued = [&](std::int64_t rows) {
    const Deadline deadline = Deadline::After(std::chrono::seconds(20));
    while (lanes.metrics().queue_rows.Value() < rows) ASSERT_FALSE(deadline.Expired());
  };
  test::Must(holder->InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec("LOCK TABLE receipts IN EXCLUSIVE MODE");
    send(CityOf("held", 11, "York"));
    await_queued(1);
    send(CityOf("k2", 12, "Hull"));
    await_queued(2);
    AddSource("crm", 1);
    lanes.LookAtDirectory();
    TestRecord trusted = CityOf("k3", 3, "Leeds");
    trusted.source = "crm";
    send(trusted);
    await_queued(3);
    return {};
  }));
  senders.clear();
  EXPECT_EQ(Read(kCities)[0][0], "Leeds");
}

TEST_F(TogetherTest, ASourceThatAnotherServerKnowsIsTrustedAsItSays) {
  LanesHarness behind(*database_, tenant_, 1);
  behind.Send({CityOf("k1", 10, "York")});
  TestRecord other = CityOf("k2", 20, "Bath");
  other.identifiers = {{"device_id", "d-2"}};
  behind.Send({other});
  AddSource("crm", 1);
  LanesHarness ahead(*database_, tenant_, 1);
  TestRecord trusted = CityOf("k3", 3, "Leeds");
  trusted.source = "crm";
  ahead.Send({trusted});
  // Joins the two: what they say is folded again, by the server that does not know the source.
  behind.Send({{.key = "k4",
                .at_seconds = kStart + 30,
                .identifiers = {{"customer_id", "c-1"}, {"device_id", "d-2"}}}});
  ASSERT_EQ(Read(kCities).size(), 1u);
  EXPECT_EQ(Read(kCities)[0][0], "Leeds");
}

// What whoever removes a person will do; see migration 0121.
void RemovePeople(pqxx::work& tx, bool raises_generation) {
  tx.exec("SELECT pg_advisory_xact_lock(7430, tenant_id) FROM tenants");
  for (const char* table : {"identifiers", "edges", "profiles", "claims"}) {
    tx.exec(std::string("DELETE FROM ") + table);
  }
  if (raises_generation) tx.exec("UPDATE tenants SET generation = generation + 1");
}

TEST_F(TogetherTest, WhoWasRemovedIsNewToALaneThatRemembers) {
  LanesHarness lanes(*database_, tenant_, 1);
  lanes.Send({CityOf("k1", 1, "York")});
  test::Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    RemovePeople(tx, true);
    return {};
  }));
  const TestRecord event{
      .key = "k2", .at_seconds = kStart + 2, .identifiers = {{"customer_id", "c-1"}}};
  const auto outcomes = lanes.Send({event});
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_FALSE(outcomes[0].profile_id.IsNil());
  EXPECT_EQ(Read(kIdentifiers).size(), 1u) << "an event of nobody is invisible";
  lanes.Send({CityOf("k3", 3, "Hull")});
  EXPECT_EQ(Read(kCities)[0][0], "Hull");
}

// Also where nobody raised the generation, an update does not hang on nothing, and nothing aborts.
TEST_F(TogetherTest, AnUpdateOfAnAnchorThatVanishedMakesItAnew) {
  LanesHarness lanes(*database_, tenant_, 1);
  TestRecord both = CityOf("k1", 1, "York");
  both.identifiers.push_back({"device_id", "d-1"});
  lanes.Send({both});
  test::Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    tx.exec("DELETE FROM identifiers WHERE kind = 'customer_id'");
    return {};
  }));
  EXPECT_EQ(lanes.Send({CityOf("k2", 2, "Hull")}).size(), 1u);
  EXPECT_EQ(Read(kIdentifiers).size(), 2u);
  // Its evidence with the other is still there and is resolved again.
  TestRecord again = CityOf("k3", 3, "Bath");
  again.identifiers.push_back({"email", "a@shop.test"});
  again.identifiers.push_back({"device_id", "d-1"});
  EXPECT_EQ(lanes.Send({again}).size(), 1u);
  EXPECT_EQ(Read(kIdentifiers).size(), 3u);
}

TEST_F(TogetherTest, OfTwoUpdatesForOneRevisionOneIsTaken) {
  LanesHarness lanes(*database_, tenant_, 1);
  lanes.Send({CityOf("k1", 1, "York")});
  TestRecord one = CityOf("k2", 2, "Hull");
  TestRecord other = CityOf("k3", 3, "Leeds");
  one.if_revision = other.if_revision = 1;
  const std::vector<Outcome> outcomes = lanes.Send({one, other});
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(outcomes[0].kind, OutcomeKind::kAccepted);
  EXPECT_EQ(outcomes[1].reason, "REVISION_MISMATCH");
  EXPECT_EQ(Read(kCities), (Rows{{"Hull", "2"}}));
  // The next revision follows in the same batch; one that nobody is at does not.
  one = CityOf("k4", 4, "Bath");
  other = CityOf("k5", 5, "Leeds");
  one.if_revision = 2;
  other.if_revision = 3;
  for (const Outcome& outcome : lanes.Send({one, other})) {
    EXPECT_EQ(outcome.kind, OutcomeKind::kAccepted) << outcome.reason;
  }
  EXPECT_EQ(Read(kCities), (Rows{{"Leeds", "4"}}));
}

TEST_F(TogetherTest, AnUpdateThatSaysNothingIsForItsRevisionToo) {
  LanesHarness lanes(*database_, tenant_, 1);
  lanes.Send({CityOf("k1", 1, "York")});
  TestRecord nothing = CityOf("k2", 2, "");
  nothing.traits = "{}";
  nothing.if_revision = 7;
  EXPECT_EQ(lanes.Send({nothing}).at(0).reason, "REVISION_MISMATCH");
  nothing.if_revision = 1;
  EXPECT_EQ(lanes.Send({nothing}).at(0).kind, OutcomeKind::kAccepted);
}

// The database may have gone back in time, such as to a replica that was behind.
TEST_F(TogetherTest, ALaneThatConnectsAnewForgetsWhichIdentifiersThereAre) {
  LanesHarness lanes(*database_, tenant_, 1);
  const TestRecord known{
      .key = "k1", .at_seconds = kStart, .identifiers = {{"customer_id", "c-1"}}};
  lanes.Send({known});
  test::Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    tx.exec("TRUNCATE identifiers, components, profiles, outbox, receipts, records");
    tx.exec(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()");
    return {};
  }));
  TestRecord again = known;
  again.key = "k2";
  EXPECT_EQ(lanes.Send({again}).at(0).kind, OutcomeKind::kAccepted);
  EXPECT_EQ(Read(kIdentifiers).size(), 1u);
}

// A repeated record says today what it did not say when it was stored: that teaches nobody
// anything.
TEST_F(TogetherTest, ARepeatedRecordIsNoEvidenceOfWhatIsStored) {
  const TestRecord first{.key = "k1",
                         .at_seconds = kStart,
                         .identifiers = {{"customer_id", "abc123"}, {"email", "a@x.io"}}};
  LanesHarness(*database_, tenant_, 1).Send({first});
  EXPECT_EQ(Read(kIdentifiers).size(), 1u);  // The customer id is one that stands for nobody.

  std::string rules(identity::DefaultRulesetToml());
  const std::size_t at = rules.find("\"abc123\"");
  ASSERT_NE(at, std::string::npos);
  rules.replace(at, 8, "\"abc124\"");
  Activate(rules);
  LanesHarness lanes(*database_, tenant_, 1);
  EXPECT_EQ(lanes.Send({first}).at(0).kind, OutcomeKind::kDuplicate);
  TestRecord update = first;
  update.key = "k2";
  update.traits = R"({"city":"York"})";
  EXPECT_EQ(lanes.Send({update}).at(0).kind, OutcomeKind::kAccepted);
  const Rows identifiers = Read(kIdentifiers);
  ASSERT_EQ(identifiers.size(), 2u);
  EXPECT_EQ(identifiers[0][1], identifiers[1][1]);
}

// Prepared by one ruleset, and committed when another one has long been in force: sent back.
TEST_F(TogetherTest, WhatAnotherRulesetPreparedIsSentBack) {
  LanesHarness lanes(*database_, tenant_, 1);
  const TestRecord known{
      .key = "k1", .at_seconds = kStart, .identifiers = {{"customer_id", "c-1"}}};
  EXPECT_EQ(lanes.Send({known}).size(), 1u);
  Activate(std::string(identity::DefaultRulesetToml()) + "\n# Another one.\n");
  TestRecord again = known;
  again.key = "k2";
  EXPECT_EQ(lanes.Send({again}).size(), 1u);  // Of somebody known: no rule is asked.
  const auto refused = lanes.TrySend({CityOf("k3", 1, "York")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "RULESET_CHANGED");
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_GT(refused.error().retry_after.count(), 0);
  LanesHarness informed(*database_, tenant_, 1);
  EXPECT_EQ(informed.Send({CityOf("k3", 1, "York")}).at(0).kind, OutcomeKind::kAccepted);
}

}  // namespace
}  // namespace selfsame::ingest
