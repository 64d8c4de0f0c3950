#include "cli/import/dry_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "cli/import/progress.h"
#include "cli/import/tally.h"
#include "cli/output.h"
#include "server/schema/payload.h"

namespace selfsame::cli {
namespace {

constexpr std::size_t kExamplesMax = 3;
// What the server decides by settings that are not in the schema.
constexpr std::array<std::string_view, 4> kDependingReasons = {
    "PHONE_REGION_UNKNOWN", "DATE_AMBIGUOUS", "NOT_IN_VOCABULARY", "ISO_CODES_MISSING"};

using Problems = std::set<DryRunProblem>;

void AddPayloadProblems(const schema::CompiledSchema& schema, const std::string& json, TimeUs now,
                        Problems& problems) {
  const auto checked =
      schema::CheckPayload(schema, schema::Encoding::kJson, json, schema::Customs{.now = now});
  for (const Violation& violation : checked.violations) {
    const bool depends = std::find(kDependingReasons.begin(), kDependingReasons.end(),
                                   violation.reason) != kDependingReasons.end();
    problems.insert(
        {depends ? "DEPENDS" : "INVALID", violation.reason, FieldOfPath(violation.field)});
  }
}

template <typename Record>
void AddRecordProblems(const Record& record, const DryRunOptions& options, Problems& problems) {
  if (!record.has_event_time()) problems.insert({"INVALID", "EVENT_TIME_REQUIRED", "event_time"});
  if (record.identifiers().empty()) {
    problems.insert({"INVALID", "NO_USABLE_IDENTIFIER", "identifiers"});
  }
  if (options.schema == nullptr) return;
  AddPayloadProblems(*options.schema, record.json(), options.now, problems);
}

Problems ProblemsOf(const CsvRow& row, bool is_converted, const RowMapper& mapper,
                    const DryRunOptions& options) {
  Problems problems;
  ingest::v1::StreamRecord record;
  auto problem = mapper.ProblemOf(row, is_converted);
  if (!problem) problem = mapper.Map(row, "dry run", record);
  if (problem) {
    problems.insert({std::string(kUnreadableRow), std::string(problem->reason),
                     problem->reason == kTimeUnreadable ? "event_time" : ""});
    return problems;
  }
  if (record.has_event()) {
    AddRecordProblems(record.event(), options, problems);
  } else {
    AddRecordProblems(record.profile_update(), options, problems);
  }
  // Where the schema is known it decides: it reads more than the map does.
  if (options.schema != nullptr) return problems;
  for (const CellMisfit& misfit : mapper.MisfitsOf(row)) {
    problems.insert(
        {"INVALID", std::string(misfit.reason), fmt::format("payload.{}", misfit.field)});
  }
  return problems;
}

}  // namespace

Status RunDry(RowFile& file, const RowMapper& mapper, const DryRunOptions& options,
              DryRunReport& report) {
  report.schema_checked = options.schema != nullptr;
  CsvRow row;
  for (std::uint64_t number = 1; report.rows_read < options.rows_max; ++number) {
    SELFSAME_ASSIGN_OR_RETURN(const bool more, file.Next(row));
    if (!more) break;
    if (number < options.from_row) continue;
    ++report.rows_read;
    const Problems problems = ProblemsOf(row, file.is_converted(), mapper, options);
    if (problems.empty()) ++report.rows_without_problem;
    for (const DryRunProblem& problem : problems) {
      DryRunRows& rows = report.problems[problem];
      ++rows.rows;
      if (rows.examples.size() < kExamplesMax) rows.examples.push_back(number);
    }
  }
  return {};
}

std::string DryRunText(const DryRunReport& report) {
  Table table{.headings = {"EFFECT", "REASON", "FIELD", "ROWS", "FIRST ROWS"}};
  for (const auto& [problem, rows] : report.problems) {
    table.rows.push_back({problem.effect, problem.reason,
                          problem.field.empty() ? "-" : problem.field, FormatCount(rows.rows),
                          fmt::format("{}", fmt::join(rows.examples, ", "))});
  }
  return fmt::format(
             "dry run   {} as {} by map {}; nothing was sent\n"
             "schema    {}\n"
             "rows      {} read, {} without a problem\n",
             report.file, report.schema, report.map,
             report.schema_checked ? "checked" : "not checked", FormatCount(report.rows_read),
             FormatCount(report.rows_without_problem)) +
         (table.rows.empty() ? "" : "\n" + FormatTable(table));
}

nlohmann::ordered_json DryRunJson(const DryRunReport& report) {
  nlohmann::ordered_json problems = nlohmann::ordered_json::array();
  for (const auto& [problem, rows] : report.problems) {
    problems.push_back({{"effect", problem.effect},
                        {"reason", problem.reason},
                        {"field", problem.field},
                        {"rows", rows.rows},
                        {"first_rows", rows.examples}});
  }
  return {{"dry_run", true},
          {"file", report.file},
          {"map", report.map},
          {"schema", report.schema},
          {"schema_checked", report.schema_checked},
          {"rows_read", report.rows_read},
          {"rows_without_problem", report.rows_without_problem},
          {"problems", std::move(problems)}};
}

}  // namespace selfsame::cli
