// What Prometheus says of the quality of half a million real order lines, against what the file
// says when it is read on its own: completeness, uniqueness, freshness.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "base/time.h"
#include "tests/e2e/clients.h"
#include "tests/e2e/observability/prometheus.h"
#include "tests/e2e/retail/retail_truth.h"
#include "tests/e2e/tool.h"
#include "tests/support/data_dir.h"
#include "tests/support/ingest_client.h"
#include "tests/support/records.h"
#include "tests/support/seed.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::chrono::minutes kPatience{2};
constexpr double kSecondsNear = 30;  // What a level may be behind, with room.
const std::set<std::string> kNoCountry = {"Unspecified", "European Community", "Channel Islands"};

// What one invoice says of its customer.
struct Said {
  std::string invoice;
  std::string customer;
  std::string country;
  std::string time;
};

struct Truth {
  double rows = 0;
  double with_customer = 0;
  double with_description = 0;
  double repeated = 0;  // Lines that are like an earlier one in every column.
  std::vector<Said> said;
  std::map<std::string, std::int64_t>
      last_said;  // Seconds, by customer; of countries that are some.
};

Truth ReadTruth(const std::string& path) {
  Truth truth;
  std::set<std::string> seen, invoices;
  ForEachOrderLine(path, [&](const OrderLine& line) {
    ++truth.rows;
    truth.with_customer += line.customer.empty() ? 0 : 1;
    truth.with_description += line.description.empty() ? 0 : 1;
    truth.repeated += seen.insert(line.whole).second ? 0 : 1;
    if (line.customer.empty() || !invoices.insert(line.invoice).second) return;
    truth.said.push_back({line.invoice, line.customer, line.country, line.time});
    if (kNoCountry.contains(line.country)) return;
    std::int64_t& last = truth.last_said[line.customer];
    last = std::max(last, ParseRfc3339(line.time).value().us / 1'000'000);
  });
  return truth;
}

// The time at which this share of the customers, newest first, was spoken of: noon of the day.
double QuantileOf(const std::map<std::string, std::int64_t>& last_said, double share) {
  std::vector<std::int64_t> days;
  for (const auto& [customer, last] : last_said) days.push_back(last / kDay);
  std::sort(days.rbegin(), days.rend());
  const auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(days.size())));
  return static_cast<double>(days[at - 1] * kDay + kDay / 2);
}

class RetailQuality : public testing::Test {
 protected:
  void SetUp() override {
    const auto found = DataFile("retail/online_retail.csv.xz");
    if (!found) GTEST_SKIP() << "no retail/online_retail.csv.xz: set SELFSAME_DATA_DIR";
    if (Installed("prometheus").empty()) {
      GTEST_SKIP() << "no prometheus on this machine: ./dev setup installs it";
    }
    file_ = *found;
    truth_ = ReadTruth(file_);
    database_ = TestDatabase::Create();
    tenant_ = database_->SeedTenant("shop");
    server_ = ServerProcess::Start(*database_);
    prometheus_ = std::make_unique<Prometheus>(server_->metrics_address(), "");
  }

  void Import() {
    Tool tool(
        {"SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key});
    const ToolResult imported = tool.Run({"import", "csv", file_, "--output", "json"});
    ASSERT_EQ(imported.exit_code, 0) << imported.errors;
  }

  // In any order: what is older and comes later makes nobody older.
  void SayCountries() {
    std::mt19937_64 random(Seed());
    std::vector<Said> said = truth_.said;
    std::shuffle(said.begin(), said.end(), random);
    IngestClient client(server_->grpc_address(), tenant_.api_key);
    std::vector<ingest::v1::ProfileUpdate> updates;
    for (const Said& one : said) {
      updates.push_back(UpdateBuilder("country " + one.invoice)
                            .At(ParseRfc3339(one.time).value())
                            .With("customer_id", one.customer)
                            .Json(nlohmann::json{{"country", one.country}}.dump())
                            .Build());
      if (updates.size() < 500 && &one != &said.back()) continue;
      SendUntilSettled(client, Updates(updates), Deadline::After(kPatience));
      updates.clear();
    }
  }

  // What Prometheus says once it says that, and until then what it says last.
  double Await(const std::string& promql, double expected, double near = 0) {
    const Deadline deadline = Deadline::After(std::chrono::seconds(30));
    double value = prometheus_->Value(promql, -1);
    while (std::abs(value - expected) > near && !deadline.Expired()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      value = prometheus_->Value(promql, -1);
    }
    return value;
  }

  void ExpectValue(const std::string& promql, double expected, double near = 0) {
    EXPECT_NEAR(Await(promql, expected, near), expected, near) << promql;
  }

  std::string file_;
  Truth truth_;
  std::unique_ptr<TestDatabase> database_;
  SeededTenant tenant_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<Prometheus> prometheus_;
};

TEST_F(RetailQuality, WhatPrometheusSaysIsWhatTheFileSays) {
  Import();
  const std::string of_lines =
      R"({tenant="shop",source="web",schema="selfsame.schemas.commerce.v1.OrderLine")";
  ExpectValue("selfsame_quality_records_total" + of_lines + "}", truth_.rows);
  ExpectValue("selfsame_field_records_total" + of_lines + ",field=\"description\"}",
              truth_.with_description);
  ExpectValue("selfsame_field_records_total" + of_lines + ",field=\"sku\"}", truth_.rows);
  ExpectValue(R"(selfsame_records_identified_total{kind="customer_id"})", truth_.with_customer);
  ExpectValue(R"(selfsame_records_alike_total{source="web"})", truth_.repeated);

  SayCountries();
  const auto customers = static_cast<double>(truth_.last_said.size());
  const double people = static_cast<double>(ReadRetailTruth(file_).customers +
                                            ReadRetailTruth(file_).orphaned_invoices);
  ExpectValue("selfsame_profiles", people);
  ExpectValue(R"(selfsame_profile_field_filled{field="country"})", customers);
  ExpectValue(R"(selfsame:profile_completeness:ratio{field="country"})", customers / people, 1e-9);

  double sum = 0;
  for (const auto& [customer, last] : truth_.last_said) sum += static_cast<double>(last);
  const std::string age = R"(time() - selfsame_profile_field_age_seconds{field="country",stat=)";
  ExpectValue(age + "\"mean\"}", sum / customers, kSecondsNear);
  ExpectValue(R"(time() - selfsame_source_field_age_seconds{source="web",field="country"})",
              sum / customers, kSecondsNear);
  for (const auto& [stat, share] :
       {std::pair{"p50", 0.5}, std::pair{"p90", 0.9}, std::pair{"p99", 0.99}}) {
    ExpectValue(age + fmt::format("\"{}\"}}", stat), QuantileOf(truth_.last_said, share),
                kSecondsNear);
  }
  RecordProperty("mean_age_days",
                 static_cast<int>((Now().us / 1'000'000 - sum / customers) / kDay));
}

}  // namespace
}  // namespace selfsame::test
