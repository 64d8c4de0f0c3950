// The verbs of `selfsame quality`: each runs one to its end and returns the code to exit with.
#ifndef SELFSAME_CLI_QUALITY_RUN_QUALITY_H_
#define SELFSAME_CLI_QUALITY_RUN_QUALITY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.h"

namespace selfsame::cli {

ExitCode RunQualityRules(const Invocation& run, const std::string& objectives_path);

struct ReportOptions {
  std::string html_path;
  std::string objectives_path;  // Empty: no targets are shown.
  std::uint32_t days = 14;
};
ExitCode RunQualityReport(const Invocation& run, const ReportOptions& options);

struct ReconcileOptions {
  std::string source;
  std::string since;
  std::string keys_path;  // One key a line.
  std::optional<std::uint64_t> sent;
  bool by_hour = false;  // By the sums that servers keep, not by receipts.
};
// kLeftOver where what was sent and what arrived do not agree.
ExitCode RunQualityReconcile(const Invocation& run, const ReconcileOptions& options);

struct RecountOptions {
  std::string tenant;
  bool repair = false;
};
// kLeftOver where sums do not agree and were not repaired.
ExitCode RunQualityRecount(const Invocation& run, const RecountOptions& options);

struct DrawOptions {
  std::string field;
  std::uint32_t size = 100;
  std::string stratify_by;
  std::int64_t seed = 1;
};
ExitCode RunQualityDraw(const Invocation& run, const DrawOptions& options);
ExitCode RunQualityAudits(const Invocation& run);

struct SamplesOptions {
  std::string audit;
  bool csv = false;
};
ExitCode RunQualitySamples(const Invocation& run, const SamplesOptions& options);

struct JudgeOptions {
  std::string audit;
  std::uint32_t number = 0;
  std::string verdict;  // right, wrong or unknown.
  std::string comment;
};
ExitCode RunQualityJudge(const Invocation& run, const JudgeOptions& options);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUALITY_RUN_QUALITY_H_
