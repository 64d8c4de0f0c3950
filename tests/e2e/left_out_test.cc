// Invalid optional fields are left out of a record, and kept beside it, sealed, in one transaction;
// event times that nobody set; what the authorization of a call may look like.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "selfsame/ingest/v1/ingest.grpc.pb.h"
#include "selfsame/quarantine/v1/quarantine.grpc.pb.h"
#include "storage/tenants.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/support/rpc_channel.h"

namespace selfsame::test {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;
using ingest::v1::OUTCOME_DUPLICATE;
using ingest::v1::OUTCOME_QUARANTINED;
using ingest::v1::RecordOutcome;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr const char* kDirty =
    R"({"first_name":"Ann","email":"canary-nobody","city":"Rome","birth_date":"2021-02-30"})";

std::vector<std::string> LeftOut(const RecordOutcome& outcome) {
  std::vector<std::string> fields;
  for (const auto& field : outcome.left_out())
    fields.push_back(field.field() + " " + field.reason());
  return fields;
}

class LeftOutTest : public InstallationTest {
 protected:
  void SetSource(const storage::SourceCustoms& customs) {
    ASSERT_TRUE(
        storage::SetSourceCustoms(database_->owner(), tenant_.name, tenant_.source_name, customs)
            .ok());
  }
  RecordOutcome SendDirty(const std::string& key) {
    return Update(UpdateBuilder(key).With("customer_id", "ann").Json(kDirty));
  }
  // Until the server knows what was set; each try has a key of its own, which stays settled.
  void AwaitOutcome(ingest::v1::Outcome outcome) {
    const Deadline deadline = Deadline::After(kPatience);
    while (SendDirty(fmt::format("wait-{}", ++waits_)).outcome() != outcome) {
      ASSERT_FALSE(deadline.Expired());
    }
  }
  grpc::Status TryLimits(const std::string& authorization) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", authorization);
    ingest::v1::GetLimitsResponse response;
    return ingest::v1::IngestService::NewStub(OpenChannel(server_->grpc_address()))
        ->GetLimits(&context, {}, &response);
  }

  int waits_ = 0;
};

TEST_F(LeftOutTest, TheRestIsStoredAndEveryRetryIsToldTheSame) {
  EXPECT_EQ(SendDirty("strict").outcome(), OUTCOME_QUARANTINED);
  SetSource({.invalid_optional = "leave-out"});
  AwaitOutcome(OUTCOME_ACCEPTED);

  const RecordOutcome accepted = SendDirty("dirty");
  ASSERT_EQ(accepted.outcome(), OUTCOME_ACCEPTED);
  EXPECT_THAT(LeftOut(accepted), UnorderedElementsAre("payload.email EMAIL_INVALID",
                                                      "payload.birth_date DATE_IMPOSSIBLE"));
  EXPECT_THAT(accepted.DebugString(), Not(HasSubstr("canary")));
  const auto attributes = GetProfile(ByIdentifier("customer_id", "ann")).attributes();
  EXPECT_EQ(attributes.count("first_name"), 1u);
  EXPECT_EQ(attributes.count("email"), 0u);

  // Also once the source has become strict again.
  SetSource({.invalid_optional = ""});
  AwaitOutcome(OUTCOME_QUARANTINED);
  const RecordOutcome again = SendDirty("dirty");
  EXPECT_EQ(again.outcome(), OUTCOME_DUPLICATE);
  EXPECT_EQ(LeftOut(again), LeftOut(accepted));
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(LeftOutTest, WhatWasSentIsKeptSealedAndCanBeRead) {
  SetSource({.invalid_optional = "leave-out"});
  AwaitOutcome(OUTCOME_ACCEPTED);
  const RecordOutcome accepted = SendDirty("dirty");
  EXPECT_EQ(Number(*database_, "SELECT count(*) FROM record_left_out WHERE key = 'dirty'"), 1);
  EXPECT_EQ(Number(*database_,
                   "SELECT count(*) FROM (SELECT r::text AS row FROM records AS r UNION ALL "
                   "SELECT l::text FROM record_left_out AS l) AS rows "
                   "WHERE row LIKE '%canary%' OR row LIKE '%' || encode('canary', 'hex') || '%'"),
            0);

  const auto stub =
      quarantine::v1::QuarantineService::NewStub(OpenChannel(server_->grpc_address()));
  const auto call = [&](auto method, const auto& request, auto* response) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + tenant_.api_key);
    const grpc::Status status = ((*stub).*method)(&context, request, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  };
  using Stub = quarantine::v1::QuarantineService::Stub;
  quarantine::v1::GetLeftOutRequest get;
  get.set_record_id(accepted.record_id());
  quarantine::v1::GetLeftOutResponse got;
  call(&Stub::GetLeftOut, get, &got);
  ingest::v1::ProfileUpdate sent;
  ASSERT_TRUE(sent.ParseFromString(got.body()));
  EXPECT_EQ(sent.json(), kDirty);
  EXPECT_EQ(got.record().schema(), "selfsame.schemas.account.v1.Traits");
  EXPECT_EQ(got.record().left_out_size(), 2);

  quarantine::v1::ListLeftOutResponse listed;
  call(&Stub::ListLeftOut, quarantine::v1::ListLeftOutRequest(), &listed);
  EXPECT_EQ(listed.records_size(), Number(*database_, "SELECT count(*) FROM record_left_out"));
  quarantine::v1::CountLeftOutResponse counted;
  call(&Stub::CountLeftOut, quarantine::v1::CountLeftOutRequest(), &counted);
  ASSERT_EQ(counted.groups_size(), 2);
  EXPECT_EQ(static_cast<int>(counted.groups(0).records()), listed.records_size());
  EXPECT_EQ(server_->Metric("selfsame_left_out_fields_total{tenant=\"acme\",source=\"web\","
                            "schema=\"selfsame.schemas.account.v1.Traits\",field=\"payload.email\","
                            "reason=\"EMAIL_INVALID\"}"),
            listed.records_size());
}

TEST_F(LeftOutTest, AKilledServerLosesNoneOfThem) {
  SetSource({.invalid_optional = "leave-out"});
  AwaitOutcome(OUTCOME_ACCEPTED);
  constexpr int kRounds = 3;
  constexpr int kUpdates = 200;
  for (int round = 0; round < kRounds; ++round) {
    ingest::v1::UpdateProfilesRequest request;
    for (int i = 0; i < kUpdates; ++i) {
      *request.add_profile_updates() = UpdateBuilder(fmt::format("{}-{}", round, i))
                                           .With("customer_id", fmt::format("c-{}", i))
                                           .Json(kDirty)
                                           .Build();
    }
    Reply<ingest::v1::UpdateProfilesResponse> lost;
    std::jthread sender([&] { lost = client_.Update(request); });
    server_->Kill9();
    sender.join();
    server_->Restart();
    EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
    for (const RecordOutcome& outcome :
         SendUntilSettled(client_, request, Deadline::After(kPatience))) {
      EXPECT_TRUE(outcome.outcome() == OUTCOME_ACCEPTED || outcome.outcome() == OUTCOME_DUPLICATE);
      EXPECT_EQ(outcome.left_out_size(), 2);
    }
  }
  EXPECT_EQ(Number(*database_, "SELECT count(*) FROM record_left_out WHERE key NOT LIKE 'wait%'"),
            kRounds * kUpdates);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(LeftOutTest, AnEventTimeThatNobodySetIsRefused) {
  const RecordOutcome zero = Track(EventBuilder("zero").With("email", "a@b.example").At(TimeUs{0}));
  EXPECT_EQ(zero.outcome(), OUTCOME_QUARANTINED);
  EXPECT_EQ(zero.reason(), "EVENT_TIME_REQUIRED");
  EXPECT_EQ(Track(EventBuilder("one").With("email", "a@b.example").At(TimeUs{1'000'000})).outcome(),
            OUTCOME_ACCEPTED);
}

TEST_F(LeftOutTest, ASourceSaysHowOldItsRecordsMayBe) {
  SetSource({.event_time_min = "2015-01-01"});
  const TimeUs at = *ParseRfc3339("2014-12-31T23:59:59Z");
  const auto send = [&](const std::string& key, TimeUs time) {
    return Track(EventBuilder(key).With("email", "a@b.example").At(time));
  };
  const Deadline deadline = Deadline::After(kPatience);
  RecordOutcome outcome;
  for (int i = 0; outcome.outcome() != OUTCOME_QUARANTINED; ++i) {
    ASSERT_FALSE(deadline.Expired());
    outcome = send(fmt::format("early-{}", i), at);
  }
  EXPECT_EQ(outcome.reason(), "EVENT_TIME_OUT_OF_RANGE");
  EXPECT_THAT(outcome.violations(0).message(), HasSubstr("2015-01-01T00:00:00"));
  EXPECT_EQ(send("first", at + std::chrono::seconds(1)).outcome(), OUTCOME_ACCEPTED);
}

TEST_F(LeftOutTest, TheSchemeOfAuthorizationHasNoCaseAndABareKeyGetsAHint) {
  for (const char* scheme : {"Bearer ", "bearer ", "BEARER ", "Bearer  "}) {
    EXPECT_TRUE(TryLimits(scheme + tenant_.api_key).ok()) << scheme;
  }
  const grpc::Status bare = TryLimits(tenant_.api_key);
  EXPECT_EQ(bare.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_THAT(bare.error_message(), HasSubstr("put \"Bearer \" in front of the key"));
  EXPECT_THAT(bare.error_message(), Not(HasSubstr(tenant_.api_key)));
  EXPECT_THAT(TryLimits("Basic abc").error_message(), HasSubstr("authorization: Bearer <key>"));
}

}  // namespace
}  // namespace selfsame::test
