// `selfsame quality report`.
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/connect.h"
#include "cli/quality/report_page.h"
#include "cli/quality/run_quality.h"
#include "cli/text_file.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

Result<QualityFacts> Fetch(const Settings& settings, std::uint32_t days, TimeUs now) {
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  quality::v1::CountRecordsRequest since;
  *since.mutable_since() = ToTimestamp(now - std::chrono::hours(24) * days);
  QualityFacts facts;
  const auto deadline = [] { return Deadline::After(kCallWait); };
  SELFSAME_ASSIGN_OR_RETURN(facts.quality, client.GetQuality({}, deadline()));
  SELFSAME_ASSIGN_OR_RETURN(facts.hours, client.CountRecords(since, deadline()));
  SELFSAME_ASSIGN_OR_RETURN(facts.fields, client.ListFields({}, deadline()));
  SELFSAME_ASSIGN_OR_RETURN(facts.drift, client.ListDrift({}, deadline()));
  SELFSAME_ASSIGN_OR_RETURN(facts.quarantine, client.CountQuarantine({}, deadline()));
  return facts;
}

}  // namespace

ExitCode RunQualityReport(const Invocation& run, const ReportOptions& options) {
  const TimeUs now = Now();
  const auto facts = Fetch(run.settings, options.days, now);
  if (!facts.ok()) return run.output.Fail(facts.error());
  const Status written = WriteFile(options.html_path, QualityHtml(*facts, now));
  if (!written.ok()) return run.output.Fail(written.error());
  if (run.output.is_json()) {
    run.output.Json({{"html", options.html_path}, {"profiles", facts->quality.profiles()}});
  } else {
    run.output.Text(fmt::format("wrote {}\n", options.html_path));
  }
  return ExitCode::kDone;
}

}  // namespace selfsame::cli
