// What is shipped to bring everything up, as far as it can be held to something without a registry
// of images: the compose file by docker-compose itself, the container by what the programs load.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <sstream>

#include "tests/e2e/observability/prometheus.h"
#include "tests/support/program.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

ProgramOutput Shell(const std::string& command) {
  return RunInstalled("sh", {"-c", "cd " + SourcePath("") + " && " + command});
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// What the group of a pattern is in each line that the pattern is all of.
std::vector<std::string> GroupsOf(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> groups;
  for (const std::string& line : LinesOf(text)) {
    std::smatch match;
    if (std::regex_match(line, match, regex)) groups.push_back(match[1]);
  }
  return groups;
}

class ComposeTest : public testing::Test {
 protected:
  void SetUp() override {
    if (Installed("docker-compose").empty()) {
      GTEST_SKIP() << "no docker-compose on this machine: ./dev setup installs it";
    }
    const ProgramOutput config =
        Shell("SELFSAME_PASSWORD=secret docker-compose -f deploy/compose.yaml config");
    ASSERT_EQ(config.exit_code, 0) << config.text;
    config_ = config.text;
  }
  std::string config_;
};

TEST_F(ComposeTest, HasEveryPartAndEveryFileOfIts) {
  for (const char* service :
       {"postgres", "migrate", "selfsamed", "front", "prometheus", "alertmanager", "grafana"}) {
    EXPECT_THAT(config_, HasSubstr(std::string("\n  ") + service + ":\n"));
  }
  const auto mounts = GroupsOf(config_, R"(^\s*- (/[^:]+):/[^:]+:ro$)");
  EXPECT_GE(mounts.size(), 6u);
  for (const std::string& mount : mounts) EXPECT_TRUE(std::filesystem::exists(mount)) << mount;
}

TEST_F(ComposeTest, OpensPortsOnLoopbackOnlyAndNeedsAPassword) {
  const auto ports = GroupsOf(config_, R"(^\s*- (\S+:\d+)/tcp$)");
  EXPECT_EQ(ports.size(), 6u);
  for (const std::string& port : ports) EXPECT_THAT(port, StartsWith("127.0.0.1:"));
  EXPECT_NE(Shell("docker-compose -f deploy/compose.yaml config").exit_code, 0);
}

TEST_F(ComposeTest, PrometheusFindsItsPartnersByTheirNames) {
  const ProgramOutput checked =
      RunInstalled("promtool", {"check", "config", SourcePath("deploy/prometheus/compose.yml")});
  EXPECT_EQ(checked.exit_code, 0) << checked.text;
  const std::string config = SourceFile("deploy/prometheus/compose.yml");
  EXPECT_THAT(config, HasSubstr("\"selfsamed:9464\""));
  EXPECT_THAT(config, HasSubstr("\"alertmanager:9093\""));
  EXPECT_THAT(SourceFile("deploy/grafana/provisioning/datasources/prometheus.yml"),
              HasSubstr("url: http://prometheus:9090\n"));
}

// Of each library that the programs load, the Debian package: all are among those that the
// container installs, or among what these depend on.
TEST(ContainerTest, InstallsEveryLibraryThatTheProgramsLoad) {
  if (Installed("apt-cache").empty() || Installed("dpkg-query").empty()) {
    GTEST_SKIP() << "no Debian packages here";
  }
  const ProgramOutput installed = Shell(
      "sed -e 's/#.*//' deploy/container/packages.txt | xargs apt-cache depends --recurse "
      "--no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances | "
      "grep -v '^ ' | sort -u");
  ASSERT_EQ(installed.exit_code, 0) << installed.text;
  const std::vector<std::string> there = LinesOf(installed.text);
  // By the folder and the name of each: other packages may have a library of that name elsewhere.
  const ProgramOutput loaded = Shell(
      "ldd $SELFSAME_BIN_DIR/selfsamed $SELFSAME_BIN_DIR/selfsame | awk '/=>/ {print $3}' | "
      "sed 's|.*\\(/[^/]*/[^/]*\\)$|*\\1|' | sort -u | while read -r library; do "
      "dpkg-query -S \"$library\" | head -1 | cut -d: -f1; done | sort -u");
  ASSERT_EQ(loaded.exit_code, 0) << loaded.text;
  const std::vector<std::string> needed = LinesOf(loaded.text);
  EXPECT_GT(needed.size(), 10u);
  for (const std::string& package : needed) EXPECT_THAT(there, testing::Contains(package));
}

}  // namespace
}  // namespace selfsame::test
