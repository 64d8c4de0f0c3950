// What is shipped for Prometheus and Grafana, held to their own tools.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/e2e/installation.h"
#include "tests/e2e/observability/dashboards.h"
#include "tests/e2e/observability/prometheus.h"
#include "tests/e2e/tool.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string SourcePath(const std::string& path) {
  const char* root = std::getenv("SELFSAME_SOURCE_DIR");
  return std::string(root == nullptr ? "." : root) + "/" + path;
}

#define NEED(program)                                                          \
  if (Installed(program).empty()) {                                            \
    GTEST_SKIP() << "no " program " on this machine: ./dev setup installs it"; \
  }

TEST(PromtoolTest, ConfigurationAndRulesAreClean) {
  NEED("promtool");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"check", "config", SourcePath("deploy/prometheus/prometheus.yml")},
        {"check", "rules", "--lint-fatal", SourcePath("deploy/prometheus/selfsame.rules.yml")},
        {"check", "rules", "--lint-fatal", SourcePath("deploy/prometheus/objectives.rules.yml")}}) {
    const ProgramOutput checked = RunInstalled("promtool", arguments);
    EXPECT_EQ(checked.exit_code, 0) << checked.text;
    EXPECT_THAT(checked.text, HasSubstr("SUCCESS"));
  }
}

TEST(PromtoolTest, EveryAlertFiresOnItsFaultAndOnlyThen) {
  NEED("promtool");
  std::vector<std::string> arguments = {"test", "rules"};
  for (const auto& entry :
       std::filesystem::directory_iterator(SourcePath("deploy/prometheus/tests"))) {
    arguments.push_back(entry.path().string());
  }
  ASSERT_GT(arguments.size(), 2u);
  const ProgramOutput tested = RunInstalled("promtool", arguments);
  EXPECT_EQ(tested.exit_code, 0) << tested.text;
  // Each alert of the shipped rules is in some test.
  std::string tests;
  for (std::size_t i = 2; i < arguments.size(); ++i) tests += ReadWholeFile(arguments[i]);
  const std::string rules = SourceFile("deploy/prometheus/selfsame.rules.yml");
  int alerts = 0;
  for (std::size_t at = 0; (at = rules.find("- alert: ", at)) != std::string::npos; ++alerts) {
    at += 9;
    const std::string name = rules.substr(at, rules.find('\n', at) - at);
    EXPECT_THAT(tests, HasSubstr("alertname: " + name + "\n"));
  }
  EXPECT_GT(alerts, 10);
}

TEST(PromtoolTest, TheAlertmanagerExampleIsClean) {
  NEED("amtool");
  const ProgramOutput checked =
      RunInstalled("amtool", {"check-config", SourcePath("deploy/prometheus/alertmanager.yml")});
  EXPECT_EQ(checked.exit_code, 0) << checked.text;
}

TEST(ObjectivesTest, TheShippedRulesAreThoseOfTheShippedObjectives) {
  Tool tool;
  const ToolResult rules =
      tool.Run({"quality", "rules", "--objectives", SourcePath("deploy/quality/objectives.toml")});
  EXPECT_EQ(rules.exit_code, 0) << rules.errors;
  EXPECT_EQ(rules.output, SourceFile("deploy/prometheus/objectives.rules.yml"));
}

TEST(DashboardsTest, EveryPanelSaysWhatItShows) {
  const std::vector<Dashboard> dashboards = ReadDashboards();
  EXPECT_GE(dashboards.size(), 4u);
  for (const Dashboard& dashboard : dashboards) {
    EXPECT_THAT(dashboard.complaints, IsEmpty());
    EXPECT_FALSE(dashboard.queries.empty()) << dashboard.title;
  }
}

class ExposedMetricsTest : public InstallationTest {};

TEST_F(ExposedMetricsTest, PromtoolFindsNothingWrongWithThem) {
  NEED("promtool");
  ASSERT_EQ(Track(EventBuilder("a").With("email", "a@x.io")).outcome(), ingest::v1::ACCEPTED);
  const TempFolder folder;
  const std::string path = folder.path() + "/metrics";
  FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs(server_->Metrics().c_str(), file);
  std::fclose(file);
  const auto code = RunProgram(
      {.arguments = {"/bin/sh", "-c", Installed("promtool") + " check metrics < " + path},
       .output_path = folder.path() + "/output",
       .error_path = {},
       .environment = {}},
      std::chrono::minutes(1));
  EXPECT_EQ(code, 0);
  EXPECT_EQ(ReadWholeFile(folder.path() + "/output"), "");
}

// Series of Prometheus' own or of recorded rules apart, a panel asks for what a server says.
TEST_F(ExposedMetricsTest, PanelsAskForNothingElse) {
  ASSERT_EQ(Track(EventBuilder("a").With("email", "a@x.io")).outcome(), ingest::v1::ACCEPTED);
  const std::string rules = SourceFile("deploy/prometheus/selfsame.rules.yml") +
                            SourceFile("deploy/prometheus/objectives.rules.yml");
  const std::string metrics = server_->Metrics();
  for (const Dashboard& dashboard : ReadDashboards()) {
    for (const auto& [where, promql] : dashboard.queries) {
      for (std::string name : MetricsOf(promql)) {
        if (name == "up" || name == "ALERTS") continue;
        if (name.find(':') != std::string::npos) {
          EXPECT_THAT(rules, HasSubstr("- record: " + name + "\n")) << where;
          continue;
        }
        for (const char* suffix : {"_bucket", "_sum", "_count"}) {
          const std::size_t at = name.rfind(suffix);
          if (at != std::string::npos) name.resize(at);
        }
        EXPECT_THAT(metrics, HasSubstr("# HELP " + name + " ")) << where;
      }
    }
  }
}

}  // namespace
}  // namespace selfsame::test
