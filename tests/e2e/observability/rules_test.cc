// What is shipped for Prometheus and Grafana, held to their own tools.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/installation.h"
#include "tests/e2e/observability/dashboards.h"
#include "tests/e2e/observability/prometheus.h"
#include "tests/e2e/tool.h"

namespace selfsame::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

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
  std::string tests;
  for (const auto& entry :
       std::filesystem::directory_iterator(SourcePath("deploy/prometheus/tests"))) {
    const std::string path = entry.path().string();
    const ProgramOutput tested = RunInstalled("promtool", {"test", "rules", path});
    EXPECT_EQ(tested.exit_code, 0) << tested.text;
    tests += ReadWholeFile(path);
  }
  // Each alert of the shipped rules is in some test.
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

// Who gets an alert with these labels, by the shipped example.
std::string ReceiversOf(const std::string& severity, const std::string& owner) {
  const ProgramOutput routed =
      RunInstalled("amtool", {"config", "routes", "test",
                              "--config.file=" + SourcePath("deploy/prometheus/alertmanager.yml"),
                              "alertname=SelfsameAny", "severity=" + severity, "owner=" + owner});
  EXPECT_EQ(routed.exit_code, 0) << routed.text;
  // Some versions warn on the line before.
  const std::string lines = routed.text.substr(0, routed.text.find_last_not_of('\n') + 1);
  return lines.substr(lines.rfind('\n') + 1);
}

TEST(AlertmanagerTest, APageReachesThePagerAndItsOwner) {
  NEED("amtool");
  for (const std::string owner : {"crm", "shop", "data", "platform"}) {
    EXPECT_EQ(ReceiversOf("ticket", owner), owner);
    EXPECT_EQ(ReceiversOf("page", owner), "platform-pager," + owner);
  }
  EXPECT_EQ(ReceiversOf("ticket", "someone else"), "platform");
  EXPECT_EQ(ReceiversOf("page", "someone else"), "platform-pager,platform");
}

// What the tool says of one objective, all of which is well but what is given.
ToolResult RulesOf(const std::string& lines) {
  const TempFolder folder;
  const std::string path = folder.path() + "/objectives.toml";
  std::ofstream(path) << "[[objective]]\nname = \"it\"\ntarget = 0.9\nwindow = \"1d\"\n"
                      << "owner = \"data\"\n" + lines;
  return Tool().Run({"quality", "rules", "--objectives", path});
}

TEST(ObjectivesTest, WhatCouldNeverBeMeasuredIsRefused) {
  const std::pair<const char*, const char*> refused[] = {
      {"measure = \"timeliness\"\nwithin_seconds = 300\n",
       "must be one of 1, 10, 60, 600, 3600, 21600, 86400, 604800, 2592000, 31536000"},
      {"measure = \"freshness\"\nfield = \"email\"\nwithin_seconds = 86400\n",
       "must be at least 172800: ages are known to the day"},
      {"measure = \"uniqueness\"\nfield = \"email\"\n", "field means nothing for this measure"},
      {"measure = \"accuracy\"\nfield = \"email\"\nsource = \"web\"\n", "source means nothing"},
      {"measure = \"completeness\"\nfield = \"email\"\n", "schema must be set"},
      {"measure = \"timeliness\"\n", "within_seconds must be set"}};
  for (const auto& [lines, why] : refused) {
    const ToolResult result = RulesOf(lines);
    EXPECT_NE(result.exit_code, 0) << lines;
    EXPECT_THAT(result.errors, AllOf(HasSubstr("it: "), HasSubstr(why)));
  }
}

TEST(ObjectivesTest, ValidityIsOfTheRecordsOfTheSameSchemaEachOnce) {
  const std::string of_field = "measure = \"validity\"\nschema = \"x\"\nfield = \"f\"\n";
  EXPECT_THAT(
      RulesOf(of_field).output,
      AllOf(HasSubstr(R"(selfsame_field_invalid_records_total{schema=\"x\", field=\"f\"}[1d])"),
            HasSubstr(R"(selfsame_schema_checked_total{schema=\"x\"}[1d])")));
  EXPECT_THAT(RulesOf(of_field + "reason = \"R\"\n").output,
              HasSubstr(R"(selfsame_field_violations_total{schema=\"x\", field=\"f\", )"
                        R"(reason=\"R\"}[1d])"));
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
  ASSERT_EQ(Track(EventBuilder("a").With("email", "a@x.io")).outcome(),
            ingest::v1::OUTCOME_ACCEPTED);
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
  ASSERT_EQ(Track(EventBuilder("a").With("email", "a@x.io")).outcome(),
            ingest::v1::OUTCOME_ACCEPTED);
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
