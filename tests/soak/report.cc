#include "tests/soak/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace selfsame::soak {
namespace {

nlohmann::json ToJson(const Calm& calm) {
  return {{"calls", calm.calls},
          {"failed", calm.failed},
          {"p50_ms", calm.p50_ms},
          {"p99_ms", calm.p99_ms},
          {"max_ms", calm.max_ms}};
}

std::string ToLine(const char* when, const Calm& calm) {
  return fmt::format(
      "{:<18} {:>6} calls  {:>3} failed  p50 {:>8.1f} ms  p99 {:>8.1f} ms  max {:>8.1f} ms\n", when,
      calm.calls, calm.failed, calm.p50_ms, calm.p99_ms, calm.max_ms);
}

}  // namespace

std::vector<std::string> FailuresOf(const Report& report, bool outcomes_only) {
  std::vector<std::string> failures;
  for (const Calm* calm : {&report.alone, &report.beside}) {
    if (calm->calls == 0) failures.emplace_back("the well-behaved tenant made no call");
    if (calm->failed > 0) {
      failures.push_back(fmt::format("{} calls of the well-behaved tenant failed, the first: {}",
                                     calm->failed, calm->first_failure));
    }
  }
  for (const auto& [name, count] : report.attacks) {
    if (count.rounds == 0) failures.push_back("the attack on " + name + " did not come about");
  }
  if (report.exit_code != std::optional<int>(0)) {
    failures.push_back(report.exit_code ? fmt::format("exit code {}", *report.exit_code)
                                        : std::string("the server did not stop in time"));
  }
  if (report.peak_mib - report.warm_mib > kGrowthMiBMax) {
    failures.push_back(fmt::format("the server grew from {:.0f} to {:.0f} MiB, more than {:.0f}",
                                   report.warm_mib, report.peak_mib, kGrowthMiBMax));
  }
  if (outcomes_only) return failures;
  if (report.beside.p99_ms > kP99TimesMax * report.alone.p99_ms) {
    failures.push_back(fmt::format(
        "p99 of {:.1f} ms beside attacks is {:.1f} times its own, not {:.0f}", report.beside.p99_ms,
        report.beside.p99_ms / report.alone.p99_ms, kP99TimesMax));
  }
  if (report.stop_seconds > kStopSecondsMax) {
    failures.push_back(fmt::format("the stop took {:.1f} s", report.stop_seconds));
  }
  return failures;
}

std::string FormatText(const Report& report) {
  std::string text = ToLine("alone", report.alone) + ToLine("beside attacks", report.beside);
  text += fmt::format("{:<18} warm {:.0f} MiB  end {:.0f} MiB  peak {:.0f} MiB\n", "server memory",
                      report.warm_mib, report.end_mib, report.peak_mib);
  text += fmt::format("{:<18} {:.1f} s\n", "stop", report.stop_seconds);
  for (const auto& [name, count] : report.attacks) {
    text +=
        fmt::format("{:<20} {:>6} rounds  {:>6} answered\n", name, count.rounds, count.answered);
  }
  if (!report.has_front) text += "haproxy is not installed: nothing was sent through the front\n";
  return text;
}

std::string FormatJson(const Report& report, const std::vector<std::string>& failures) {
  nlohmann::json attacks = nlohmann::json::object();
  for (const auto& [name, count] : report.attacks) {
    attacks[name] = {{"rounds", count.rounds}, {"answered", count.answered}};
  }
  const nlohmann::json json = {
      {"seconds", report.seconds},
      {"has_front", report.has_front},
      {"alone", ToJson(report.alone)},
      {"beside", ToJson(report.beside)},
      {"memory_mib",
       {{"warm", report.warm_mib}, {"end", report.end_mib}, {"peak", report.peak_mib}}},
      {"attacks", attacks},
      {"stop_seconds", report.stop_seconds},
      {"exit_code", report.exit_code ? nlohmann::json(*report.exit_code) : nlohmann::json()},
      {"passed", failures.empty()},
      {"failures", failures}};
  return json.dump(2) + "\n";
}

}  // namespace selfsame::soak
