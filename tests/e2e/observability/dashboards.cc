#include "tests/e2e/observability/dashboards.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/e2e/observability/prometheus.h"
#include "tests/support/program.h"

namespace selfsame::test {
namespace {

std::string WithVariables(std::string promql) {
  const std::pair<const char*, const char*> values[] = {
      {"$tenant", ".*"}, {"$source", ".*"}, {"$__rate_interval", "15m"}};
  for (const auto& [variable, value] : values) {
    for (std::size_t at; (at = promql.find(variable)) != std::string::npos;) {
      promql.replace(at, std::string(variable).size(), value);
    }
  }
  return promql;
}

Dashboard DashboardOf(const nlohmann::json& json) {
  Dashboard dashboard{.title = json.value("title", ""), .complaints = {}, .queries = {}};
  const auto need = [&](bool is_there, const std::string& what) {
    if (!is_there) dashboard.complaints.push_back(dashboard.title + ": " + what);
  };
  need(!dashboard.title.empty(), "no title");
  need(!json.value("uid", "").empty(), "no uid");
  need(!json.value("description", "").empty(), "no description");
  for (const auto& panel : json["panels"]) {
    const std::string where = dashboard.title + " / " + panel.value("title", "");
    need(!panel.value("title", "").empty(), "a panel without a title");
    need(panel.value("description", "").size() > 20, where + " has no description");
    need(!panel["fieldConfig"]["defaults"].value("unit", "").empty(), where + " has no unit");
    need(!panel["targets"].empty(), where + " asks nothing");
    for (const auto& target : panel["targets"]) {
      dashboard.queries.push_back({where, WithVariables(target.value("expr", ""))});
    }
  }
  return dashboard;
}

}  // namespace

std::vector<Dashboard> ReadDashboards() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(SourcePath("deploy/grafana/dashboards"))) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Dashboard> dashboards;
  for (const auto& file : files) {
    const auto json = nlohmann::json::parse(ReadWholeFile(file.string()), nullptr, false);
    if (json.is_object()) {
      dashboards.push_back(DashboardOf(json));
    } else {
      dashboards.push_back({file.filename().string(), {file.string() + " is no JSON"}, {}});
    }
  }
  return dashboards;
}

std::vector<std::string> MetricsOf(const std::string& promql) {
  static const std::regex kName(R"(\b(selfsame[a-zA-Z0-9_:]*|up|ALERTS)\b(?!"))");
  std::vector<std::string> names;
  for (std::sregex_iterator match(promql.begin(), promql.end(), kName), end; match != end;
       ++match) {
    names.push_back((*match)[1]);
  }
  return names;
}

}  // namespace selfsame::test
