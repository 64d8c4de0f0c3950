// The yardstick of the other tests is itself tried: each promise is broken on purpose, and noticed.
#include "tests/e2e/invariants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/clients.h"
#include "tests/e2e/rows.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Sabotage {
  const char* sql;
  const char* noticed;
};

const Sabotage kSabotages[] = {
    {"DELETE FROM records WHERE key = 'e1'", "every ACCEPTED receipt has its record"},
    {"DELETE FROM receipts WHERE key = 'e1'", "every record its receipt"},
    {"DELETE FROM quarantine", "every QUARANTINED receipt has its row"},
    {"DELETE FROM receipts WHERE outcome = 3", "every such row its receipt"},
    {"INSERT INTO records SELECT event_time, received_at, shard, tenant_id, source_id, schema_id, "
     "kind, "
     "payload_format, anchor, gen_random_uuid(), key, payload, others, consent FROM records WHERE "
     "key = 'e1'",
     "no key has two records"},
    {"DELETE FROM identifiers WHERE kind = 'device_id'", "every identifier of a record is a node"},
    {"DELETE FROM edges", "what a record says is linked is an edge"},
    {"DELETE FROM profiles", "every identifier is in a profile that exists"},
    {"UPDATE identifiers SET profile_id = gen_random_uuid()", "every profile has a member"},
    {"UPDATE identifiers SET birth_id = gen_random_uuid() WHERE birth_id = profile_id",
     "a profile's id is the smallest"},
    {"UPDATE identifiers SET component_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff'",
     "a component's id is the smallest"},
    {"UPDATE edges SET refusal = 1", "an edge in the graph lies within a component"},
    {"UPDATE identifiers SET kind = 'customer_id'", "at most one customer_id"},
    {"DELETE FROM claims WHERE attribute = 'city'", "every profile update has its claims"},
    {"UPDATE claims SET record_id = gen_random_uuid()", "every claim is of a profile update"},
    {"UPDATE profiles SET attributes = '{\"city\": \"Leeds\"}'", "the fold of its members' claims"},
    {"UPDATE claims SET event_time = 'epoch' WHERE key = 'u2'", "the fold of its members' claims"},
    {"UPDATE claims SET value = '4' WHERE key = 'a1'", "the fold of its members' claims"},
    {"UPDATE profiles SET provenance = jsonb_set(provenance, '{loyalty_points,a,n}', '\"1\"')",
     "the fold of its members' claims"},
    {"WITH gone AS (DELETE FROM activity) DELETE FROM activity_deltas",
     "the activity of an anchor, folded and waiting, is the sum of its records"},
    {"DELETE FROM outbox", "present revision is in the outbox"},
};

class InvariantsTest : public testing::TestWithParam<Sabotage> {
 protected:
  // One person with two members, three updates, one of which adds, and an event, and one record in
  // quarantine.
  void SetUp() override {
    const SeededTenant tenant = database_->SeedTenant("acme");
    const auto server = ServerProcess::Start(*database_);
    IngestClient client(server->grpc_address(), tenant.api_key);
    const auto person = [](auto builder) {
      return builder.With("customer_id", "c").With("device_id", "d");
    };
    const auto later = kSomeTime + std::chrono::seconds(1);
    ASSERT_TRUE(
        client.Track(Events({person(EventBuilder("e1")).Build(), EventBuilder("q1").Build()}))
            .ok());
    auto added = person(UpdateBuilder("a1")).Json(R"({"loyalty_points":3})").Build();
    (*added.mutable_operations())["loyalty_points"] = ingest::v1::ATTRIBUTE_OPERATION_ADD;
    ASSERT_TRUE(
        client
            .Update(Updates(
                {added, person(UpdateBuilder("u1")).Json(R"({"city":"York","plan":"a"})").Build(),
                 person(UpdateBuilder("u2")).At(later).Json(R"({"city":"Hull"})").Build()}))
            .ok());
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
};

TEST_P(InvariantsTest, ABrokenPromiseIsNoticed) {
  ASSERT_THAT(BrokenInvariants(*database_), IsEmpty());
  Rows(*database_, GetParam().sql);
  EXPECT_THAT(BrokenInvariants(*database_), testing::Contains(HasSubstr(GetParam().noticed)));
}

INSTANTIATE_TEST_SUITE_P(All, InvariantsTest, testing::ValuesIn(kSabotages));

}  // namespace
}  // namespace selfsame::test
