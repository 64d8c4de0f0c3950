#include "cli/import/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <optional>
#include <string>

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
          .time_column = 1,
          .time = {.format = "rfc3339", .zone = ""},
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
        *file_, *RowMapper::Create(PeopleMap(), "p"), options,
        SenderHooks{.open_stream = [this] { return client_.OpenStream(); },
                    .on_trouble = [](const std::string&) {},
                    .interrupted = [this](milliseconds) { return --polls_left_ < 0; }},
        rejects_ ? &*rejects_ : nullptr);
    return importer_->Run();
  }

  void InterruptAfter(int polls) { polls_left_ = polls; }
  const Tally& tally() const { return importer_->tally(); }
  const Importer& importer() const { return *importer_; }
  std::string rejects() const { return *ReadTextFile(rejects_path()); }

 private:
  std::string path() const { return folder_.path() + "/people.csv"; }
  std::string rejects_path() const { return folder_.path() + "/rejects.csv"; }

  const test::TempFolder folder_;
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
  EXPECT_TRUE(server.keys().contains("p:000000001"));
  EXPECT_TRUE(server.keys().contains("p:000000025"));
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
  EXPECT_EQ(server.keys(), (std::set<std::string>{"p:000000010", "p:000000011", "p:000000012"}));
  EXPECT_EQ(import.tally().rows_read(), 3u);
}

TEST(ImporterTest, RowsThatAreNoRecordsAreCountedAndTheImportGoesOn) {
  FakeIngest server;
  Import import(server, "26,too,many,cells\n27,2024-01-01T00:00:00Z,\xFF\n28,now,w\n", 25);
  ASSERT_TRUE(import.Run({}, true).ok());
  EXPECT_EQ(import.tally().CountOf("ACCEPTED"), 26u);
  EXPECT_EQ(import.tally().CountOf(kUnreadableRow), 2u);
  EXPECT_FALSE(import.tally().AllWell());
  EXPECT_THAT(import.rejects(), HasSubstr("import_row,import_outcome,import_reason,import_field,id,"
                                          "when,what\n26,UNREADABLE,COLUMN_COUNT,,26,too,many,"
                                          "cells\n27,UNREADABLE,NOT_UTF8,,27,"));
}

TEST(ImporterTest, RowsThatAreNotAcceptedAreWrittenDownWithTheirReason) {
  FakeIngest server;
  server.decide = [](const std::string& key, ingest::v1::RecordOutcome& outcome) {
    if (!key.ends_with("7")) return;
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

TEST(ImporterTest, ARequestIsNotLargerThanItMayBe) {
  FakeIngest server;
  Import import(server);
  ASSERT_TRUE(import.Run({.request_bytes_max = 1}).ok());
  EXPECT_EQ(server.keys().size(), 25u);
}

}  // namespace
}  // namespace selfsame::cli
