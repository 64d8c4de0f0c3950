// Debian's Prometheus, run beside a server as operators do, but with days that last minutes.
#ifndef SELFSAME_TESTS_E2E_OBSERVABILITY_PROMETHEUS_H_
#define SELFSAME_TESTS_E2E_OBSERVABILITY_PROMETHEUS_H_

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {

// Every length of time in rules and queries is divided by this.
inline constexpr int kSpeed = 200;

// Durations of PromQL and of rules (5m, [1w:10m], offset 1d, for: 2m) and seconds in parentheses,
// all divided by kSpeed.
std::string SpedUp(const std::string& text);

// The path of a program on this machine; empty: it is not installed.
std::string Installed(const std::string& program);

// The path of a file or folder of the source tree, and the text of such a file.
std::string SourcePath(const std::string& path);
std::string SourceFile(const std::string& path);

struct ProgramOutput {
  int exit_code = -1;
  std::string text;  // Of both streams.
};
// Runs an installed program to its end, within three minutes.
ProgramOutput RunInstalled(const std::string& program, const std::vector<std::string>& arguments);

// Owned by one thread, with which it ends.
class Prometheus {
 public:
  // Scrapes the address four times a second by the shipped rules, sped up. `past` is OpenMetrics
  // text of samples that are there already; empty: none. Returns once it is ready; ends the process
  // where it does not become so.
  Prometheus(const std::string& metrics_address, const std::string& past);

  // The result of an instant query: a list; the test fails where Prometheus refuses it.
  nlohmann::json Query(const std::string& promql) const;
  // The first value of it; `otherwise` where there is none.
  double Value(const std::string& promql, double otherwise) const;
  // "alertname/source" or, with an objective, "alertname/source/objective", of those that fire.
  std::set<std::string> FiringAlerts() const;
  std::set<std::string> MetricNames() const;
  std::string Log() const { return ReadWholeFile(folder_.path() + "/log"); }

 private:
  nlohmann::json Get(const std::string& path) const;

  const TempFolder folder_;
  std::string address_;
  std::unique_ptr<Program> program_;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_OBSERVABILITY_PROMETHEUS_H_
