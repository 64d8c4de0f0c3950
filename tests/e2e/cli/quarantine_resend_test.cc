// What a key is answered once its quarantined record has ended: OUTCOME_QUARANTINED always names a
// record that is kept (INV-1), and a discarded record stays discarded.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/time.h"
#include "tests/e2e/cli/shop_site.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;
using ingest::v1::OUTCOME_DUPLICATE;
using ingest::v1::OUTCOME_QUARANTINED;
using testing::IsEmpty;

constexpr const char* kInvalid = R"({"order_id":"1"})";
constexpr const char* kOtherwiseInvalid = R"({"order_id":"2","total":-1})";
constexpr const char* kValid = R"({"order_id":"1","total":7})";
constexpr std::chrono::seconds kPatience{30};

// Whether a statement waits for a lock.
bool SomebodyWaits(pg::Session& session) {
  return Must(session.InTransaction(TenantId{}, [](pqxx::work& tx) -> Result<bool> {
    return !tx.exec(
                  "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                  " AND datname = current_database()")
                .empty();
  }));
}

class QuarantineResendTest : public testing::Test {
 protected:
  QuarantineResendTest() { site_.RegisterOrder(); }

  // Sends an invalid body; the id under which it is kept.
  std::string Quarantine(const char* json) {
    const auto outcome = site_.Send("k", json);
    EXPECT_EQ(outcome.outcome(), OUTCOME_QUARANTINED) << outcome.DebugString();
    EXPECT_EQ(site_.Run({"quarantine", "get", outcome.record_id()}).exit_code, 0)
        << "kept nowhere: " << outcome.record_id();
    return outcome.record_id();
  }
  void Discard(const std::string& id) {
    const ToolResult discarded =
        site_.RunJson({"quarantine", "discard", "--id", id, "--reason-text", "not wanted"});
    ASSERT_EQ(discarded.exit_code, 0) << discarded.errors;
    ASSERT_EQ(discarded.Json()["discarded"], 1);
  }
  std::int64_t Kept() { return CountOf(site_.database(), "quarantine"); }
  std::string ReceiptId() {
    return Rows(site_.database(), "SELECT record_id FROM receipts WHERE key = 'k'")[0][0];
  }

  ShopSite site_;
};

TEST_F(QuarantineResendTest, AnInvalidBodyIsKeptAfreshOnceTheFirstWasDiscarded) {
  const std::string first = Quarantine(kInvalid);
  EXPECT_EQ(Quarantine(kInvalid), first) << "a retry names the same record";
  Discard(first);
  const std::string second = Quarantine(kInvalid);
  EXPECT_NE(second, first);
  EXPECT_EQ(ReceiptId(), second);
  EXPECT_EQ(Quarantine(kInvalid), second);
  EXPECT_EQ(Kept(), 1);
  Discard(second);
  EXPECT_EQ(Number(site_.database(),
                   "SELECT count(*) FROM quarantine_log WHERE key = 'k' AND action = 2"),
            2);
  EXPECT_THAT(BrokenInvariants(site_.database()), IsEmpty());
}

TEST_F(QuarantineResendTest, AnInvalidBodyIsKeptAfreshOnceTheFirstHasExpired) {
  const std::string first = Quarantine(kInvalid);
  Must(site_.database().owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    tx.exec(
        "UPDATE quarantine SET received_at = now() - interval '1 year',"
        " quarantine_id = '00000000-0000-7000-8000-000000000001' WHERE key = 'k'");
    tx.exec(
        "UPDATE receipts SET record_id = '00000000-0000-7000-8000-000000000001' WHERE key = 'k'");
    return {};
  }));
  const Deadline deadline = Deadline::After(kPatience);
  while (Kept() > 0) {
    ASSERT_FALSE(deadline.Expired()) << "not expired";
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const std::string second = Quarantine(kInvalid);
  EXPECT_NE(second, first);
  EXPECT_EQ(ReceiptId(), second);
}

TEST_F(QuarantineResendTest, AnotherInvalidBodyTakesThePlaceOfTheFirst) {
  const std::string first = Quarantine(kInvalid);
  const std::string second = Quarantine(kOtherwiseInvalid);
  EXPECT_NE(second, first);
  EXPECT_EQ(Kept(), 1);
  Discard(second);
  const std::string third = Quarantine(kInvalid);
  EXPECT_EQ(Kept(), 1);
  EXPECT_NE(third, first) << "an id is never given twice";
}

TEST_F(QuarantineResendTest, TheCorrectedBodyIsAcceptedAfterADiscard) {
  Discard(Quarantine(kInvalid));
  EXPECT_EQ(site_.Send("k", kValid).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(site_.Send("k", kValid).outcome(), OUTCOME_DUPLICATE);
  const auto old = site_.Send("k", kInvalid);
  EXPECT_EQ(old.reason(), "KEY_REUSED");
}

// The replay has read the record; while it waits for the receipt, somebody discards the record.
TEST_F(QuarantineResendTest, AReplayDoesNotBringBackWhatIsDiscardedMeanwhile) {
  const std::string id = Quarantine(kInvalid);
  ASSERT_EQ(site_.Run({"quarantine", "patch", id, "--set", "payload.total=5"}).exit_code, 0);
  std::jthread replay;
  ToolResult replayed;
  Must(site_.database().owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec("SELECT FROM receipts WHERE key = 'k' FOR UPDATE");
    replay = std::jthread([&] {
      replayed =
          Tool(site_.environment()).Run({"quarantine", "replay", "--id", id, "--output", "json"});
    });
    const auto other = site_.database().NewSession("");
    const Deadline deadline = Deadline::After(kPatience);
    while (!SomebodyWaits(*other)) {
      EXPECT_FALSE(deadline.Expired()) << "the replay waits for nothing";
      if (deadline.Expired()) return {};
    }
    Discard(id);
    return {};
  }));
  replay.join();
  EXPECT_EQ(replayed.Json()["rejected"], 1) << replayed.output << replayed.errors;
  EXPECT_EQ(replayed.Json()["reasons"]["QUARANTINE_UNKNOWN"], 1) << replayed.output;
  EXPECT_EQ(Number(site_.database(), "SELECT count(*) FROM records WHERE key = 'k'"), 0);
  EXPECT_EQ(Number(site_.database(),
                   fmt::format("SELECT action FROM quarantine_log WHERE quarantine_id = '{}'", id)),
            2);
}

}  // namespace
}  // namespace selfsame::test
