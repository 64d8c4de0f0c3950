#include "cli/import/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "cli/import/csv_file.h"
#include "cli/text_file.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/cli/import/fake_ingest.h"

namespace selfsame::cli {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using Step = FakeIngest::Step;

ImportMap PeopleMap() {
  return {.name = "people",
          .schema = "example.v1.Seen",
          .kind = RecordKind::kEvent,
          .columns = {"id", "when", "what"},
          .time = {.column = 1, .formats = {{.format = "rfc3339", .zone = ""}}},
          .identifiers = {{.kind = "customer_id", .column = 0}},
          .payload = {{.field = "what", .column = 2, .type = CellType::kString}}};
}

// A file of `rows` rows, imported into a fake server.
class Import {
 public:
  explicit Import(FakeIngest& server, const std::string& extra = "", int rows = 25)
      : client_(server.client()) {
    std::string text = "id,when,what\n";
    for (int i = 1; i <= rows; ++i) text += std::to_string(i) + ",2024-01-01T00:00:00Z,w\n";
    std::ofstream(path()) << text << extra;
    file_ = *CsvFile::Open(path());
  }

  Status Run(ImporterOptions options, bool keep_rejects = false) {
    if (keep_rejects) rejects_ = *RejectsFile::Create(rejects_path(), file_->header().raw);
    options.batch_rows = 4;
    options.sender.reopen_wait_min = milliseconds(1);
    importer_ = std::make_unique<Importer>(
        *file_, *RowMapper::Create(map_, Now()), options,
        SenderHooks{.open_stream = [this] { return client_.OpenStream(); },
                    .on_trouble = [](const std::string&) {},
                    .interrupted = [this](milliseconds) { return --polls_left_ < 0; }},
        rejects_ ? &*rejects_ : nullptr);
    return importer_->Run();
  }

  void Use(ImportMap map) { map_ = std::move(map); }
  void InterruptAfter(int polls) { polls_left_ = polls; }
  const Tally& tally() const { return importer_->tally(); }
  const Importer& importer() const { return *importer_; }
  std::string rejects() const { return *ReadTextFile(rejects_path()); }

 private:
  std::string path() const { return folder_.path() + "/people.csv"; }
  std::string rejects_path() const { return folder_.path() + "/rejects.csv"; }

  const test::TempFolder folder_;
  ImportMap map_ = PeopleMap();
  const Client client_;
  std::unique_ptr<CsvFile> file_;
  std::optional<RejectsFile> rejects_;
  int polls_left_ = 1'000'000;
  std::unique_ptr<Importer> importer_;
};

TEST(ImporterTest, EveryRowIsSentOnceUnderItsOwnKey) {
  FakeIngest server;
  Import import(server);
  ASSERT_TRUE(import.Run({}).ok());
  EXPECT_EQ(import.tally().rows_read(), 25u);
  EXPECT_EQ(import.tally().rows_settled(), 25u);
  EXPECT_EQ(import.tally().CountOf("ACCEPTED"), 25u);
  EXPECT_TRUE(import.tally().AllWell());
  EXPECT_EQ(server.keys().size(), 25u);
}

TEST(ImporterTest, AgainAndWithBreaksNothingIsDoubled) {
  FakeIngest server({Step::kKeepAndBreak, Step::kRefuse, Step::kBreak});
  ASSERT_TRUE(Import(server).Run({}).ok());
  Import again(server);
  ASSERT_TRUE(again.Run({}).ok());
  EXPECT_EQ(server.keys().size(), 25u);
  EXPECT_EQ(again.tally().CountOf("DUPLICATE"), 25u);
}

TEST(ImporterTest, FromRowAndRowsMaxCutOutAPiece) {
  FakeIngest server;
  Import import(server);
  ASSERT_TRUE(import.Run({.from_row = 10, .rows_max = 3}).ok());
  EXPECT_EQ(import.tally().rows_read(), 3u);
  // The same rows as those of the whole file.
  Import whole(server);
  ASSERT_TRUE(whole.Run({}).ok());
  EXPECT_EQ(whole.tally().CountOf("DUPLICATE"), 3u);
  EXPECT_EQ(server.keys().size(), 25u);
}

TEST(ImporterTest, RowsThatAreNoRecordsAreCountedAndTheImportGoesOn) {
  FakeIngest server;
  Import import(server, "26,too,many,cells\n27,2024-01-01T00:00:00Z,\xFF\n28,now,w\n", 25);
  ASSERT_TRUE(import.Run({}, true).ok());
  EXPECT_EQ(import.tally().CountOf("ACCEPTED"), 25u);
  EXPECT_EQ(import.tally().CountOf(kUnreadableRow), 3u);
  EXPECT_EQ(import.tally().rows_done(), 28u);
  EXPECT_THAT(import.rejects(), HasSubstr("\n28,UNREADABLE,TIME_UNREADABLE,event_time,28,now,w\n"));
  EXPECT_FALSE(import.tally().AllWell());
  EXPECT_THAT(import.rejects(), HasSubstr("import_row,import_outcome,import_reason,import_field,id,"
                                          "when,what\n26,UNREADABLE,COLUMN_COUNT,,26,too,many,"
                                          "cells\n27,UNREADABLE,NOT_UTF8,,27,"));
}

TEST(ImporterTest, RowsThatAreNotAcceptedAreWrittenDownWithTheirReason) {
  FakeIngest server;
  server.decide = [decided = 0](const std::string& key,
                                ingest::v1::RecordOutcome& outcome) mutable {
    static_cast<void>(key);
    const int record = ++decided;
    if (record != 7 && record != 17) return;
    outcome.set_outcome(ingest::v1::OUTCOME_QUARANTINED);
    outcome.set_reason("EVENT_TIME_MISSING");
    outcome.add_violations()->set_field("event_time");
  };
  Import import(server);
  ASSERT_TRUE(import.Run({}, true).ok());
  EXPECT_EQ(import.tally().CountOf("QUARANTINED"), 2u);
  EXPECT_TRUE(import.tally().AllWell());
  EXPECT_THAT(import.rejects(),
              HasSubstr("\n7,QUARANTINED,EVENT_TIME_MISSING,event_time,7,2024-01-01T00:00:00Z,w\n"
                        "17,QUARANTINED,EVENT_TIME_MISSING,event_time,17,"));
}

TEST(ImporterTest, AnInterruptedImportCountsWhatWasSettledAndKnowsWhereToGoOn) {
  FakeIngest server;
  Import import(server, "", 4'000);
  import.InterruptAfter(40);
  const Status status = import.Run({});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, "INTERRUPTED");
  EXPECT_EQ(import.tally().rows_unsettled(), 0u);
  EXPECT_GT(import.tally().rows_settled(), 0u);
  EXPECT_LT(import.tally().rows_settled(), 4'000u);
  EXPECT_EQ(import.importer().first_unsettled_row(), import.tally().rows_settled() + 1);
}

TEST(ImporterTest, EqualRowsAreSeveralAndCountedOnFromASkippedOne) {
  const std::string twice = "1,2024-01-01T00:00:00Z,w\n";
  FakeIngest server;
  Import import(server, twice);
  ASSERT_TRUE(import.Run({}).ok());
  EXPECT_EQ(import.tally().CountOf("ACCEPTED"), 26u);
  Import last(server, twice);
  ASSERT_TRUE(last.Run({.from_row = 26}).ok());
  EXPECT_EQ(last.tally().CountOf("DUPLICATE"), 1u);
}

TEST(ImporterTest, EqualRowsWithAKeyAreOne) {
  FakeIngest server;
  ImportMap map = PeopleMap();
  map.key_columns = {0};
  Import import(server, "1,2024-01-01T00:00:00Z,w\n");
  import.Use(map);
  ASSERT_TRUE(import.Run({}).ok());
  EXPECT_EQ(import.tally().CountOf("ACCEPTED"), 25u);
  EXPECT_EQ(import.tally().CountOf("DUPLICATE"), 1u);
  EXPECT_EQ(import.importer().first_unsettled_row(), 27u);
}

// Their body has another time, which the server calls another body under a used key.
TEST(ImporterTest, RowsWithTheTimeOfTheImportAreDuplicatesWhenTheyComeAgain) {
  FakeIngest server;
  server.decide = [](const std::string&, ingest::v1::RecordOutcome& outcome) {
    outcome.set_outcome(ingest::v1::OUTCOME_REJECTED);
    outcome.set_reason("KEY_REUSED");
  };
  Import at_their_time(server);
  ASSERT_TRUE(at_their_time.Run({}).ok());
  EXPECT_EQ(at_their_time.tally().CountOf("REJECTED", "KEY_REUSED"), 25u);
  ImportMap map = PeopleMap();
  map.time = {};
  Import import(server);
  import.Use(map);
  ASSERT_TRUE(import.Run({}).ok());
  EXPECT_EQ(import.tally().CountOf("DUPLICATE", "IMPORTED_BEFORE"), 25u);
}

TEST(ImporterTest, ValuesThatWereLeftOutAreCountedAndTheirRowsWrittenDown) {
  FakeIngest server;
  server.decide = [decided = 0](const std::string&, ingest::v1::RecordOutcome& outcome) mutable {
    if (++decided != 7) return;
    for (const char* field : {"payload.phones[3].number", "payload.email"}) {
      auto* value = outcome.add_left_out();
      value->set_field(field);
      value->set_reason("X_INVALID");
    }
  };
  Import import(server);
  ASSERT_TRUE(import.Run({}, true).ok());
  EXPECT_EQ(import.tally().CountOf("ACCEPTED"), 25u);
  EXPECT_EQ(import.tally().values_left_out(), 2u);
  EXPECT_EQ(import.tally().left_out().count({"payload.phones[].number", "X_INVALID"}), 1u);
  EXPECT_THAT(
      import.rejects(),
      HasSubstr("\n7,ACCEPTED,X_INVALID X_INVALID,payload.phones[3].number payload.email,7,"));
}

TEST(ImporterTest, ARequestIsNotLargerThanItMayBe) {
  FakeIngest server;
  Import import(server);
  ASSERT_TRUE(import.Run({.request_bytes_max = 1}).ok());
  EXPECT_EQ(server.keys().size(), 25u);
}

}  // namespace
}  // namespace selfsame::cli
