// A schema registered on one server counts on all of them, and so does its end.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "storage/tenants.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/e2e/tool.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;

constexpr const char* kVisitProto = R"(syntax = "proto3";
package shop.v1;
import "selfsame/options/v1/options.proto";
message Visit {
  option (selfsame.options.v1.schema) = {
    kind: KIND_EVENT owner: "shop-team" purpose: "Planning" retention_days: 30};
  string shop = 1 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL, required: true}];
  string phone = 2 [(selfsame.options.v1.field) = {class: DATA_CLASS_PII, format: FORMAT_PHONE}];
  string day = 3 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL, format: FORMAT_DATE}];
  string plan = 4 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL, vocabulary: "plans"}];
}
)";

class RegistryTest : public InstallationTest {
 protected:
  static constexpr std::chrono::seconds kSoon{30};

  void SetUp() override {
    std::ofstream(folder_.path() + "/plans.csv") << "value,synonym\ngold,Gold Plus\nfree,gratis\n";
    std::ofstream(folder_.path() + "/visit.proto") << kVisitProto;
  }

  // On the first server.
  nlohmann::json Run(std::vector<std::string> arguments, int exit_code = 0) {
    Tool tool({"SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key,
               "PATH=/usr/bin:/bin"});
    arguments.insert(arguments.end(), {"--output", "json"});
    const ToolResult result = tool.Run(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.errors << result.output;
    return result.Json();
  }

  void Register() {
    Run({"vocabulary", "load", folder_.path() + "/plans.csv", "--name", "plans"});
    // The schema may name the vocabulary as soon as the server has seen it.
    Tool tool({"SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key,
               "PATH=/usr/bin:/bin"});
    const Deadline deadline = Deadline::After(kSoon);
    ToolResult result;
    do {
      ASSERT_FALSE(deadline.Expired()) << result.errors;
      result = tool.Run({"schema", "register", folder_.path() + "/visit.proto", "-I",
                         folder_.path(), "--message", "shop.v1.Visit"});
    } while (result.exit_code != 0);
  }

  static RecordBuilder<ingest::v1::Event> Visit(const std::string& key, const std::string& json) {
    return EventBuilder(key).With("customer_id", "C1").Schema("shop.v1.Visit").Json(json);
  }

  // Sends fresh records until one ends so; how long that took.
  std::chrono::milliseconds AwaitOutcome(IngestClient& client, const std::string& what,
                                         ingest::v1::Outcome outcome, const std::string& reason) {
    const auto from = std::chrono::steady_clock::now();
    const Deadline deadline = Deadline::After(kSoon);
    for (int i = 0;; ++i) {
      const auto event = Visit(fmt::format("{}-{}", what, i), R"({"shop":"Leeds"})").Build();
      const Outcomes outcomes = SendUntilSettled(client, Events({event}), deadline);
      if (outcomes.at(0).outcome() == outcome && outcomes.at(0).reason() == reason) break;
      if (deadline.Expired()) {
        ADD_FAILURE() << what << ": still " << outcomes.at(0).reason();
        break;
      }
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 from);
  }

  const TempFolder folder_;
};

TEST_F(RegistryTest, WhatOneServerRegistersAnotherEnforcesAndWhatItRetiresAnotherRefuses) {
  const auto other_server = ServerProcess::Start(*database_);
  IngestClient other(other_server->grpc_address(), tenant_.api_key);
  const auto before = Visit("before", R"({"shop":"Leeds"})").Build();
  const Outcomes unknown = SendUntilSettled(other, Events({before}), Deadline::After(kPatience));
  EXPECT_EQ(unknown.at(0).outcome(), ingest::v1::OUTCOME_QUARANTINED);
  EXPECT_EQ(unknown.at(0).reason(), "SCHEMA_UNKNOWN");

  Register();
  if (HasFatalFailure()) return;
  const auto live = AwaitOutcome(other, "live", ingest::v1::OUTCOME_ACCEPTED, "");
  const auto broken = Visit("broken", R"({})").Build();
  const Outcomes refused = SendUntilSettled(other, Events({broken}), Deadline::After(kPatience));
  EXPECT_EQ(refused.at(0).reason(), "FIELD_REQUIRED");

  // What came too early is replayed under its key, by a server that knows the schema too.
  AwaitOutcome(client_, "here", ingest::v1::OUTCOME_ACCEPTED, "");
  const nlohmann::json replayed = Run({"quarantine", "replay", "--reason", "SCHEMA_UNKNOWN"});
  EXPECT_GE(replayed["accepted"].get<int>(), 1) << replayed;
  EXPECT_EQ(Rows(*database_, "SELECT outcome FROM receipts WHERE key = 'before'"),
            (std::vector<Row>{{"1"}}));
  const Outcomes again = SendUntilSettled(other, Events({before}), Deadline::After(kPatience));
  EXPECT_EQ(again.at(0).outcome(), ingest::v1::OUTCOME_DUPLICATE);

  Run({"schema", "retire", "shop.v1.Visit", "--version", "1", "--force"});
  const auto retired =
      AwaitOutcome(other, "retired", ingest::v1::OUTCOME_QUARANTINED, "SCHEMA_RETIRED");
  fmt::print("live on the other server after {} ms, retired there after {} ms\n", live.count(),
             retired.count());
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(RegistryTest, SourcesSayWhatNobodyMayGuess) {
  Register();
  if (HasFatalFailure()) return;
  AwaitOutcome(client_, "live", ingest::v1::OUTCOME_ACCEPTED, "");
  const std::string ambiguous =
      R"({"shop":"Leeds","phone":"020 7946 0958","day":"03/04/2020","plan":"GOLD plus"})";
  const auto doubtful = Track(Visit("doubtful", ambiguous));
  ASSERT_EQ(doubtful.outcome(), ingest::v1::OUTCOME_QUARANTINED);
  std::vector<std::string> reasons;
  for (const auto& violation : doubtful.violations()) {
    reasons.push_back(violation.field() + " " + violation.reason());
  }
  EXPECT_THAT(reasons, testing::ElementsAre("payload.phone PHONE_REGION_UNKNOWN",
                                            "payload.day DATE_AMBIGUOUS"));

  Must(storage::SetSourceCustoms(database_->owner(), tenant_.name, tenant_.source_name,
                                 {.phone_region = "GB", .date_order = "DMY"}));
  const Deadline deadline = Deadline::After(kSoon);
  int sent = 0;
  while (Track(Visit(fmt::format("said-{}", sent), ambiguous)).outcome() !=
         ingest::v1::OUTCOME_ACCEPTED) {
    ASSERT_FALSE(deadline.Expired());
    ++sent;
  }
  const std::vector<Row> rows =
      Rows(*database_, fmt::format("SELECT normalized::jsonb->>'phone', normalized::jsonb->>'day', "
                                   "normalized::jsonb->>'plan' FROM records WHERE key = 'said-{}'",
                                   sent));
  EXPECT_EQ(rows, (std::vector<Row>{{"+442079460958", "2020-04-03", "gold"}}));

  // Readers get both: what was sent, and what it means.
  profile::v1::ListEventsRequest request;
  *request.mutable_profile() = ByIdentifier("customer_id", "C1");
  const auto events = client_.ListEvents(request);
  ASSERT_TRUE(events.ok());
  const auto& event = *events.response.events().rbegin();
  EXPECT_EQ(event.payload().fields().at("day").string_value(), "03/04/2020");
  EXPECT_EQ(event.normalized().fields().at("day").string_value(), "2020-04-03");
  EXPECT_GE(event.normalizer_version(), 1u);
}

TEST_F(RegistryTest, WhatNobodyRepairsInTimeGoesAndLeavesALine) {
  const auto broken = EventBuilder("old").With("customer_id", "C1").Json("[]");
  ASSERT_EQ(Track(broken).outcome(), ingest::v1::OUTCOME_QUARANTINED);
  const std::string old_id = "01800000-0000-7000-8000-000000000000";  // Of 2022.
  Rows(*database_, "UPDATE receipts SET record_id = '" + old_id + "' WHERE key = 'old'");
  Rows(*database_, "UPDATE quarantine SET received_at = '2022-04-01', quarantine_id = '" + old_id +
                       "' WHERE key = 'old'");
  const Deadline deadline = Deadline::After(std::chrono::seconds(60));
  while (CountOf(*database_, "quarantine") > 0) ASSERT_FALSE(deadline.Expired());
  EXPECT_EQ(Rows(*database_, "SELECT action, key FROM quarantine_log"),
            (std::vector<Row>{{"3", "old"}}));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
  // The key stays what it was: a corrected record may still take its place.
  EXPECT_EQ(Track(EventBuilder("old").With("customer_id", "C1")).outcome(),
            ingest::v1::OUTCOME_ACCEPTED);
}

}  // namespace
}  // namespace selfsame::test
