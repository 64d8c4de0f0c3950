// `selfsame quality draw`, `audits`, `samples` and `judge`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/all_pages.h"
#include "cli/connect.h"
#include "cli/enum_label.h"
#include "cli/proto_json.h"
#include "cli/quality/run_quality.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

using quality::v1::Audit;

std::string AccuracyText(const Audit& audit) {
  if (audit.right() + audit.wrong() == 0) return "-";
  return fmt::format("{:.1f} % ({:.1f} to {:.1f})", audit.accuracy() * 100,
                     audit.accuracy_low() * 100, audit.accuracy_high() * 100);
}

Result<quality::v1::DrawSampleResponse> Draw(const Settings& settings, const DrawOptions& options) {
  quality::v1::DrawSampleRequest request;
  request.set_field(options.field);
  request.set_size(options.size);
  request.set_stratify_by(options.stratify_by);
  request.set_seed(options.seed);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.DrawSample(request, Deadline::After(kCallWait * 4));
}

Result<quality::v1::ListSamplesResponse> Samples(const Settings& settings,
                                                 const std::string& audit) {
  quality::v1::ListSamplesRequest request;
  request.set_audit_id(audit);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return AllPages<quality::v1::ListSamplesResponse>(request, [&](const auto& page) {
    return client.ListSamples(page, Deadline::After(kCallWait));
  });
}

// A cell of a table of commas. What a spreadsheet would take for a formula becomes text.
std::string CsvCell(std::string text) {
  if (!text.empty() && std::string("=+-@\t\r").find(text[0]) != std::string::npos) {
    text.insert(0, 1, '\'');
  }
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

quality::v1::Verdict VerdictOf(const std::string& name) {
  if (name == "right") return quality::v1::VERDICT_RIGHT;
  return name == "wrong" ? quality::v1::VERDICT_WRONG : quality::v1::VERDICT_UNKNOWN;
}

// A string without its quotes; anything else as JSON has it.
std::string ValueText(const std::string& json) {
  const auto value = nlohmann::json::parse(json, nullptr, false);
  return value.is_string() ? value.get<std::string>() : json;
}

std::string StratumText(const quality::v1::Sample& sample) {
  if (sample.is_stratum_changed()) return "(another now)";
  return sample.stratum().empty() ? "-" : sample.stratum();
}

void ShowCsv(const Output& output, const quality::v1::ListSamplesResponse& samples) {
  output.Text("number,profile_id,stratum,value,changed,verdict,comment,stratum_changed\n");
  for (const auto& sample : samples.samples()) {
    output.Text(fmt::format("{},{},{},{},{},{},{},{}\n", sample.number(), sample.profile_id(),
                            CsvCell(sample.stratum()), CsvCell(ValueText(sample.value_json())),
                            sample.is_changed() ? "yes" : "no",
                            sample.verdict() == 0 ? "" : EnumLabel(sample.verdict()),
                            CsvCell(sample.comment()), sample.is_stratum_changed() ? "yes" : "no"));
  }
}

}  // namespace

ExitCode RunQualityDraw(const Invocation& run, const DrawOptions& options) {
  const auto drawn = Draw(run.settings, options);
  if (!drawn.ok()) return run.output.Fail(drawn.error());
  const Audit& audit = drawn->audit();
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(audit));
  } else {
    run.output.Text(fmt::format("audit {}: {} of {} profiles with {}\n", audit.audit_id(),
                                audit.samples(), audit.population(), audit.field()));
  }
  return ExitCode::kDone;
}

ExitCode RunQualityAudits(const Invocation& run) {
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  const auto audits = AllPages<quality::v1::ListAuditsResponse>(
      quality::v1::ListAuditsRequest(),
      [&](const auto& page) { return client->ListAudits(page, Deadline::After(kCallWait)); });
  if (!audits.ok()) return run.output.Fail(audits.error());
  Table table{.headings = {"AUDIT", "FIELD", "DRAWN", "SAMPLES", "JUDGED", "RIGHT"}};
  for (const Audit& audit : audits->audits()) {
    if (run.output.is_json()) run.output.Json(ProtoJson(audit));
    table.rows.push_back({audit.audit_id(), audit.field(), FormatMoment(audit.drawn_at()),
                          fmt::format("{}", audit.samples()),
                          fmt::format("{}", audit.right() + audit.wrong() + audit.unknown()),
                          AccuracyText(audit)});
  }
  if (!run.output.is_json()) run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

ExitCode RunQualitySamples(const Invocation& run, const SamplesOptions& options) {
  const auto samples = Samples(run.settings, options.audit);
  if (!samples.ok()) return run.output.Fail(samples.error());
  if (options.csv) {
    ShowCsv(run.output, *samples);
    return ExitCode::kDone;
  }
  Table table{.headings = {"NUMBER", "STRATUM", "VERDICT", "CHANGED", "PROFILE", "VALUE"}};
  for (const auto& sample : samples->samples()) {
    if (run.output.is_json()) run.output.Json(ProtoJson(sample));
    table.rows.push_back({fmt::format("{}", sample.number()), StratumText(sample),
                          EnumLabel(sample.verdict()), sample.is_changed() ? "yes" : "-",
                          sample.profile_id(), ValueText(sample.value_json())});
  }
  if (!run.output.is_json()) run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

ExitCode RunQualityJudge(const Invocation& run, const JudgeOptions& options) {
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  quality::v1::SubmitVerdictRequest request;
  request.set_audit_id(options.audit);
  request.set_number(options.number);
  request.set_verdict(VerdictOf(options.verdict));
  request.set_comment(options.comment);
  const auto judged = client->SubmitVerdict(request, Deadline::After(kCallWait));
  if (!judged.ok()) return run.output.Fail(judged.error());
  if (run.output.is_json()) {
    run.output.Json(
        {{"audit_id", options.audit}, {"number", options.number}, {"verdict", options.verdict}});
  } else {
    run.output.Text(fmt::format("sample {} is {}\n", options.number, options.verdict));
  }
  return ExitCode::kDone;
}

}  // namespace selfsame::cli
