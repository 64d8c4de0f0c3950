// A call's records end as if each had come alone, in the order of the call, in few transactions.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <pqxx/result>
#include <random>

#include "server/ingest/limits.h"
#include "storage/pg/session.h"
#include "tests/integration/ingest/expectation.h"
#include "tests/integration/ingest/lanes_harness.h"
#include "tests/support/seed.h"

namespace selfsame::ingest {
namespace {

constexpr std::int64_t kStart = 1'600'000'000;
constexpr pg::Statement kProfiles{
    "TestProfiles",
    "SELECT attributes::text, provenance::text, revision, "
    "(SELECT count(*) FROM receipts), (SELECT count(*) FROM records) FROM profiles "
    "ORDER BY attributes::text"};

// One installation with a lane.
class Site {
 public:
  std::vector<Outcome> Send(const std::vector<TestRecord>& records) { return lanes_.Send(records); }
  std::uint64_t Batches() { return lanes_.metrics().batch_rows.Total(); }

  // What is known of each profile, and how many keys and records there are.
  nlohmann::json Profiles() {
    nlohmann::json profiles = nlohmann::json::array();
    test::Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      for (const auto& row : pg::Exec(tx, kProfiles)) {
        profiles.push_back({KnownOf(row[0].as<std::string>(), row[1].as<std::string>()),
                            row[3].as<int>(), row[4].as<int>()});
      }
      return {};
    }));
    std::sort(profiles.begin(), profiles.end());
    return profiles;
  }
  std::int64_t Revision() {
    std::int64_t revision = 0;
    test::Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      for (const auto& row : pg::Exec(tx, kProfiles)) revision = row[2].as<std::int64_t>();
      return {};
    }));
    return revision;
  }

 private:
  const std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  const test::SeededTenant tenant_ = database_->SeedTenant("acme");
  LanesHarness lanes_{*database_, tenant_, 1};
};

TestRecord UpdateOf(const std::string& key, int second, const std::string& traits) {
  return {.key = key,
          .at_seconds = kStart + second,
          .identifiers = {{"customer_id", "c-1"}},
          .traits = traits};
}

// All but ids and times, which are made on arrival; of a repeated record, which of those before it
// it repeats.
std::vector<std::string> TextsOf(const std::vector<Outcome>& outcomes) {
  std::map<RecordId, std::size_t> first;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Outcome& outcome = outcomes[i];
    const std::size_t at =
        outcome.record_id.IsNil() ? i : first.try_emplace(outcome.record_id, i).first->second;
    texts.push_back(fmt::format("{}: {} {} {} {} {}", i, static_cast<int>(outcome.kind),
                                outcome.reason, outcome.violations.size(),
                                static_cast<int>(outcome.first_kind), at) +
                    (outcome.profile_id.IsNil() ? " nobody" : ""));
  }
  return texts;
}

TEST(OneByOne, AChainOfRevisionsTakesFewTransactions) {
  Site site;
  std::vector<TestRecord> chain;
  for (int i = 0; i < 400; ++i) {
    chain.push_back(
        UpdateOf(fmt::format("k{:03}", 999 - i), i, fmt::format(R"({{"city":"{}"}})", i)));
    chain.back().if_revision = i;
  }
  for (const Outcome& outcome : site.Send(chain)) {
    ASSERT_EQ(outcome.kind, OutcomeKind::kAccepted) << outcome.reason;
  }
  EXPECT_EQ(site.Revision(), 400);
  EXPECT_LE(site.Batches(), 3u);
}

TEST(OneByOne, AKeyThatIsRepeatedTakesOneTransaction) {
  Site site;
  std::vector<TestRecord> records(1'000, UpdateOf("k", 1, R"({"city":"York"})"));
  records[500].traits = R"({"city":"Hull"})";
  const std::vector<Outcome> outcomes = site.Send(records);
  ASSERT_EQ(outcomes.size(), 1'000u);
  EXPECT_EQ(outcomes[0].kind, OutcomeKind::kAccepted);
  for (std::size_t i = 1; i < outcomes.size(); ++i) {
    if (i == 500) continue;
    ASSERT_EQ(outcomes[i].kind, OutcomeKind::kDuplicate);
    ASSERT_EQ(outcomes[i].record_id, outcomes[0].record_id);
    ASSERT_EQ(outcomes[i].profile_id, outcomes[0].profile_id);
    ASSERT_EQ(outcomes[i].first_kind, OutcomeKind::kAccepted);
    ASSERT_GT(outcomes[i].first_received_at, TimeUs{0});
  }
  EXPECT_EQ(outcomes[500].reason, "KEY_REUSED");
  EXPECT_EQ(site.Batches(), 1u);
  // And once more, all known.
  for (const Outcome& outcome : site.Send(std::vector(10, records[0]))) {
    EXPECT_EQ(outcome.kind, OutcomeKind::kDuplicate);
    EXPECT_EQ(outcome.first_received_at, outcomes[1].first_received_at);
  }
  EXPECT_EQ(site.Batches(), 2u);
}

TEST(OneByOne, AListHasAMaximumAndNothingIsLost) {
  Site site;
  std::vector<TestRecord> records;
  int element = 0;
  for (int i = 0; i < 60; ++i) {
    nlohmann::json interests = nlohmann::json::array();
    for (int j = 0; j < 100; ++j) interests.push_back("interest " + std::to_string(element++));
    records.push_back(
        UpdateOf("k" + std::to_string(i), i, nlohmann::json{{"interests", interests}}.dump()));
    records.back().operations = {{"interests", identity::ClaimOperation::kAppend}};
  }
  const std::vector<Outcome> outcomes = site.Send(records);
  ASSERT_EQ(outcomes.size(), records.size());
  const std::size_t taken = std::count_if(outcomes.begin(), outcomes.end(), [](const Outcome& one) {
    return one.kind == OutcomeKind::kAccepted;
  });
  EXPECT_EQ(taken, kAttributeElementsMax / 100);
  EXPECT_EQ(outcomes.back().kind, OutcomeKind::kQuarantined);
  EXPECT_EQ(outcomes.back().reason, "ATTRIBUTE_FULL");
  EXPECT_EQ(outcomes.back().violations.at(0).field, "payload.interests");
  TestRecord fewer = records[0];
  fewer.key = "fewer";
  fewer.at_seconds = kStart + 100;
  fewer.operations = {{"interests", identity::ClaimOperation::kRemove}};
  EXPECT_EQ(site.Send({fewer}).at(0).kind, OutcomeKind::kAccepted);
  // Sent again, it fits.
  EXPECT_EQ(site.Send({records.back()}).at(0).kind, OutcomeKind::kAccepted);
}

// People that are known: who becomes one with whom is told by batches of their own.
std::vector<std::pair<std::string, std::string>> Known(std::size_t person) {
  return {{"customer_id", fmt::format("c-{}", person)}, {"email", fmt::format("e{}@x.io", person)}};
}

std::vector<TestRecord> RandomCall(std::mt19937_64& random) {
  std::vector<TestRecord> call;
  const bool has_revisions = random() % 3 != 0;
  for (int i = 0, count = 2 + static_cast<int>(random() % 20); i < count; ++i) {
    if (!call.empty() && random() % 4 == 0) {
      TestRecord repeat = call[random() % call.size()];
      // Which of two that want a revision is taken depends on what comes between them.
      if (repeat.if_revision) continue;
      if (random() % 3 == 0 && !repeat.traits.empty()) repeat.traits = R"({"city":"elsewhere"})";
      call.push_back(std::move(repeat));
      continue;
    }
    TestRecord record =
        UpdateOf(fmt::format("k{}-{}", random() % 1'000'000, i), static_cast<int>(random() % 20),
                 fmt::format(R"({{"city":"{}"}})", random() % 3));
    record.identifiers = Known(random() % 2);
    if (random() % 8 == 0) {
      record.traits = R"({"loyalty_points":1})";
      record.operations = {{"loyalty_points", identity::ClaimOperation::kAdd}};
    }
    if (random() % 8 == 0) record.traits = "";  // An event.
    if (has_revisions && !record.traits.empty() && random() % 2 == 0) {
      record.if_revision = static_cast<std::int64_t>(random() % 8);
    }
    call.push_back(std::move(record));
  }
  return call;
}

TEST(OneByOne, ACallEndsAsIfItsRecordsHadComeAlone) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 12; ++round) {
    Site together;
    Site alone;
    const std::vector<TestRecord> call = RandomCall(random);
    for (Site* site : {&together, &alone}) {
      for (const std::size_t person : {0, 1}) {
        site->Send({{.key = fmt::format("p{}", person),
                     .at_seconds = kStart,
                     .identifiers = Known(person)}});
      }
    }
    std::vector<Outcome> one_by_one;
    for (const TestRecord& record : call) one_by_one.push_back(alone.Send({record}).at(0));
    ASSERT_EQ(TextsOf(together.Send(call)), TextsOf(one_by_one)) << "round " << round;
    ASSERT_EQ(together.Profiles(), alone.Profiles()) << "round " << round;
  }
}

}  // namespace
}  // namespace selfsame::ingest
