// The door: what is wrong with a record is said of that record, by field, and touches no other;
// what is wrong with a call is said of the call.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "storage/tenants.h"
#include "tests/e2e/clients.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using ingest::v1::Outcome;
using ingest::v1::OUTCOME_ACCEPTED;
using ingest::v1::OUTCOME_QUARANTINED;
using ingest::v1::OUTCOME_REJECTED;
using ingest::v1::RecordOutcome;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::chrono::seconds kPatience{60};

// In every value below that the server must not repeat (INV-10).
constexpr std::string_view kCanary = "canary";

struct BadRecord {
  std::string bytes;
  Outcome outcome;
  std::string reason;
  std::string field;
};

// A record that is right but for what `spoil` does to it.
template <typename Spoil>
BadRecord Bad(std::string_view key, Outcome outcome, std::string reason, std::string field,
              const Spoil& spoil) {
  wire::v1::Record record =
      EventBuilder(key).With("email", fmt::format("{}-{}@shop.test", kCanary, key)).BuildWire();
  spoil(record);
  return {record.SerializeAsString(), outcome, std::move(reason), std::move(field)};
}

BadRecord BadIdentifier(std::string_view key, std::string reason, std::string field,
                        std::string_view kind, std::string_view value) {
  return Bad(key, OUTCOME_QUARANTINED, std::move(reason), "identifiers[1]" + field,
             [&](wire::v1::Record& record) {
               record.add_identifiers()->set_kind(std::string(kind));
               record.mutable_identifiers(1)->set_value(std::string(value));
             });
}

BadRecord BadPayload(std::string_view key, std::string reason, std::string field,
                     std::string_view json) {
  return Bad(key, OUTCOME_QUARANTINED, std::move(reason), std::move(field),
             [&](wire::v1::Record& record) { record.set_json(std::string(json)); });
}

std::vector<BadRecord> RejectedRecords() {
  const std::string canary(kCanary);
  const std::string large(60'000, 'x');
  return {
      {"\x07" + canary, OUTCOME_REJECTED, "RECORD_MALFORMED", ""},
      Bad("", OUTCOME_REJECTED, "KEY_REQUIRED", "key", [](auto&) {}),
      Bad(canary + std::string(123, 'k'), OUTCOME_REJECTED, "KEY_TOO_LONG", "key", [](auto&) {}),
      Bad("not-utf8", OUTCOME_REJECTED, "KEY_NOT_UTF8", "key",
          [&](auto& record) { record.set_key(canary + "\xff"); }),
      Bad("nul", OUTCOME_REJECTED, "KEY_HAS_NUL", "key",
          [&](auto& record) { record.set_key(canary + std::string(1, '\0')); }),
      Bad("payload-large", OUTCOME_REJECTED, "PAYLOAD_TOO_LARGE", "payload",
          [](auto& record) { record.set_json(std::string(64 * 1024 + 1, ' ')); }),
      Bad("record-large", OUTCOME_REJECTED, "RECORD_TOO_LARGE", "",
          [&](auto& record) {
            record.set_json(large);
            record.set_consent(large);
            record.mutable_schema()->set_name(large);
          }),
  };
}

std::vector<BadRecord> RecordsWithBadTimes() {
  const auto at = [](std::int64_t seconds, std::int32_t nanos) {
    return [=](wire::v1::Record& record) {
      record.mutable_event_time()->set_seconds(seconds);
      record.mutable_event_time()->set_nanos(nanos);
    };
  };
  constexpr std::int64_t kYear9999 = 253'402'300'799;
  const std::int64_t day_after_tomorrow = Now().us / 1'000'000 + 2 * 86'400;
  return {
      Bad("time-none", OUTCOME_QUARANTINED, "EVENT_TIME_REQUIRED", "event_time",
          [](auto& record) { record.clear_event_time(); }),
      Bad("time-zero", OUTCOME_QUARANTINED, "EVENT_TIME_REQUIRED", "event_time", at(0, 0)),
      Bad("time-9999", OUTCOME_QUARANTINED, "EVENT_TIME_OUT_OF_RANGE", "event_time",
          at(kYear9999, 0)),
      Bad("time-ahead", OUTCOME_QUARANTINED, "EVENT_TIME_OUT_OF_RANGE", "event_time",
          at(day_after_tomorrow, 0)),
      Bad("time-1969", OUTCOME_QUARANTINED, "EVENT_TIME_OUT_OF_RANGE", "event_time", at(-1, 0)),
      Bad("time-max", OUTCOME_QUARANTINED, "EVENT_TIME_OUT_OF_RANGE", "event_time",
          at(std::numeric_limits<std::int64_t>::max(), 0)),
      Bad("time-nanos", OUTCOME_QUARANTINED, "EVENT_TIME_OUT_OF_RANGE", "event_time", at(1, -1)),
  };
}

std::vector<BadRecord> RecordsWithBadIdentifiers() {
  const std::string canary(kCanary);
  return {
      Bad("none", OUTCOME_QUARANTINED, "NO_USABLE_IDENTIFIER", "identifiers",
          [](auto& record) { record.clear_identifiers(); }),
      Bad("blocked", OUTCOME_QUARANTINED, "NO_USABLE_IDENTIFIER", "identifiers",
          [](auto& record) {
            record.mutable_identifiers(0)->set_value("NULL");
            record.add_identifiers()->set_kind("device_id");
            record.mutable_identifiers(1)->set_value("00000000-0000-0000-0000-000000000000");
          }),
      Bad("many", OUTCOME_QUARANTINED, "TOO_MANY_IDENTIFIERS", "identifiers",
          [](auto& record) {
            while (record.identifiers_size() <= 32)
              *record.add_identifiers() = record.identifiers(0);
          }),
      BadIdentifier("kind", "IDENTIFIER_KIND_UNKNOWN", ".kind", canary, "x"),
      BadIdentifier("kind-form", "IDENTIFIER_KIND_UNKNOWN", ".kind", "crm:", "x"),
      BadIdentifier("long", "IDENTIFIER_TOO_LONG", ".value", "email",
                    canary + std::string(507, 'x')),
      BadIdentifier("value-utf8", "IDENTIFIER_NOT_UTF8", ".value", "email",
                    canary + "\xc3@shop.test"),
      BadIdentifier("value-nul", "IDENTIFIER_HAS_NUL", ".value", "email",
                    canary + std::string(1, '\0') + "@shop.test"),
      BadIdentifier("email", "EMAIL_INVALID", ".value", "email", canary),
      BadIdentifier("phone", "PHONE_INVALID", ".value", "phone", "+44 " + canary),
      BadIdentifier("phone-short", "PHONE_INVALID", ".value", "phone", "+44 20 7946"),
      BadIdentifier("phone-local", "PHONE_REGION_UNKNOWN", ".value", "phone", "020 7946 0000"),
  };
}

std::vector<BadRecord> RecordsWithBadSchemasOrPayloads() {
  const std::string canary(kCanary);
  const auto schema = [](std::string_view name, std::uint32_t version) {
    return [=](wire::v1::Record& record) {
      record.mutable_schema()->set_name(std::string(name));
      record.mutable_schema()->set_version(version);
    };
  };
  return {
      Bad("schema-none", OUTCOME_QUARANTINED, "SCHEMA_REQUIRED", "schema.name",
          [](auto& record) { record.clear_schema(); }),
      Bad("schema-unknown", OUTCOME_QUARANTINED, "SCHEMA_UNKNOWN", "schema",
          schema("no.such.Schema", 0)),
      Bad("schema-bytes", OUTCOME_QUARANTINED, "SCHEMA_UNKNOWN", "schema",
          schema({"\xff\0'", 3}, 0)),
      Bad("schema-version", OUTCOME_QUARANTINED, "SCHEMA_UNKNOWN", "schema",
          schema("selfsame.schemas.web.v1.PageViewed", 99)),
      Bad("schema-kind", OUTCOME_QUARANTINED, "SCHEMA_KIND_MISMATCH", "schema",
          schema("selfsame.schemas.account.v1.Traits", 0)),
      Bad("protobuf-broken", OUTCOME_QUARANTINED, "PAYLOAD_MALFORMED", "payload",
          [](auto& record) { record.set_protobuf("\x0a\x7f"); }),
      Bad("protobuf-utf8", OUTCOME_QUARANTINED, "PAYLOAD_MALFORMED", "payload",
          [](auto& record) { record.set_protobuf("\x0a\x01\xff"); }),
      BadPayload("json-broken", "PAYLOAD_MALFORMED", "payload", "{\"url\": \"" + canary),
      BadPayload("json-list", "PAYLOAD_MALFORMED", "payload", "[]"),
      BadPayload("json-word", "PAYLOAD_MALFORMED", "payload", canary),
      BadPayload("json-type", "PAYLOAD_TYPE_MISMATCH", "payload.url", R"({"url": {"a": 1}})"),
      BadPayload("json-utf8", "PAYLOAD_MALFORMED", "payload", "{\"url\": \"\xff\"}"),
      BadPayload("json-surrogate", "PAYLOAD_MALFORMED", "payload", R"({"url": "\ud800"})"),
      BadPayload("json-deep", "PAYLOAD_TOO_DEEP", "payload",
                 "{\"url\":" + std::string(60'000, '[')),
      BadPayload("json-nul", "PAYLOAD_HAS_NUL", "payload.title",
                 R"({"url": "x", "title": "a\u0000b"})"),
  };
}

std::vector<BadRecord> BadRecords() {
  std::vector<BadRecord> all;
  for (auto part : {RejectedRecords(), RecordsWithBadTimes(), RecordsWithBadIdentifiers(),
                    RecordsWithBadSchemasOrPayloads()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::string GoodRecord(std::size_t i) {
  return EventBuilder(fmt::format("good-{}", i))
      .With("email", fmt::format("good-{}@shop.test", i))
      .Build()
      .SerializeAsString();
}

void ExpectOutcome(const RecordOutcome& outcome, const BadRecord& bad) {
  EXPECT_EQ(outcome.outcome(), bad.outcome) << outcome.DebugString();
  EXPECT_EQ(outcome.reason(), bad.reason);
  ASSERT_GT(outcome.violations_size(), 0) << bad.reason;
  EXPECT_EQ(outcome.violations(0).field(), bad.field) << bad.reason;
  EXPECT_EQ(outcome.violations(0).reason(), bad.reason);
  EXPECT_EQ(outcome.record_id().empty(), bad.outcome == OUTCOME_REJECTED);
  EXPECT_THAT(outcome.DebugString(), Not(HasSubstr(kCanary)));
}

class DoorTest : public testing::Test {
 protected:
  // A key of this tenant that may only do so much.
  std::string KeyFor(const std::string& scope) {
    const auto key = Must(storage::CreateApiKey(database_->owner(), "acme", "web", {scope}, Now()));
    return std::string(key.reveal());
  }
  // Until the server has looked at the directory again.
  void AwaitKnown(const std::string& api_key) {
    IngestClient client(server_->grpc_address(), api_key);
    const Deadline deadline = Deadline::After(kPatience);
    while (client.GetLimits().status.code == RpcCode::kUnauthenticated) {
      ASSERT_FALSE(deadline.Expired());
    }
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
  const SeededTenant tenant_ = database_->SeedTenant("acme");
  const std::unique_ptr<ServerProcess> server_ =
      ServerProcess::Start(*database_, {"--log-level", "debug"});
  IngestClient client_{server_->grpc_address(), tenant_.api_key};
  const ingest::v1::TrackEventsRequest one_event_ =
      Events({EventBuilder("k").With("email", "a@shop.test").Build()});
};

TEST_F(DoorTest, EachBadRecordIsNamedAndItsNeighboursAreAccepted) {
  const std::vector<BadRecord> bad = BadRecords();
  std::vector<std::string> records = {GoodRecord(0)};
  for (std::size_t i = 0; i < bad.size(); ++i) {
    records.push_back(bad[i].bytes);
    records.push_back(GoodRecord(i + 1));
  }
  const auto reply = client_.TrackBytes(RequestBytes(records));
  ASSERT_TRUE(reply.ok()) << reply.status.message;
  ASSERT_EQ(reply.response.outcomes_size(), static_cast<int>(records.size()));
  for (int i = 0; i < reply.response.outcomes_size(); ++i) {
    const RecordOutcome& outcome = reply.response.outcomes(i);
    if (i % 2 == 1) {
      ExpectOutcome(outcome, bad[i / 2]);
    } else {
      EXPECT_EQ(outcome.outcome(), OUTCOME_ACCEPTED) << outcome.DebugString();
    }
  }
  const auto is_kept = [](const BadRecord& record) {
    return record.outcome == OUTCOME_QUARANTINED;
  };
  const auto kept = std::count_if(bad.begin(), bad.end(), is_kept);
  EXPECT_EQ(CountOf(*database_, "quarantine"), kept);
  EXPECT_EQ(CountOf(*database_, "records"), bad.size() + 1);
  EXPECT_EQ(CountOf(*database_, "receipts"), bad.size() + 1 + kept);
  EXPECT_EQ(Number(*database_, "SELECT count(DISTINCT reason) FROM quarantine"), 18);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
  EXPECT_THAT(server_->Log(), Not(HasSubstr(kCanary)));
  EXPECT_THAT(server_->Metrics(), Not(HasSubstr(kCanary)));
}

TEST_F(DoorTest, ReceivedIsTheSumOfOutcomes) {
  std::vector<std::string> records = {GoodRecord(0), GoodRecord(0), GoodRecord(1)};
  for (const BadRecord& bad : BadRecords()) records.push_back(bad.bytes);
  ASSERT_TRUE(client_.TrackBytes(RequestBytes(records)).ok());
  const auto count = [&](std::string_view name, std::string_view more) {
    return server_->Metric(fmt::format("{}{{tenant=\"acme\",source=\"web\"{}}}", name, more));
  };
  double sum = 0;
  for (const char* outcome : {"accepted", "duplicate", "quarantined", "rejected"}) {
    const double records_so =
        count("selfsame_records_total", fmt::format(",outcome=\"{}\"", outcome));
    EXPECT_GT(records_so, 0) << outcome;
    sum += records_so;
  }
  EXPECT_EQ(sum, records.size());
  EXPECT_EQ(count("selfsame_records_received_total", ""), records.size());
}

TEST_F(DoorTest, EveryViolationOfARecordIsReported) {
  wire::v1::Record record = EventBuilder("k").With("email", "x").With("what", "y").BuildWire();
  record.clear_event_time();
  record.set_json("[");
  const auto reply = client_.TrackBytes(RequestBytes({record.SerializeAsString()}));
  ASSERT_TRUE(reply.ok());
  std::vector<std::string> fields;
  for (const auto& violation : reply.response.outcomes(0).violations()) {
    fields.push_back(violation.field());
  }
  EXPECT_THAT(fields,
              ElementsAre("event_time", "identifiers[0].value", "identifiers[1].kind", "payload"));
}

TEST_F(DoorTest, AProfileUpdateNeedsASchemaForProfiles) {
  const auto right = UpdateBuilder("right").With("email", "a@shop.test").Json(R"({"city":"York"})");
  auto wrong = UpdateBuilder("wrong");
  wrong.With("email", "a@shop.test").Schema("selfsame.schemas.web.v1.PageViewed");
  auto nul = UpdateBuilder("nul");
  nul.With("email", "a@shop.test").Json(R"({"city":"Yo\u0000rk"})");
  const auto reply = client_.Update(Updates({wrong.Build(), right.Build(), nul.Build()}));
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply.response.outcomes(0).reason(), "SCHEMA_KIND_MISMATCH");
  EXPECT_EQ(reply.response.outcomes(1).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(reply.response.outcomes(2).reason(), "PAYLOAD_HAS_NUL");
  EXPECT_EQ(reply.response.outcomes(2).violations(0).field(), "payload.city");
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
}

TEST_F(DoorTest, AStreamNamesBadRecordsAndBadRequestsAndGoesOn) {
  const auto stream = client_.OpenStream();
  wire::v1::StreamRecord good;
  good.set_event(GoodRecord(0));
  wire::v1::StreamBatch mixed;
  mixed.set_sequence(7);
  mixed.add_records("\x07");
  mixed.add_records(good.SerializeAsString());
  mixed.add_records("");
  wire::v1::StreamBatch empty;
  empty.set_sequence(8);
  ASSERT_TRUE(stream->WriteBytes(mixed.SerializeAsString()));
  ASSERT_TRUE(stream->WriteBytes(empty.SerializeAsString()));
  ASSERT_TRUE(stream->WriteBytes("\xff"));
  stream->WritesDone();

  const auto first = stream->Read();
  ASSERT_TRUE(first && first->outcomes_size() == 3);
  EXPECT_EQ(first->sequence(), 7u);
  EXPECT_EQ(first->outcomes(0).reason(), "RECORD_MALFORMED");
  EXPECT_EQ(first->outcomes(1).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(first->outcomes(2).reason(), "RECORD_MALFORMED");
  const auto second = stream->Read();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->sequence(), 8u);
  EXPECT_EQ(DecodeStatus(second->status()).reason, "RECORDS_REQUIRED");
  const auto third = stream->Read();
  ASSERT_TRUE(third);
  EXPECT_EQ(DecodeStatus(third->status()).reason, "REQUEST_MALFORMED");
  EXPECT_FALSE(stream->Read());
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(DoorTest, ACallOutsideTheLimitsFailsAsAWholeWithItsReason) {
  const auto empty = client_.Track({});
  EXPECT_EQ(empty.status.code, RpcCode::kInvalidArgument);
  EXPECT_EQ(empty.status.reason, "RECORDS_REQUIRED");

  const auto many = client_.TrackBytes(RequestBytes(std::vector<std::string>(1001, GoodRecord(0))));
  EXPECT_EQ(many.status.code, RpcCode::kInvalidArgument);
  EXPECT_EQ(many.status.reason, "TOO_MANY_RECORDS");

  const auto garbage = client_.TrackBytes("\xff");
  EXPECT_EQ(garbage.status.code, RpcCode::kInvalidArgument);
  EXPECT_EQ(garbage.status.reason, "REQUEST_MALFORMED");

  const auto large = client_.TrackBytes(RequestBytes({std::string(9 << 20, 'x')}));
  EXPECT_EQ(large.status.code, RpcCode::kResourceExhausted);
  EXPECT_EQ(CountOf(*database_, "receipts"), 0);
}

TEST_F(DoorTest, NobodyGetsInWithoutAKeyThatIsKnown) {
  IngestClient nobody(server_->grpc_address(), "");
  EXPECT_EQ(nobody.Track(one_event_).status.code, RpcCode::kUnauthenticated);
  EXPECT_EQ(nobody.Track(one_event_).status.reason, "API_KEY_REQUIRED");
  EXPECT_EQ(nobody.GetLimits().status.reason, "API_KEY_REQUIRED");
  EXPECT_EQ(nobody.GetProfile({}).status.reason, "API_KEY_REQUIRED");
  const auto stream = nobody.OpenStream();
  EXPECT_FALSE(stream->Read());
  EXPECT_EQ(stream->Finish().code, RpcCode::kUnauthenticated);

  IngestClient stranger(server_->grpc_address(), "sfs_" + std::string(kCanary));
  EXPECT_EQ(stranger.Track(one_event_).status.reason, "API_KEY_UNKNOWN");
  EXPECT_EQ(CountOf(*database_, "receipts"), 0);
  EXPECT_THAT(server_->Log(), Not(HasSubstr(kCanary)));
}

TEST_F(DoorTest, AKeyMayDoWhatItsScopesSay) {
  const std::string reader_key = KeyFor("read");
  const std::string sender_key = KeyFor("ingest");
  AwaitKnown(reader_key);
  AwaitKnown(sender_key);
  IngestClient reader(server_->grpc_address(), reader_key);
  IngestClient sender(server_->grpc_address(), sender_key);
  profile::v1::GetProfileRequest profile;
  *profile.mutable_profile() = ByIdentifier("email", "a@shop.test");

  EXPECT_EQ(reader.Track(one_event_).status.code, RpcCode::kPermissionDenied);
  EXPECT_EQ(reader.Track(one_event_).status.reason, "SCOPE_MISSING");
  EXPECT_EQ(sender.GetProfile(profile).status.code, RpcCode::kPermissionDenied);
  EXPECT_TRUE(sender.Track(one_event_).ok());
  EXPECT_TRUE(reader.GetProfile(profile).ok());
}

TEST_F(DoorTest, ARevokedKeyStopsWorkingAlsoInAnOpenStream) {
  const auto stream = client_.OpenStream();
  ingest::v1::StreamRequest request;
  *request.add_records()->mutable_event() = one_event_.events(0);
  ASSERT_TRUE(stream->Write(request));
  ASSERT_EQ(stream->Read()->outcomes(0).outcome(), OUTCOME_ACCEPTED);

  Must(storage::RevokeApiKey(database_->owner(), "acme",
                             Number(*database_, "SELECT api_key_id FROM api_keys"), Now()));
  const Deadline deadline = Deadline::After(kPatience);
  while (client_.GetLimits().ok()) ASSERT_FALSE(deadline.Expired());
  EXPECT_EQ(client_.Track(one_event_).status.reason, "API_KEY_UNKNOWN");
  ASSERT_TRUE(stream->Write(request));
  const auto refused = stream->Read();
  ASSERT_TRUE(refused);
  EXPECT_EQ(DecodeStatus(refused->status()).code, RpcCode::kUnauthenticated);
}

TEST_F(DoorTest, LimitsAreThoseThatAreEnforced) {
  const auto limits = client_.GetLimits();
  ASSERT_TRUE(limits.ok());
  EXPECT_EQ(limits.response.records_per_call_max(), 1000u);
  EXPECT_EQ(limits.response.payload_bytes_max(), 64u * 1024);
  EXPECT_EQ(limits.response.key_bytes_max(), 128u);
  EXPECT_EQ(limits.response.identifiers_per_record_max(), 32u);
  EXPECT_EQ(limits.response.identifier_value_bytes_max(), 512u);
  EXPECT_EQ(limits.response.event_time_ahead_seconds_max(), 86'400u);
  EXPECT_GT(limits.response.stream_requests_in_flight_max(), 0u);
  EXPECT_EQ(limits.response.request_bytes_max(), 8u << 20);
}

TEST_F(DoorTest, ReflectionAndHealthNameTheServices) {
  const std::vector<std::string> ours = {
      "selfsame.catalog.v1.CatalogService", "selfsame.identity.v1.IdentityService",
      "selfsame.ingest.v1.IngestService",   "selfsame.profile.v1.ProfileService",
      "selfsame.quality.v1.QualityService", "selfsame.quarantine.v1.QuarantineService",
      "selfsame.schema.v1.SchemaService"};
  std::vector<std::string> all = {"grpc.health.v1.Health",
                                  "grpc.reflection.v1.ServerReflection",
                                  "grpc.reflection.v1alpha.ServerReflection"};
  all.insert(all.end(), ours.begin(), ours.end());
  EXPECT_THAT(ReflectedServices(server_->grpc_address()), ElementsAreArray(all));
  EXPECT_TRUE(IsServing(server_->grpc_address(), ""));
  for (const std::string& service : ours) {
    EXPECT_TRUE(IsServing(server_->grpc_address(), service)) << service;
  }
  EXPECT_FALSE(IsServing(server_->grpc_address(), "no.such.Service"));
}

}  // namespace
}  // namespace selfsame::test
