// The shipped dashboards, as Grafana would read them.
#ifndef SELFSAME_TESTS_E2E_OBSERVABILITY_DASHBOARDS_H_
#define SELFSAME_TESTS_E2E_OBSERVABILITY_DASHBOARDS_H_

#include <string>
#include <vector>

namespace selfsame::test {

struct PanelQuery {
  std::string where;   // "Selfsame: Operations / Queue".
  std::string promql;  // With everything for the variables.
};

struct Dashboard {
  std::string title;
  std::vector<std::string> complaints;  // What a panel lacks: a title, a unit, a description.
  std::vector<PanelQuery> queries;
};

// All of deploy/grafana/dashboards.
std::vector<Dashboard> ReadDashboards();

// Names of metrics and recorded rules that a query reads.
std::vector<std::string> MetricsOf(const std::string& promql);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_OBSERVABILITY_DASHBOARDS_H_
