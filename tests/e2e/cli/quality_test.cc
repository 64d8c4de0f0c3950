// The quality of the data as operators ask for it: audits drawn and judged, records reconciled,
// sums counted again, the report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <thread>

#include "storage/quality.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/tool.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CliQualityTest : public InstallationTest {
 protected:
  ToolResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "quality");
    return tool_.Run(arguments);
  }
  ToolResult RunJson(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--output", "json"});
    return Run(std::move(arguments));
  }
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  ingest::v1::Outcome Say(const std::string& key, const std::string& json) {
    return Update(UpdateBuilder(key).With("customer_id", "c-" + key).Json(json)).outcome();
  }
  // Three that are accepted, one that is quarantined.
  void SendFour() {
    for (const char* key : {"k-1", "k-2", "k-3"}) {
      ASSERT_EQ(Say(key, R"({"city":"Ulm"})"), ingest::v1::OUTCOME_ACCEPTED);
    }
    ASSERT_EQ(Say("k-bad", R"({"email":"nobody"})"), ingest::v1::OUTCOME_QUARANTINED);
  }
  std::vector<storage::SourceHour> Hours() {
    return Must(storage::ReadSourceHours(database_->owner(), tenant_.tenant, TimeUs{}));
  }
  // Once the server has written what it counted of so many records.
  std::vector<storage::SourceHour> AwaitHours(std::int64_t records) {
    const Deadline deadline = Deadline::After(kPatience);
    for (;;) {
      std::int64_t received = 0;
      const auto hours = Hours();
      for (const auto& hour : hours) received += hour.received;
      if (received >= records || deadline.Expired()) return hours;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  void Execute(const std::string& sql) {
    Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      tx.exec(sql);
      return {};
    }));
  }

  const TempFolder folder_;
  Tool tool_{{"SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key,
              "SELFSAME_DATABASE_URL=" + database_->url()}};
};

TEST_F(CliQualityTest, AnAuditIsDrawnShownJudgedAndListed) {
  for (int i = 0; i < 12; ++i) {
    Say("k-" + std::to_string(i),
        i < 9 ? R"({"plan":"=1+\"1\"","city":"Ulm"})" : R"({"plan":"free","city":"Jena"})");
  }
  const ToolResult refused =
      Run({"draw", "plan", "--size", "1", "--stratify-by", "attribute:city"});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_THAT(refused.errors, HasSubstr("2 strata cannot each give one of 1 samples"));

  const ToolResult drawn =
      RunJson({"draw", "plan", "--size", "4", "--stratify-by", "attribute:city"});
  ASSERT_EQ(drawn.exit_code, 0) << drawn.errors;
  EXPECT_EQ(drawn.Json()["population"], "12");
  EXPECT_EQ(drawn.Json()["strata"], 2);
  const auto audit = drawn.Json()["audit_id"].get<std::string>();

  const ToolResult table = Run({"samples", audit, "--csv"});
  ASSERT_EQ(table.exit_code, 0) << table.errors;
  EXPECT_THAT(
      table.output,
      StartsWith("number,profile_id,stratum,value,changed,verdict,comment,stratum_changed"));
  // What a spreadsheet would compute is text, and quotes are doubled.
  EXPECT_THAT(table.output, HasSubstr(R"(,"Ulm","'=1+""1""",no,,"",no)"));
  EXPECT_THAT(table.output, HasSubstr(R"(1,)"));

  // The one of Jena is wrong, those of Ulm are right: three quarters of the people.
  for (const auto& sample : RunJson({"samples", audit}).JsonLines()) {
    const ToolResult judged =
        Run({"judge", audit, std::to_string(sample["number"].get<int>()),
             sample["stratum"] == "Jena" ? "wrong" : "right", "--comment", "looked it up"});
    EXPECT_EQ(judged.exit_code, 0) << judged.errors;
  }
  const auto listed = RunJson({"audits"}).JsonLines();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0]["right"], "3");
  EXPECT_EQ(listed[0]["wrong"], "1");
  EXPECT_DOUBLE_EQ(listed[0]["accuracy"], 0.75);
  EXPECT_LT(listed[0]["accuracy_low"], 0.5);
  EXPECT_THAT(Run({"audits"}).output, HasSubstr("75.0 %"));
  EXPECT_EQ(Run({"judge", audit, "9", "right"}).exit_code, 3);
}

TEST_F(CliQualityTest, ASampleWhoseProfileMovedToAnotherStratumIsToldApart) {
  Say("k-1", R"({"plan":"free","city":"Ulm"})");
  const auto audit = RunJson({"draw", "plan", "--stratify-by", "attribute:city"})
                         .Json()["audit_id"]
                         .get<std::string>();
  EXPECT_THAT(Run({"samples", audit}).output, HasSubstr("Ulm"));
  Update(UpdateBuilder("k-2")
             .At(TimeUs{kSomeTime.us + 1'000'000})
             .With("customer_id", "c-k-1")
             .Json(R"({"city":"Jena"})"));
  EXPECT_THAT(Run({"samples", audit}).output, HasSubstr("(another now)"));
  EXPECT_THAT(Run({"samples", audit, "--csv"}).output, HasSubstr(R"(,"","free",no,,"",yes)"));
}

TEST_F(CliQualityTest, MissingKeysArePrinted) {
  SendFour();
  const std::string keys = Write("keys.txt", "k-1\r\nk-lost\nk-2\n\nk-1\nk-bad\n");
  const ToolResult found = Run({"reconcile", "--source", "web", "--keys", keys});
  EXPECT_EQ(found.exit_code, 6);
  EXPECT_EQ(found.output, "k-lost\n");
  EXPECT_THAT(found.errors, HasSubstr("4 keys: 2 accepted, 1 in quarantine, 0 discarded"));
  EXPECT_EQ(
      Run({"reconcile", "--source", "web", "--keys", Write("all.txt", "k-1\nk-bad\n")}).exit_code,
      0);
  EXPECT_EQ(Run({"reconcile", "--source", "nobody", "--keys", keys}).exit_code, 2);
}

TEST_F(CliQualityTest, WhatWasDiscardedIsNotSaidToBeInQuarantine) {
  SendFour();
  const std::string keys = Write("keys.txt", "k-1\nk-bad\n");
  ASSERT_EQ(
      tool_.Run({"quarantine", "discard", "--source", "web", "--reason-text", "test"}).exit_code,
      0);
  const ToolResult found = RunJson({"reconcile", "--source", "web", "--keys", keys});
  EXPECT_EQ(found.exit_code, 0) << found.errors;
  EXPECT_EQ(found.Json()["quarantined"], 0);
  EXPECT_EQ(found.Json()["gone"], nlohmann::json::array({"k-bad"}));
}

TEST_F(CliQualityTest, AKeyThatWasSettledBeforeSinceDidNotArriveSince) {
  SendFour();
  Execute("UPDATE receipts SET received_at = '2020-01-01T10:00:00Z' WHERE key = 'k-1'");
  const std::string keys = Write("keys.txt", "k-1\nk-2\n");
  const ToolResult found =
      RunJson({"reconcile", "--source", "web", "--keys", keys, "--since", "2020-01-01T10:00:01Z"});
  EXPECT_EQ(found.exit_code, 6);
  EXPECT_EQ(found.Json()["earlier"], nlohmann::json::array({"k-1"}));
  EXPECT_EQ(found.Json()["accepted"], 1);
  EXPECT_EQ(found.Json()["missing"], nlohmann::json::array());
  EXPECT_EQ(Run({"reconcile", "--source", "web", "--keys", keys, "--since", "2020-01-01T10:00:00Z"})
                .exit_code,
            0);
  // A count beside keys would not be looked at.
  EXPECT_EQ(
      Run({"reconcile", "--source", "web", "--keys", keys, "--since", "2020-01-01", "--sent", "2"})
          .exit_code,
      2);
  EXPECT_EQ(Run({"reconcile", "--source", "web"}).exit_code, 2);
}

TEST_F(CliQualityTest, ACountSaysWhatIsMissingAndWhatIsTooMuch) {
  SendFour();
  const auto count = [&](const std::string& sent) {
    return RunJson({"reconcile", "--source", "web", "--since", "2020-01-01", "--sent", sent});
  };
  EXPECT_EQ(count("4").exit_code, 0);
  const ToolResult more = count("1");
  EXPECT_EQ(more.exit_code, 6);
  EXPECT_EQ(more.Json()["surplus"], 3);
  EXPECT_EQ(more.Json()["missing"], 0);
  const ToolResult less = count("6");
  EXPECT_EQ(less.exit_code, 6);
  EXPECT_EQ(less.Json()["missing"], 2);
  EXPECT_THAT(Run({"reconcile", "--source", "web", "--since", "2020-01-01", "--sent", "1"}).output,
              HasSubstr("surplus      3\n"));
  EXPECT_EQ(RunJson({"reconcile", "--source", "web", "--since", "2099-01-01"}).Json()["accepted"],
            0);
}

TEST_F(CliQualityTest, ByTheHourServersCountWhatReceiptsSay) {
  SendFour();
  AwaitHours(4);
  const ToolResult counted = RunJson(
      {"reconcile", "--source", "web", "--since", "2020-01-01", "--by-hour", "--sent", "4"});
  EXPECT_EQ(counted.exit_code, 0) << counted.errors;
  EXPECT_EQ(counted.Json()["accepted"], 3);
  EXPECT_EQ(counted.Json()["quarantined"], 1);
  const ToolResult refused = Run({"reconcile", "--source", "web", "--since", "2020-01-01T10:30:00Z",
                                  "--by-hour", "--sent", "4"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("whole hour"));
}

// INV-7, in what is kept of each hour.
TEST_F(CliQualityTest, InEveryHourWhatWasReceivedIsTheSumOfItsOutcomes) {
  SendFour();
  EXPECT_EQ(Say("k-1", R"({"city":"Ulm"})"), ingest::v1::OUTCOME_DUPLICATE);
  EXPECT_EQ(Say("k-1", R"({"city":"Jena"})"), ingest::v1::OUTCOME_REJECTED);
  EXPECT_EQ(Say("", R"({"city":"Jena"})"), ingest::v1::OUTCOME_REJECTED);
  EXPECT_EQ(Track(EventBuilder("e-1").With("customer_id", "c-1")).outcome(),
            ingest::v1::OUTCOME_ACCEPTED);
  std::array<std::int64_t, 6> all{};
  std::int64_t received = 0;
  for (const storage::SourceHour& hour : AwaitHours(8)) {
    EXPECT_EQ(hour.received,
              std::accumulate(hour.outcome.begin(), hour.outcome.end(), std::int64_t{0}));
    received += hour.received;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += hour.outcome[i];
  }
  EXPECT_EQ(received, 8);
  EXPECT_EQ(all, (std::array<std::int64_t, 6>{4, 1, 1, 0, 0, 2}));
}

TEST_F(CliQualityTest, SumsAreComparedAndRepaired) {
  SendFour();
  const std::vector<std::string> recount = {"recount", "--tenant", "acme"};
  EXPECT_EQ(Run(recount).exit_code, 0);
  Execute(
      "INSERT INTO quality_deltas (seconds, count, shard, tenant_id, source_id, day, measure,"
      " delta_id, attribute) SELECT 7, 0, shard, tenant_id, source_id, day, measure,"
      " gen_random_uuid(), attribute FROM (SELECT shard, r.tenant_id, f.source_id, f.day,"
      " f.measure, f.attribute FROM receipts AS r, (SELECT source_id, day, measure, attribute FROM"
      " field_counts UNION SELECT source_id, day, measure, attribute FROM quality_deltas) AS f"
      " WHERE f.measure = 2 LIMIT 1) AS one");
  // As many, but of other times: a table that says "3 3" would say nothing.
  const ToolResult differs = Run(recount);
  EXPECT_EQ(differs.exit_code, 6);
  EXPECT_THAT(differs.output, HasSubstr("sum of times"));
  EXPECT_THAT(differs.output, Not(HasSubstr("how many")));
  EXPECT_THAT(differs.errors, HasSubstr("1 sums do not agree"));
  const ToolResult json = RunJson(recount);
  EXPECT_EQ(json.Json()["kept"], json.Json()["counted"]);
  EXPECT_EQ(json.Json()["kept_seconds"].get<std::int64_t>(),
            json.Json()["counted_seconds"].get<std::int64_t>() + 7);

  EXPECT_EQ(Run({"recount", "--tenant", "acme", "--repair"}).exit_code, 0);
  EXPECT_EQ(Run(recount).exit_code, 0);
  EXPECT_EQ(Run({"recount", "--tenant", "nobody"}).exit_code, 3);
}

TEST_F(CliQualityTest, TheReportIsWrittenAndSaysWhatItWasMadeOf) {
  SendFour();
  AwaitHours(4);
  const std::string page = folder_.path() + "/quality.html";
  const std::string objectives = Write("objectives.toml", R"([[objective]]
name = "cities-are-known"
measure = "profile_completeness"
field = "city"
target = 0.6
window = "1d"
owner = "crm"
)");
  const ToolResult plain = RunJson({"report", "--html", page});
  ASSERT_EQ(plain.exit_code, 0) << plain.errors;
  EXPECT_EQ(plain.Json()["html"], page);
  EXPECT_EQ(plain.Json()["profiles"], 3);
  EXPECT_THAT(ReadWholeFile(page), HasSubstr("EMAIL_INVALID"));
  EXPECT_THAT(ReadWholeFile(page), Not(HasSubstr("wanted: 60.0 %")));
  ASSERT_EQ(Run({"report", "--html", page, "--objectives", objectives}).exit_code, 0);
  EXPECT_THAT(ReadWholeFile(page), HasSubstr("wanted: 60.0 %"));
  EXPECT_EQ(Run({"report", "--html", page, "--objectives", Write("bad.toml", "[x]")}).exit_code, 2);
}

}  // namespace
}  // namespace selfsame::test
