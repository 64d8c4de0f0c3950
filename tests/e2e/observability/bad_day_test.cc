// A day with Prometheus: nothing is wrong, nothing fires; then one thing goes wrong with each of
// four sources, and the alerts of just these faults fire. Every query of every panel has an answer.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tests/e2e/installation.h"
#include "tests/e2e/observability/dashboards.h"
#include "tests/e2e/observability/feed.h"
#include "tests/e2e/observability/prometheus.h"
#include "tests/e2e/tool.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;
using testing::IsSupersetOf;

using Names = std::set<std::string>;
constexpr std::chrono::seconds kBaseline{25};
constexpr std::chrono::seconds kWait{90};

// What is expected of the four faults, and of nobody else.
const Names kFaults = {"SelfsameSourceSilent/pos",
                       "SelfsameEmailsInvalid/crm",
                       "SelfsameQuarantineGrowing/crm",
                       "SelfsameObjectiveMissed/crm/emails-are-valid",
                       "SelfsameUnknownFields/app",
                       "SelfsameDuplicateSpike/erp",
                       "SelfsameObjectiveMissed/erp/records-are-unique"};

// Samples of last week, since no test runs for one: what is usual. Prometheus takes them as its
// own.
std::string LastWeek() {
  const double week = 7.0 * 86'400 / kSpeed;
  const double now = static_cast<double>(Now().us) / 1e6;
  std::string text;
  const auto family = [&](const std::string& name, const std::string& labels, double value) {
    for (double at = now - week - 100; at < now - week + 300; at += 5) {
      text += fmt::format("{}{{tenant=\"acme\",source=\"web\"{}}} {} {:.3f}\n", name, labels, value,
                          at);
    }
  };
  text += "# TYPE selfsame:volume:increase1h gauge\n";
  family("selfsame:volume:increase1h", "", 90);
  text += "# TYPE selfsame:value_share:ratio1d gauge\n";
  for (const char* value : {"KIND_HARD", "KIND_SOFT", "KIND_BLOCKED", "KIND_UNSPECIFIED"}) {
    family("selfsame:value_share:ratio1d",
           fmt::format(",schema=\"selfsame.schemas.messaging.v1.EmailBounced\",field=\"kind\","
                       "value=\"{}\"",
                       value),
           value == std::string("KIND_HARD") ? 1 : 0);
  }
  return text + "# EOF\n";
}

class BadDayTest : public InstallationTest {
 protected:
  // PostgreSQL of tests gives up what a crash would cost, for speed: an alert of its own.
  void BeDurable() {
    TestDatabase::Administer("ALTER SYSTEM SET fsync = on");
    TestDatabase::Administer("ALTER SYSTEM SET full_page_writes = on");
    TestDatabase::Administer("SELECT pg_reload_conf()");
    const Deadline deadline = Deadline::After(kWait);
    while (server_->Metric("selfsame_postgres_fsync") != 1 ||
           server_->Metric("selfsame_postgres_full_page_writes") != 1) {
      ASSERT_FALSE(deadline.Expired());
    }
  }

  void SetUp() override {
    if (Installed("prometheus").empty() || Installed("promtool").empty()) {
      GTEST_SKIP() << "no prometheus and promtool on this machine: ./dev setup installs them";
    }
    BeDurable();
    prometheus_ = std::make_unique<Prometheus>(server_->metrics_address(), LastWeek());
    AddFeed("web", tenant_.api_key, Fault::kNone);
    for (const auto& [name, fault] :
         {std::pair{"pos", Fault::kSilence}, std::pair{"crm", Fault::kInvalidEmails},
          std::pair{"app", Fault::kUnknownField}, std::pair{"erp", Fault::kDuplicates}}) {
      AddFeed(name, AddSource(name, 100), fault);
    }
    AwaitFirstScrape();
  }

  // Prometheus finds its targets some seconds after its start, which here are an hour without any.
  void AwaitFirstScrape() {
    const Deadline deadline = Deadline::After(kWait);
    while (prometheus_->FiringAlerts().contains("SelfsameDown/") ||
           prometheus_->Value("up", 0) != 1) {
      ASSERT_FALSE(deadline.Expired()) << prometheus_->Log();
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }

  void AddFeed(const std::string& name, const std::string& api_key, Fault fault) {
    feeds_.push_back(std::make_unique<Feed>(server_->grpc_address(), api_key, name, fault));
  }

  // Watches what fires until `is_enough`; what ever fired. A failure where it takes too long.
  template <typename Done>
  Names Watch(std::chrono::milliseconds wait, const Done& is_enough) {
    Names fired;
    const Deadline deadline = Deadline::After(wait);
    while (!deadline.Expired()) {
      const Names now = prometheus_->FiringAlerts();
      fired.insert(now.begin(), now.end());
      if (is_enough(fired)) return fired;
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    return fired;
  }

  // An audit of e-mail addresses in which everything judged was right, and one sample waits.
  void JudgeEmails() {
    Tool tool(
        {"SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key});
    const ToolResult drawn =
        tool.Run({"quality", "draw", "email", "--size", "40", "--output", "json"});
    ASSERT_EQ(drawn.exit_code, 0) << drawn.errors;
    const auto audit = drawn.Json()["audit_id"].get<std::string>();
    for (int number = 1; number < 40; ++number) {
      const ToolResult judged =
          tool.Run({"quality", "judge", audit, std::to_string(number), "right"});
      ASSERT_EQ(judged.exit_code, 0) << judged.errors;
    }
  }

  // The queries of all panels that have no answer now.
  std::vector<std::string> Unanswered() {
    std::vector<std::string> unanswered;
    for (const Dashboard& dashboard : ReadDashboards()) {
      for (const auto& [where, promql] : dashboard.queries) {
        if (prometheus_->Query(SpedUp(promql)).empty()) unanswered.push_back(where + ": " + promql);
      }
    }
    return unanswered;
  }

  std::unique_ptr<Prometheus> prometheus_;
  std::vector<std::unique_ptr<Feed>> feeds_;  // First to go.
};

TEST_F(BadDayTest, EachFaultFiresItsAlertAndNothingElseDoes) {
  EXPECT_THAT(Watch(kBaseline, [](const Names&) { return false; }), IsEmpty());
  EXPECT_GT(prometheus_->Value("sum(selfsame:received:rate5m)", 0), 10);
  JudgeEmails();
  for (const auto& feed : feeds_) feed->Break();
  const Names fired = Watch(kWait, [](const Names& now) {
    return std::includes(now.begin(), now.end(), kFaults.begin(), kFaults.end());
  });
  EXPECT_EQ(fired, kFaults);

  const Deadline deadline = Deadline::After(kWait);
  std::vector<std::string> unanswered = Unanswered();
  while (!unanswered.empty() && !deadline.Expired()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    unanswered = Unanswered();
  }
  EXPECT_THAT(unanswered, IsEmpty());
  const Names names = prometheus_->MetricNames();
  for (const Dashboard& dashboard : ReadDashboards()) {
    for (const auto& [where, promql] : dashboard.queries) {
      for (const std::string& metric : MetricsOf(promql)) {
        EXPECT_TRUE(names.contains(metric)) << where << " asks for " << metric;
      }
    }
  }
}

// What was counted is accounted for as soon as nothing is under way (INV-7).
TEST_F(BadDayTest, EverythingReceivedHasAnOutcomeInPrometheusToo) {
  const Deadline deadline = Deadline::After(kWait);
  const std::string received = "sum(selfsame_records_received_total)";
  while (prometheus_->Value(received, 0) < 500 && !deadline.Expired()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  feeds_.clear();
  const double sent =
      server_->Metric(R"(selfsame_records_received_total{tenant="acme",source="web"})");
  while (prometheus_->Value(R"(selfsame_records_received_total{source="web"})", 0) < sent &&
         !deadline.Expired()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_GE(prometheus_->Value(received, 0), 500);
  const std::string open = received +
                           " - sum(selfsame_records_total)"
                           " - (sum(selfsame_records_unsettled_total) or vector(0))";
  // The scrape that saw the last of web may have come amid a call of another source.
  while (prometheus_->Value(open, -1) != 0 && !deadline.Expired()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(prometheus_->Value(open, -1), 0);
}

}  // namespace
}  // namespace selfsame::test
