#include "cli/import/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/import/progress.h"
#include "cli/output.h"

namespace selfsame::cli {
namespace {

double Seconds(const ImportSummary& summary) {
  return static_cast<double>(summary.elapsed.count()) / 1'000;
}

std::uint64_t RowsASecond(const ImportSummary& summary, const Tally& tally) {
  const auto ms = std::max<std::int64_t>(summary.elapsed.count(), 1);
  return tally.rows_settled() * 1'000 / static_cast<std::uint64_t>(ms);
}

}  // namespace

std::string SummaryText(const ImportSummary& summary, const Tally& tally) {
  Table outcomes{.headings = {"OUTCOME", "REASON", "ROWS"}};
  for (const auto& [name, rows] : tally.counts()) {
    outcomes.rows.push_back(
        {name.first, name.second.empty() ? "-" : name.second, FormatCount(rows)});
  }
  Table left_out{.headings = {"LEFT OUT", "REASON", "VALUES"}};
  for (const auto& [field, values] : tally.left_out()) {
    left_out.rows.push_back({field.first, field.second, FormatCount(values)});
  }
  return fmt::format(
             "{}  {} as {} by map {}\n"
             "rows      {} read, {} sent, {} unsettled\n"
             "time      {:.1f} s, {} rows/s\n",
             summary.finished ? "imported" : "stopped ", summary.file, summary.schema, summary.map,
             FormatCount(tally.rows_read()), FormatCount(tally.rows_sent()),
             FormatCount(tally.rows_unsettled()), Seconds(summary),
             FormatCount(RowsASecond(summary, tally))) +
         (outcomes.rows.empty() ? "" : "\n" + FormatTable(outcomes)) +
         (left_out.rows.empty() ? "" : "\n" + FormatTable(left_out));
}

nlohmann::ordered_json SummaryJson(const ImportSummary& summary, const Tally& tally) {
  nlohmann::ordered_json outcomes = nlohmann::ordered_json::array();
  for (const auto& [name, rows] : tally.counts()) {
    outcomes.push_back({{"outcome", name.first}, {"reason", name.second}, {"rows", rows}});
  }
  nlohmann::ordered_json left_out = nlohmann::ordered_json::array();
  for (const auto& [field, values] : tally.left_out()) {
    left_out.push_back({{"field", field.first}, {"reason", field.second}, {"values", values}});
  }
  return {{"file", summary.file},
          {"map", summary.map},
          {"schema", summary.schema},
          {"finished", summary.finished},
          {"rows_read", tally.rows_read()},
          {"rows_sent", tally.rows_sent()},
          {"rows_unsettled", tally.rows_unsettled()},
          {"outcomes", std::move(outcomes)},
          {"values_left_out", tally.values_left_out()},
          {"left_out", std::move(left_out)},
          {"seconds", Seconds(summary)},
          {"rows_per_second", RowsASecond(summary, tally)}};
}

}  // namespace selfsame::cli
