// `selfsame quality report`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "cli/all_pages.h"
#include "cli/connect.h"
#include "cli/quality/report_page.h"
#include "cli/quality/run_quality.h"
#include "cli/text_file.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

constexpr std::uint32_t kBrokenRecords = 1'000;

Result<std::vector<Objective>> ReadObjectives(const std::string& path) {
  if (path.empty()) return std::vector<Objective>();
  SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path));
  return ParseObjectives(text);
}

Result<QualityFacts> Fetch(const Settings& settings, const ReportOptions& options, TimeUs now) {
  QualityFacts facts;
  facts.since = ReportSince(now, options.days);
  SELFSAME_ASSIGN_OR_RETURN(facts.objectives, ReadObjectives(options.objectives_path));
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  quality::v1::CountRecordsRequest since;
  *since.mutable_since() = ToTimestamp(facts.since);
  quarantine::v1::ListRequest broken;
  *broken.mutable_selector()->mutable_from() = since.since();
  broken.set_page_size(kBrokenRecords);
  const auto deadline = [] { return Deadline::After(kCallWait); };
  SELFSAME_ASSIGN_OR_RETURN(facts.quality, client.GetQuality({}, deadline()));
  SELFSAME_ASSIGN_OR_RETURN(facts.hours, client.CountRecords(since, deadline()));
  SELFSAME_ASSIGN_OR_RETURN(
      facts.fields, AllPages<catalog::v1::ListFieldsResponse>(
                        catalog::v1::ListFieldsRequest(),
                        [&](const auto& page) { return client.ListFields(page, deadline()); }));
  SELFSAME_ASSIGN_OR_RETURN(
      facts.drift, AllPages<catalog::v1::ListDriftResponse>(
                       catalog::v1::ListDriftRequest(),
                       [&](const auto& page) { return client.ListDrift(page, deadline()); }));
  SELFSAME_ASSIGN_OR_RETURN(facts.quarantine, client.CountQuarantine({}, deadline()));
  SELFSAME_ASSIGN_OR_RETURN(facts.broken, client.ListQuarantine(broken, deadline()));
  return facts;
}

}  // namespace

ExitCode RunQualityReport(const Invocation& run, const ReportOptions& options) {
  const TimeUs now = Now();
  const auto facts = Fetch(run.settings, options, now);
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
