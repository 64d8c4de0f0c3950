#include "cli/import/tally.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/import/summary.h"

namespace selfsame::cli {
namespace {

ingest::v1::RecordOutcome OutcomeOf(ingest::v1::Outcome outcome, const std::string& reason = "") {
  ingest::v1::RecordOutcome result;
  result.set_outcome(outcome);
  result.set_reason(reason);
  return result;
}

TEST(TallyTest, OutcomesAreCountedByReason) {
  Tally tally;
  tally.CountSent(3);
  tally.CountOutcome(OutcomeOf(ingest::v1::OUTCOME_QUARANTINED, "A"));
  tally.CountOutcome(OutcomeOf(ingest::v1::OUTCOME_QUARANTINED, "B"));
  tally.CountOutcome(OutcomeOf(ingest::v1::OUTCOME_QUARANTINED, "A"));
  EXPECT_EQ(tally.CountOf("QUARANTINED"), 3u);
  EXPECT_EQ(tally.counts().at({"QUARANTINED", "A"}), 2u);
  EXPECT_EQ(tally.rows_settled(), 3u);
  EXPECT_EQ(tally.rows_unsettled(), 0u);
}

TEST(TallyTest, OnlyRejectedUnreadableAndUnsettledRowsAreNotWell) {
  for (const auto outcome : {ingest::v1::OUTCOME_ACCEPTED, ingest::v1::OUTCOME_DUPLICATE,
                             ingest::v1::OUTCOME_QUARANTINED, ingest::v1::OUTCOME_CONSENT_DENIED,
                             ingest::v1::OUTCOME_SUPPRESSED}) {
    Tally tally;
    tally.CountSent(1);
    EXPECT_FALSE(tally.AllWell());
    tally.CountOutcome(OutcomeOf(outcome));
    EXPECT_TRUE(tally.AllWell());
  }
  Tally rejected, unreadable, strange;
  rejected.CountSent(1);
  rejected.CountOutcome(OutcomeOf(ingest::v1::OUTCOME_REJECTED, "KEY_REUSED"));
  EXPECT_FALSE(rejected.AllWell());
  unreadable.CountUnreadable("COLUMN_COUNT");
  EXPECT_FALSE(unreadable.AllWell());
  strange.CountSent(1);
  strange.CountOutcome(OutcomeOf(static_cast<ingest::v1::Outcome>(99)));
  EXPECT_FALSE(strange.AllWell());
  EXPECT_EQ(strange.CountOf("OUTCOME_99"), 1u);
}

TEST(TallyTest, TheSummaryAddsUp) {
  Tally tally;
  for (int i = 0; i < 4; ++i) tally.CountRead();
  tally.CountUnreadable("NOT_UTF8");
  tally.CountSent(3);
  tally.CountOutcome(OutcomeOf(ingest::v1::OUTCOME_ACCEPTED));
  tally.CountOutcome(OutcomeOf(ingest::v1::OUTCOME_REJECTED, "KEY_REUSED"));
  const ImportSummary summary{
      .file = "f.csv", .map = "m", .schema = "s", .elapsed = std::chrono::milliseconds(500)};
  const auto json = SummaryJson(summary, tally);
  EXPECT_EQ(json["rows_read"], 4);
  EXPECT_EQ(json["rows_sent"], 3);
  EXPECT_EQ(json["rows_unsettled"], 1);
  EXPECT_EQ(json["rows_per_second"], 4);
  EXPECT_EQ(json["outcomes"].size(), 3u);
  EXPECT_EQ(SummaryText(summary, tally),
            "stopped   f.csv as s by map m\n"
            "rows      4 read, 3 sent, 1 unsettled\n"
            "time      0.5 s, 4 rows/s\n"
            "\n"
            "OUTCOME     REASON      ROWS\n"
            "ACCEPTED    -           1\n"
            "REJECTED    KEY_REUSED  1\n"
            "UNREADABLE  NOT_UTF8    1\n");
}

}  // namespace
}  // namespace selfsame::cli
