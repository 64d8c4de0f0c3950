// The dirt of a real file, held to a strict schema: what is wrong is quarantined with every reason,
// what is right is brought to canonical form, the sums are the file's, and a corrected version of
// the schema lets the quarantine go to the last record.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

#include "base/time.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/retail/retail_truth.h"
#include "tests/e2e/rows.h"
#include "tests/e2e/tool.h"
#include "tests/support/data_dir.h"
#include "tests/support/ingest_client.h"
#include "tests/support/records.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;
using Counts = std::map<std::string, std::int64_t>;

// The three rules of this version are filled in.
constexpr const char* kProto = R"(syntax = "proto3";
package shop.v1;
import "selfsame/options/v1/options.proto";
message Line {{
  option (selfsame.options.v1.schema) = {{
    kind: KIND_EVENT owner: "shop-team" purpose: "Turnover by country"
    legal_basis: LEGAL_BASIS_CONTRACT retention_days: 3650}};
  string order_id = 1 [(selfsame.options.v1.field) = {{class: DATA_CLASS_INTERNAL, required: true}}];
  string sku = 2 [(selfsame.options.v1.field) = {{class: DATA_CLASS_INTERNAL, required: true}}];
  string description = 3 [(selfsame.options.v1.field) = {{class: DATA_CLASS_PUBLIC}}];
  optional int32 quantity = 4 [(selfsame.options.v1.field) = {{
    class: DATA_CLASS_INTERNAL, required: true, range: {{{}}}}}];
  optional double unit_price = 5 [(selfsame.options.v1.field) = {{
    class: DATA_CLASS_INTERNAL, required: true, range: {{{}}}}}];
  string country = 6 [(selfsame.options.v1.field) = {{
    class: DATA_CLASS_PII, required: true, format: FORMAT_COUNTRY{}}}];
}}
)";
const std::string kStrict = fmt::format(kProto, "min: 1", "min: 0 exclusive_min: true", "");
// Returns, gifts and bad debts are order lines too, and some customers live nowhere in particular.
const std::string kCorrected = fmt::format(kProto, "", "", ", lenient: true");

// Countries as the file writes them whose code is not in doubt, by the file's author's hand.
const std::map<std::string, std::string> kCodes = {{"United Kingdom", "GB"},
                                                   {"Germany", "DE"},
                                                   {"France", "FR"},
                                                   {"EIRE", "IE"},
                                                   {"Spain", "ES"},
                                                   {"Netherlands", "NL"},
                                                   {"Belgium", "BE"},
                                                   {"Switzerland", "CH"},
                                                   {"Portugal", "PT"},
                                                   {"Australia", "AU"},
                                                   {"Norway", "NO"},
                                                   {"Italy", "IT"},
                                                   {"Finland", "FI"},
                                                   {"Cyprus", "CY"},
                                                   {"Sweden", "SE"},
                                                   {"Austria", "AT"},
                                                   {"Denmark", "DK"},
                                                   {"Japan", "JP"},
                                                   {"Poland", "PL"},
                                                   {"Israel", "IL"},
                                                   {"USA", "US"},
                                                   {"Hong Kong", "HK"},
                                                   {"Singapore", "SG"},
                                                   {"Iceland", "IS"},
                                                   {"Canada", "CA"},
                                                   {"Greece", "GR"},
                                                   {"Malta", "MT"},
                                                   {"United Arab Emirates", "AE"},
                                                   {"RSA", "ZA"},
                                                   {"Lebanon", "LB"},
                                                   {"Lithuania", "LT"},
                                                   {"Brazil", "BR"},
                                                   {"Czech Republic", "CZ"},
                                                   {"Bahrain", "BH"},
                                                   {"Saudi Arabia", "SA"}};
// And those that are in doubt, with the reason they are refused for.
const std::map<std::string, std::string> kNoCountry = {
    {"Unspecified", "COUNTRY_UNSPECIFIED"},
    {"European Community", "COUNTRY_NOT_A_COUNTRY"},
    {"Channel Islands", "COUNTRY_AMBIGUOUS"}};

// What the file says, computed without the server.
struct Truth {
  std::int64_t rows = 0;
  std::int64_t valid = 0;
  std::int64_t valid_quantity = 0;
  std::int64_t quantity = 0;
  double valid_turnover = 0;
  double turnover = 0;
  Counts violations;  // By reason, all of each line.
  Counts valid_by_code;
};

Truth ReadTruth(const std::string& path) {
  Truth truth;
  ForEachOrderLine(path, [&](const OrderLine& line) {
    const double value = static_cast<double>(line.quantity) * line.unit_price;
    const int out_of_range = (line.quantity < 1 ? 1 : 0) + (line.unit_price <= 0 ? 1 : 0);
    const auto doubt = kNoCountry.find(line.country);
    ++truth.rows;
    truth.quantity += line.quantity;
    truth.turnover += value;
    if (out_of_range > 0) truth.violations["OUT_OF_RANGE"] += out_of_range;
    if (doubt != kNoCountry.end()) ++truth.violations[doubt->second];
    if (out_of_range > 0 || doubt != kNoCountry.end()) return;
    ++truth.valid;
    truth.valid_quantity += line.quantity;
    truth.valid_turnover += value;
    ++truth.valid_by_code[kCodes.at(line.country)];
  });
  return truth;
}

class StrictRetail : public testing::Test {
 protected:
  void SetUp() override {
    const auto found = DataFile("retail/online_retail.csv.xz");
    if (!found) GTEST_SKIP() << "no retail/online_retail.csv.xz: set SELFSAME_DATA_DIR";
    file_ = *found;
    truth_ = ReadTruth(file_);
    database_ = TestDatabase::Create();
    tenant_ = database_->SeedTenant("shop");
    server_ = ServerProcess::Start(*database_);
    tool_ = std::make_unique<Tool>(
        std::vector<std::string>{"SELFSAME_SERVER=" + server_->grpc_address(),
                                 "SELFSAME_API_KEY=" + tenant_.api_key, "PATH=/usr/bin:/bin"});
  }

  nlohmann::json Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--output", "json"});
    const ToolResult result = tool_->Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result.Json();
  }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  // Registers, and waits until the server takes the version.
  void Register(const std::string& proto, std::uint32_t version) {
    const nlohmann::json registered = Run({"schema", "register", Write("line.proto", proto), "-I",
                                           folder_.path(), "--message", "shop.v1.Line"});
    ASSERT_EQ(registered["schema"]["version"], version) << registered;
    IngestClient client(server_->grpc_address(), tenant_.api_key);
    const Deadline deadline = Deadline::After(std::chrono::seconds(20));
    for (int probe = 0;; ++probe) {
      // Quarantined in any case, since it has no identifier; the reasons tell.
      const auto event = EventBuilder("probe").Schema("shop.v1.Line", version).Json("{}").Build();
      const auto reply = client.Track(Events({event}));
      ASSERT_TRUE(reply.ok());
      if (reply.response.outcomes(0).reason() != "SCHEMA_UNKNOWN" &&
          !HasReason(reply.response.outcomes(0), "SCHEMA_UNKNOWN")) {
        break;
      }
      ASSERT_FALSE(deadline.Expired()) << "version " << version << " is not known";
    }
    Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
      tx.exec("DELETE FROM receipts WHERE key = 'probe'");
      tx.exec("DELETE FROM quarantine WHERE key = 'probe'");
      return {};
    }));
  }

  static bool HasReason(const ingest::v1::RecordOutcome& outcome, const std::string& reason) {
    for (const auto& violation : outcome.violations()) {
      if (violation.reason() == reason) return true;
    }
    return false;
  }

  std::string MapFile() {
    std::ifstream shipped(SourceFile("cli/maps/online_retail.toml"));
    std::string text((std::istreambuf_iterator<char>(shipped)), std::istreambuf_iterator<char>());
    const std::string before = "selfsame.schemas.commerce.v1.OrderLine";
    const std::size_t at = text.find(before);
    EXPECT_NE(at, std::string::npos);
    return Write("map.toml", text.replace(at, before.size(), "shop.v1.Line"));
  }
  static std::string SourceFile(const std::string& path) {
    return std::string(std::getenv("SELFSAME_SOURCE_DIR")) + "/" + path;
  }

  Counts CountsOf(const std::string& query) {
    Counts counts;
    for (const auto& row : Rows(*database_, query)) counts[row[0]] = std::stoll(row[1]);
    return counts;
  }
  double SumOf(const std::string& expression) {
    return std::stod(Rows(*database_, "SELECT sum(" + expression +
                                          ") FROM (SELECT convert_from(payload, 'UTF8')::jsonb AS "
                                          "p FROM records) r")[0][0]);
  }

  std::string file_;
  Truth truth_;
  std::unique_ptr<TestDatabase> database_;
  SeededTenant tenant_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<Tool> tool_;
  const TempFolder folder_;
};

TEST_F(StrictRetail, DirtIsQuarantinedOrNormalizedAndACorrectedSchemaReplaysItToZero) {
  Register(kStrict, 1);
  if (HasFatalFailure()) return;
  Counts outcomes;
  const nlohmann::json imported = Run({"import", "csv", file_, "--map", MapFile()});
  for (const auto& entry : imported["outcomes"]) {
    outcomes[entry["outcome"].get<std::string>()] += entry["rows"].get<std::int64_t>();
  }
  EXPECT_EQ(outcomes,
            (Counts{{"ACCEPTED", truth_.valid}, {"QUARANTINED", truth_.rows - truth_.valid}}));

  // Quarantined with every reason, not only the first.
  EXPECT_EQ(CountsOf("SELECT v->>'reason', count(*) FROM quarantine, "
                     "jsonb_array_elements(violations) v GROUP BY 1"),
            truth_.violations);
  // Accepted ones in canonical form, the payload kept as it was.
  EXPECT_EQ(CountsOf("SELECT normalized::jsonb->>'country', count(*) FROM records GROUP BY 1"),
            truth_.valid_by_code);
  EXPECT_EQ(CountOf(*database_, "records WHERE normalizer_version < 1"), 0);
  EXPECT_EQ(SumOf("(p->>'quantity')::numeric"), static_cast<double>(truth_.valid_quantity));
  EXPECT_NEAR(SumOf("(p->>'quantity')::numeric * (p->>'unit_price')::numeric"),
              truth_.valid_turnover, 0.01);

  // What the strict schema still refuses stays, however often it is replayed.
  const ToolResult in_vain =
      tool_->Run({"quarantine", "replay", "--schema", "shop.v1.Line", "--output", "json"});
  EXPECT_EQ(in_vain.Json()["accepted"], 0) << in_vain.output << in_vain.errors;
  EXPECT_EQ(CountOf(*database_, "quarantine"), truth_.rows - truth_.valid);

  Register(kCorrected, 2);
  if (HasFatalFailure()) return;
  const nlohmann::json replayed = Run({"quarantine", "replay", "--schema", "shop.v1.Line"});
  EXPECT_EQ(replayed["accepted"], truth_.rows - truth_.valid) << replayed;
  EXPECT_EQ(CountOf(*database_, "quarantine"), 0);
  EXPECT_EQ(CountOf(*database_, "records"), truth_.rows);
  EXPECT_EQ(CountOf(*database_, "receipts WHERE outcome = 3"), 0);
  EXPECT_EQ(SumOf("(p->>'quantity')::numeric"), static_cast<double>(truth_.quantity));
  EXPECT_NEAR(SumOf("(p->>'quantity')::numeric * (p->>'unit_price')::numeric"), truth_.turnover,
              0.01);
  EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());

  // Once more: nothing is left to do, and the file again is known to the last line.
  EXPECT_EQ(Run({"quarantine", "replay", "--schema", "shop.v1.Line"})["accepted"], 0);
}

}  // namespace
}  // namespace selfsame::test
