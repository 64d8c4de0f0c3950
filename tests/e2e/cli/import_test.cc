// Imports into the real server: the real file, twice; interrupted; and with the server killed.
#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include "base/time.h"
#include "tests/e2e/tool.h"
#include "tests/support/data_dir.h"
#include "tests/support/server_process.h"
#include "tests/support/test_database.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;

constexpr int kRows = 60'000;
constexpr const char* kHeader =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

// Orders of a thousand customers; every tenth row is of nobody known.
std::string Orders(int rows) {
  std::string text = kHeader;
  for (int i = 0; i < rows; ++i) {
    const std::string customer = i % 10 == 0 ? "" : std::to_string(10'001 + i % 1'000);
    text += fmt::format(
        "{},SKU{},\"A \"\"thing\"\", {}\",{},2011-07-01T{:02}:00:00,{}.5,{},"
        "United Kingdom\n",
        500'001 + i / 5, i % 77, i, 1 + i % 9, i % 24, i % 50, customer);
  }
  return text;
}

std::int64_t RowsOf(const nlohmann::json& summary, const std::string& outcome) {
  std::int64_t rows = 0;
  for (const auto& entry : summary["outcomes"]) {
    if (entry["outcome"] == outcome) rows += entry["rows"].get<std::int64_t>();
  }
  return rows;
}

// A server with a tenant, the tool let in, and a folder for files.
class Site {
 public:
  explicit Site(const std::string& config_toml = "")
      : database_(TestDatabase::Create()),
        tenant_(database_->SeedTenant("shop")),
        server_(ServerProcess::Start({.database_url = database_->url(),
                                      .master_key = &database_->master_key(),
                                      .config_toml = config_toml,
                                      .flags = {}})),
        tool_({"SELFSAME_SERVER=" + server_->grpc_address(),
               "SELFSAME_API_KEY=" + tenant_.api_key}) {}

  ServerProcess& server() { return *server_; }
  Tool& tool() { return tool_; }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  ToolResult Import(const std::string& path, std::vector<std::string> more = {}) {
    StartImport(path, std::move(more));
    return tool_.Finish();
  }
  void StartImport(const std::string& path, std::vector<std::string> more = {}) {
    tool_.Start(Arguments(path, std::move(more)));
  }

  // Waits until the server has accepted this many records since it was started.
  bool AwaitAccepted(double records) {
    const Deadline deadline = Deadline::After(std::chrono::minutes(1));
    while (server_->Metric(kAccepted) < records) {
      if (deadline.Expired()) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  // Lets the server commit nothing until it has refused a call for its full queue.
  bool HoldUntilRefused() {
    bool refused = false;
    Must(database_->owner().InTransaction(TenantId{0}, [&](pqxx::work& tx) -> Status {
      tx.exec("LOCK TABLE receipts IN ACCESS EXCLUSIVE MODE");
      const Deadline deadline = Deadline::After(std::chrono::seconds(10));
      while (!(refused = server_->Metric(kQueueFull) > 0) && !deadline.Expired()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      return {};
    }));
    return refused;
  }
  // Records stored, past the server.
  std::int64_t Stored() {
    const auto count =
        database_->owner().InTransaction(TenantId{0}, [](pqxx::work& tx) -> Result<std::int64_t> {
          return tx.exec1("SELECT count(*) FROM records")[0].as<std::int64_t>();
        });
    return Must(count);
  }

 private:
  static constexpr const char* kAccepted =
      "selfsame_records_total{tenant=\"shop\",source=\"web\",outcome=\"accepted\"}";
  static constexpr const char* kQueueFull =
      "selfsame_requests_refused_total{reason=\"QUEUE_FULL\"}";

  static std::vector<std::string> Arguments(const std::string& path,
                                            std::vector<std::string> more) {
    std::vector<std::string> arguments = {"import", "csv", path, "--output", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  const std::unique_ptr<TestDatabase> database_;
  const SeededTenant tenant_;
  const std::unique_ptr<ServerProcess> server_;
  const TempFolder folder_;
  Tool tool_;
};

void WriteXz(const std::string& path, const std::string& text) {
  archive* out = archive_write_new();
  archive_write_add_filter_xz(out);
  archive_write_set_format_raw(out);
  ASSERT_EQ(archive_write_open_filename(out, path.c_str()), ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_write_header(out, entry);
  archive_write_data(out, text.data(), text.size());
  archive_entry_free(entry);
  archive_write_free(out);
}

TEST(CliImportTest, TheSameFileAgainAlsoCompressedDoublesNothing) {
  Site site;
  const std::string path = site.Write("orders.csv", Orders(3'000));
  const ToolResult first = site.Import(path);
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.errors, HasSubstr("using the shipped map online_retail"));
  EXPECT_EQ(RowsOf(first.Json(), "ACCEPTED"), 3'000);
  EXPECT_EQ(first.Json()["rows_unsettled"], 0);

  WriteXz(path + ".xz", Orders(3'000));
  const ToolResult again = site.Import(path + ".xz");
  ASSERT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_EQ(RowsOf(again.Json(), "DUPLICATE"), 3'000);
  EXPECT_EQ(site.Stored(), 3'000);
}

TEST(CliImportTest, ARealFileIsImportedWhole) {
  const auto file = DataFile("retail/online_retail.csv.xz");
  if (!file) GTEST_SKIP() << "no retail/online_retail.csv.xz in SELFSAME_DATA_DIR";
  Site site;
  const ToolResult imported = site.Import(*file, {"--limit", "50000"});
  ASSERT_EQ(imported.exit_code, 0) << imported.errors;
  EXPECT_EQ(RowsOf(imported.Json(), "ACCEPTED"), 50'000);
  EXPECT_EQ(site.Stored(), 50'000);
  const ToolResult piece = site.Import(*file, {"--from-line", "49901", "--limit", "200"});
  ASSERT_EQ(piece.exit_code, 0) << piece.errors;
  EXPECT_EQ(RowsOf(piece.Json(), "DUPLICATE"), 100);
  EXPECT_EQ(RowsOf(piece.Json(), "ACCEPTED"), 100);
}

TEST(CliImportTest, BadRowsEndSomewhereAndAreWrittenDown) {
  Site site;
  const std::string path =
      site.Write("orders.csv", std::string(kHeader) +
                                   "1,S,ok,1,2011-07-01T10:00:00,1.5,17850,UK\n"
                                   "2,S,no time,1,yesterday,1.5,17850,UK\n"
                                   "3,S,no number,many,2011-07-01T10:00:00,1.5,17850,UK\n"
                                   "4,S,too short\n");
  const std::string rejects = path + ".rejects";
  const ToolResult imported = site.Import(path, {"--rejects", rejects});
  EXPECT_EQ(imported.exit_code, 1) << imported.errors;
  EXPECT_EQ(RowsOf(imported.Json(), "ACCEPTED"), 1);
  EXPECT_EQ(RowsOf(imported.Json(), "QUARANTINED"), 1);
  EXPECT_EQ(RowsOf(imported.Json(), "UNREADABLE"), 2);
  const std::string written = ReadWholeFile(rejects);
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 4);
  EXPECT_THAT(written, HasSubstr("2,UNREADABLE,TIME_UNREADABLE,event_time,2,S,no time,1,"));
  EXPECT_THAT(written, HasSubstr("4,UNREADABLE,COLUMN_COUNT,,4,S,too short\n"));
}

TEST(CliImportTest, AFileNobodyHasAMapForGetsOneToStartFrom) {
  Site site;
  const std::string path = site.Write("people.csv", "user_id,seen\n1,2024-01-01\n");
  const ToolResult unknown = site.tool().Run({"import", "csv", path});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("MAP_UNKNOWN"));
  std::string map = unknown.output;
  const std::string schema = "your.package.v1.Message";
  ASSERT_NE(map.find(schema), std::string::npos) << map;
  map.replace(map.find(schema), schema.size(), "selfsame.schemas.web.v1.PageViewed");
  map.erase(map.find("[payload]"));
  EXPECT_THAT(map, HasSubstr("whose local time is it?"));
  const ToolResult not_asked =
      site.Import(path, {"--map", site.Write("asks.toml", map + "[payload]\n")});
  EXPECT_EQ(not_asked.exit_code, 2);
  EXPECT_THAT(not_asked.errors, HasSubstr("zone"));
  const std::string asked = "zone = \"\"";
  ASSERT_NE(map.find(asked), std::string::npos) << map;
  map.replace(map.find(asked), asked.size(), "zone = \"Europe/London\"");
  const std::string map_path = site.Write("people.toml", map + "[payload]\n");
  const ToolResult imported = site.Import(path, {"--map", map_path});
  EXPECT_EQ(imported.exit_code, 0) << imported.errors;
  EXPECT_EQ(RowsOf(imported.Json(), "ACCEPTED"), 1);
}

// A map for page views with the columns of the file, and this [time].
std::string ViewsMap(const std::string& time) {
  return "name = \"views\"\nschema = \"selfsame.schemas.web.v1.PageViewed\"\nkind = \"event\"\n" +
         time + "\n[[identifier]]\nkind = \"customer_id\"\ncolumn = \"id\"\n[payload]\n" +
         "url = { column = \"url\" }\n";
}
constexpr const char* kRfc3339 = "[time]\ncolumn = \"at\"\nformat = \"rfc3339\"";

TEST(CliImportTest, ACorrectedGrownReSortedOrReEncodedFileIsTheSameRows) {
  Site site;
  const std::string map = site.Write("views.toml", ViewsMap(kRfc3339));
  const std::string a = "C-1001,2024-01-01T00:00:00Z,https://shop.example/a\n";
  const std::string b = "C-1002,2024-01-01T00:00:01Z,https://shop.example/b\n";
  const std::string bad = "C-1003,yesterday,https://shop.example/c\n";
  const std::string good = "C-1003,2024-01-01T00:00:02Z,https://shop.example/c\n";
  const ToolResult first =
      site.Import(site.Write("v.csv", "id,at,url\n" + a + a + b + bad), {"--map", map});
  EXPECT_EQ(RowsOf(first.Json(), "ACCEPTED"), 3) << first.errors;
  EXPECT_EQ(RowsOf(first.Json(), "UNREADABLE"), 1);

  const ToolResult corrected =
      site.Import(site.Write("v2.csv", "id,at,url\n" + good + b + a + a), {"--map", map});
  EXPECT_EQ(RowsOf(corrected.Json(), "DUPLICATE"), 3);
  EXPECT_EQ(RowsOf(corrected.Json(), "ACCEPTED"), 1);
  // Grown by a row, with another column, other delimiters and in UTF-16.
  std::string semicolons =
      "\"at\";new;id;url\r\n"
      "2024-01-01T00:00:00Z;x;C-1001;https://shop.example/a\r\n"
      "2024-01-01T00:00:00Z;y;C-1001;\"https://shop.example/a\"\r\n"
      "2024-01-01T00:00:03Z;z;C-1004;https://shop.example/d\r\n";
  std::string utf16 = "\xFF\xFE";
  for (const char c : semicolons) utf16 += std::string{c, '\0'};
  const ToolResult grown = site.Import(site.Write("v3.csv", utf16), {"--map", map});
  EXPECT_EQ(RowsOf(grown.Json(), "DUPLICATE"), 2) << grown.output << grown.errors;
  EXPECT_EQ(RowsOf(grown.Json(), "ACCEPTED"), 1);
  EXPECT_EQ(site.Stored(), 5);
}

TEST(CliImportTest, JsonLinesAreTheSameRowsAsCsv) {
  Site site;
  const std::string map = site.Write("views.toml", ViewsMap(kRfc3339));
  const std::string row =
      R"({"id":"C-1001","at":"2024-01-01T00:00:00Z","url":"https://s.example/"})";
  const std::string path = site.Write("v.jsonl", row + "\n{\"id\":\n" + "{\"id\":\"C-1001\"}\n");
  const ToolResult imported = site.tool().Run(
      {"import", "jsonl", path, "--map", map, "--rejects", path + ".csv", "--output", "json"});
  EXPECT_EQ(imported.exit_code, 1) << imported.errors;
  EXPECT_EQ(RowsOf(imported.Json(), "ACCEPTED"), 1) << imported.output << imported.errors;
  EXPECT_EQ(RowsOf(imported.Json(), "QUARANTINED"), 1);
  EXPECT_THAT(ReadWholeFile(path + ".csv"),
              HasSubstr("2,UNREADABLE,JSON_MALFORMED,,\"{\"\"id\"\":\"\n"));
  const ToolResult again = site.Import(
      site.Write("v.csv", "id,at,url\nC-1001,2024-01-01T00:00:00Z,https://s.example/\n"),
      {"--map", map});
  EXPECT_EQ(RowsOf(again.Json(), "DUPLICATE"), 1);
  const ToolResult unknown = site.tool().Run({"import", "jsonl", path});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.output, HasSubstr("column = \"url\""));
}

TEST(CliImportTest, ADryRunListsReasonsAndFieldsAndSendsNothing) {
  Site site;
  const std::string map = site.Write("views.toml", ViewsMap(kRfc3339));
  const std::string path = site.Write("v.csv",
                                      "id,at,url\nC-1001,2024-01-01T00:00:00Z,https://s.example/\n"
                                      "C-secret,yesterday,https://s.example/\n"
                                      ",2024-01-01T00:00:00Z,https://s.example/\n"
                                      "C-secret,2024-01-01T00:00:00Z,no-secret-address\n");
  const ToolResult dry = site.Import(path, {"--map", map, "--dry-run"});
  EXPECT_EQ(dry.exit_code, 1) << dry.errors;
  const auto report = dry.Json();
  EXPECT_EQ(report["rows_read"], 4) << dry.output;
  std::map<std::string, std::string> fields;
  for (const auto& problem : report["problems"]) fields[problem["reason"]] = problem["field"];
  EXPECT_EQ(fields["TIME_UNREADABLE"], "event_time");
  EXPECT_EQ(fields["NO_USABLE_IDENTIFIER"], "identifiers");
  const ToolResult text = site.tool().Run({"import", "csv", path, "--map", map, "--dry-run"});
  EXPECT_THAT(text.output, HasSubstr("TIME_UNREADABLE"));
  EXPECT_THAT(text.output + text.errors, testing::Not(HasSubstr("secret")));
  EXPECT_EQ(site.Stored(), 0);
}

// The first row of a file without a header is data.
TEST(CliImportTest, MessagesHoldNothingOfTheFile) {
  Site site;
  const std::string path = site.Write("p.csv", "ann.secret@example.com,Rome\nx,y\n");
  const std::string listed =
      site.Write("m.toml", "columns = [\"id\", \"at\", \"url\"]\n" + ViewsMap(kRfc3339));
  const std::string unlisted = site.Write("n.toml", ViewsMap(kRfc3339));
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, {"--map", listed}, {"--map", unlisted}}) {
    const ToolResult refused = site.Import(path, more);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.errors, testing::Not(HasSubstr("secret")));
  }
}

TEST(CliImportTest, ABusyServerIsWaitedFor) {
  // A queue that holds no more than two of the requests in flight.
  Site site("[lanes]\ncount = 1\nqueue_rows_max = 2000\nbatch_rows_max = 1000\n");
  const std::string path = site.Write("orders.csv", Orders(20'000));
  site.StartImport(path, {"--batch", "1000", "--in-flight", "16"});
  EXPECT_TRUE(site.HoldUntilRefused());
  const ToolResult imported = site.tool().Finish();
  ASSERT_EQ(imported.exit_code, 0) << imported.errors;
  EXPECT_EQ(RowsOf(imported.Json(), "ACCEPTED"), 20'000);
  EXPECT_EQ(site.Stored(), 20'000);
}

// INV-1, INV-3: the import outlives its server, and every row is stored once.
TEST(CliImportTest, AKilledServerCostsNoRowAndDoublesNone) {
  Site site;
  const std::string path = site.Write("orders.csv", Orders(kRows));
  site.StartImport(path);
  for (int kills = 1; kills <= 2; ++kills) {
    ASSERT_TRUE(site.AwaitAccepted(2'000));
    site.server().Kill9();
    site.server().Restart();
  }
  const ToolResult imported = site.tool().Finish();
  ASSERT_EQ(imported.exit_code, 0) << imported.errors;
  EXPECT_THAT(imported.errors, HasSubstr("connecting again"));
  const auto summary = imported.Json();
  EXPECT_EQ(RowsOf(summary, "ACCEPTED") + RowsOf(summary, "DUPLICATE"), kRows) << summary.dump();
  EXPECT_EQ(summary["rows_unsettled"], 0);
  EXPECT_EQ(site.Stored(), kRows);
}

TEST(CliImportTest, AnInterruptedImportIsGoneOnWithByTheSameCommand) {
  Site site;
  const std::string path = site.Write("orders.csv", Orders(kRows));
  site.StartImport(path);
  ASSERT_TRUE(site.AwaitAccepted(2'000));
  site.tool().running().Signal(SIGINT);
  const ToolResult interrupted = site.tool().Finish();
  EXPECT_EQ(interrupted.exit_code, 1);
  EXPECT_THAT(interrupted.errors, HasSubstr("run the same command again"));
  const std::int64_t settled = RowsOf(interrupted.Json(), "ACCEPTED");
  EXPECT_EQ(interrupted.Json()["finished"], false);
  EXPECT_EQ(site.Stored(), settled);

  const ToolResult resumed = site.Import(path);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.errors;
  EXPECT_EQ(RowsOf(resumed.Json(), "DUPLICATE"), settled);
  EXPECT_EQ(RowsOf(resumed.Json(), "ACCEPTED"), kRows - settled);
  EXPECT_EQ(site.Stored(), kRows);
}

TEST(CliImportTest, AServerThatStaysAwayIsGivenUpOn) {
  Site site;
  const std::string path = site.Write("orders.csv", Orders(kRows));
  site.StartImport(path, {"--give-up-after", "2"});
  ASSERT_TRUE(site.AwaitAccepted(1'000));
  site.server().Kill9();
  const ToolResult given_up = site.tool().Finish();
  EXPECT_EQ(given_up.exit_code, 5);
  EXPECT_THAT(given_up.errors, HasSubstr("GAVE_UP"));
  EXPECT_GT(given_up.Json()["rows_unsettled"], 0);
}

}  // namespace
}  // namespace selfsame::test
