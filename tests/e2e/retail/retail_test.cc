// Half a million real order lines land exactly once: in one go, once more, and with the server
// killed again and again on the way (INV-1, INV-2, INV-3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "base/time.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/retail/retail_truth.h"
#include "tests/e2e/rows.h"
#include "tests/e2e/tool.h"
#include "tests/support/data_dir.h"
#include "tests/support/seed.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;

constexpr int kCrashes = 5;
constexpr std::chrono::minutes kPatience{4};

const char* const kTables[] = {
    "receipts", "records", "quarantine", "identifiers",   "components",
    "edges",    "claims",  "profiles",   "merge_history", "merge_history_profiles",
    "outbox"};

// What must be the same however the rows came in: everything but ids and times of receipt. A person
// is called by the smallest node id among its members.
const std::map<std::string, std::string> kFinalState = {
    {"receipts", "SELECT source_id, key, outcome, fingerprint FROM receipts"},
    {"records",
     "SELECT source_id, key, kind, anchor, event_time, schema_id, payload_format, payload, others, "
     "consent "
     "FROM records"},
    {"partition",
     "SELECT i.node_id, i.kind, (SELECT min(m.node_id::text) FROM identifiers m WHERE "
     "m.component_id = i.component_id AND m.profile_id = i.profile_id) FROM identifiers i"},
    {"edges", "SELECT node_a, node_b, strength, refusal, first_evidence_at FROM edges"},
    {"claims", "SELECT anchor, attribute, source_id, key, event_time, value FROM claims"},
    {"profiles",
     "SELECT (SELECT min(m.node_id::text) FROM identifiers m WHERE m.component_id = p.profile_id "
     "AND m.profile_id = p.profile_id), p.attributes FROM profiles p"}};

class RetailImport : public testing::Test {
 protected:
  void SetUp() override {
    const auto found = DataFile("retail/online_retail.csv.xz");
    if (!found) GTEST_SKIP() << "no retail/online_retail.csv.xz: set SELFSAME_DATA_DIR";
    file_ = *found;
    truth_ = ReadRetailTruth(file_);
    database_ = TestDatabase::Create();
    tenant_ = database_->SeedTenant("shop");
    server_ = ServerProcess::Start(*database_);
    tool_ = std::make_unique<Tool>(std::vector<std::string>{
        "SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key});
  }

  std::vector<std::string> ImportArguments() const {
    return {"import", "csv", file_, "--output", "json"};
  }

  // Rows by outcome, as the tool counted them; the run has to end well.
  std::map<std::string, std::int64_t> Outcomes(const ToolResult& result) {
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    const nlohmann::json summary = result.Json();
    std::map<std::string, std::int64_t> outcomes;
    for (const auto& entry : summary["outcomes"]) {
      outcomes[entry["outcome"].get<std::string>()] += entry["rows"].get<std::int64_t>();
    }
    return outcomes;
  }

  std::map<std::string, std::string> Checksums() {
    std::map<std::string, std::string> checksums;
    for (const char* table : kTables) checksums[table] = ChecksumOf(*database_, table);
    return checksums;
  }

  std::map<std::string, std::string> FinalState() {
    std::map<std::string, std::string> state;
    for (const auto& [name, query] : kFinalState) {
      state[name] =
          Rows(*database_,
               "SELECT count(*), md5(string_agg(h, '' ORDER BY h)) FROM (SELECT md5(t::text) "
               "AS h FROM (" +
                   query + ") t) hashes")[0][1];
    }
    return state;
  }

  void EmptyTables() {
    Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
      for (const char* table : kTables) tx.exec(std::string("TRUNCATE ") + table);
      tx.exec("TRUNCATE activity, activity_deltas");  // Not compared: they are folded by the clock.
      return {};
    }));
  }

  void ExpectTruth() {
    EXPECT_EQ(CountOf(*database_, "receipts"), truth_.rows);
    EXPECT_EQ(CountOf(*database_, "records"), truth_.rows);
    EXPECT_EQ(CountOf(*database_, "profiles"), truth_.customers + truth_.orphaned_invoices);
    EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
  }

  void AwaitReceipts(std::int64_t count, const Deadline& deadline) {
    while (CountOf(*database_, "receipts") < count) {
      ASSERT_FALSE(deadline.Expired()) << "the import does not get on";
      ASSERT_TRUE(tool_->running().IsRunning()) << tool_->errors_so_far();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  std::string file_;
  RetailTruth truth_;
  std::unique_ptr<TestDatabase> database_;
  SeededTenant tenant_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<Tool> tool_;
};

TEST_F(RetailImport, LandsOnceAgainChangesNothingAndCrashesChangeNothing) {
  using Expected = std::map<std::string, std::int64_t>;
  EXPECT_EQ(Outcomes(tool_->Run(ImportArguments())), (Expected{{"ACCEPTED", truth_.rows}}));
  ExpectTruth();
  const auto once = Checksums();
  EXPECT_EQ(Outcomes(tool_->Run(ImportArguments())), (Expected{{"DUPLICATE", truth_.rows}}));
  EXPECT_EQ(Checksums(), once);
  const auto expected = FinalState();

  // Anew, for the same tenant, so that keyed hashes are the same. Not the rows of the first import.
  EXPECT_EQ(server_->Terminate(std::chrono::seconds(30)), 0);
  EmptyTables();
  server_->Restart();

  std::mt19937_64 random(Seed());
  const Deadline deadline = Deadline::After(kPatience);
  tool_->Start(ImportArguments());
  for (int crash = 1; crash <= kCrashes; ++crash) {
    const std::int64_t slice = truth_.rows / (kCrashes + 1);
    AwaitReceipts(slice * crash - static_cast<std::int64_t>(random() % (slice / 2)), deadline);
    if (HasFatalFailure()) return;
    server_->Kill9();
    server_->Restart();
  }
  const ToolResult resumed = tool_->Finish();
  // What was in flight at a crash was either committed, and is DUPLICATE now, or was not.
  Expected outcomes = Outcomes(resumed);
  EXPECT_EQ(outcomes["ACCEPTED"] + outcomes["DUPLICATE"], truth_.rows);
  ExpectTruth();
  EXPECT_EQ(FinalState(), expected);
}

}  // namespace
}  // namespace selfsame::test
