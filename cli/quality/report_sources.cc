#include "cli/quality/report_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "cli/catalog/catalog_page.h"
#include "cli/quality/charts.h"
#include "cli/quality/report_parts.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

using Hour = quality::v1::CountRecordsResponse::Hour;

constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::size_t kBrokenRulesMax = 30;

std::int64_t SecondsOf(TimeUs time) { return time.us / 1'000'000; }

// "2026-02-01", or "2026-02-01 14:00" of an hour.
std::string StepLabel(std::int64_t at, std::int64_t step) {
  std::string text = FormatRfc3339({at * 1'000'000});
  text[10] = ' ';
  return text.substr(0, step == kDay ? 10 : 16);
}

// Every source that is known of, with its hours.
std::map<std::string, std::vector<const Hour*>> HoursBySource(const QualityFacts& facts) {
  std::map<std::string, std::vector<const Hour*>> sources;
  for (const auto& field : facts.quality.fields()) {
    for (const auto& share : field.sources()) sources[share.source()];
  }
  for (const auto& field : facts.fields.fields()) {
    for (const auto& sender : field.senders()) sources[sender.source()];
  }
  for (const Hour& hour : facts.hours.hours()) sources[hour.source()].push_back(&hour);
  sources.erase("");  // Newer than the server's look at its directory.
  return sources;
}

// One column for every step of the time, whether or not something arrived.
std::string ChartOf(const std::string& source, const std::vector<const Hour*>& hours,
                    const QualityFacts& facts, TimeUs now) {
  // By day where the hours are many: a column has to be seen.
  const std::int64_t since = SecondsOf(facts.since);
  const std::int64_t step = SecondsOf(now) - since > 4 * kDay ? kDay : kHour;
  std::map<std::int64_t, Totals> steps;
  for (std::int64_t at = since - since % step; at <= SecondsOf(now); at += step) steps[at];
  for (const Hour* hour : hours) {
    const std::int64_t at = hour->hour_at().seconds();
    steps[at - at % step].Add(*hour);
  }
  ColumnChart chart{.title = "Records of " + source,
                    .names = {"accepted", "sent twice", "quarantined", "refused"},
                    .nothing = "nothing arrived",
                    .columns = {}};
  for (const auto& [at, sum] : steps) {
    chart.columns.push_back(
        {StepLabel(at, step),
         {static_cast<double>(sum.accepted), static_cast<double>(sum.duplicate),
          static_cast<double>(sum.quarantined), static_cast<double>(sum.refused)}});
  }
  return StackedColumns(chart);
}

std::string SourceHtml(const std::string& source, const std::vector<const Hour*>& hours,
                       const QualityFacts& facts, TimeUs now) {
  Totals totals;
  std::int64_t heard_at = 0;
  for (const Hour* hour : hours) {
    totals.Add(*hour);
    if (hour->received() > 0) heard_at = std::max(heard_at, hour->hour_at().seconds());
  }
  if (heard_at == 0) {
    return fmt::format(
        "<h3>{} <small class=\"missed\">silent</small></h3>\n"
        "<p>Nothing arrived from it in this time.</p>\n",
        EscapeHtml(source));
  }
  return fmt::format(
      "<h3>{} <small>{} received, {} accepted, {} say the same as another; last heard from in the "
      "hour of {}</small></h3>\n{}",
      EscapeHtml(source), totals.received, totals.accepted, totals.alike,
      StepLabel(heard_at, kHour), ChartOf(source, hours, facts, now));
}

// EMAIL_INVALID becomes "email invalid".
std::string InWords(std::string reason) {
  for (char& c : reason) {
    if (c == '_') c = ' ';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return reason;
}

// "items[3].sku" is "items.sku": the same field.
std::string WithoutIndices(const std::string& path) {
  std::string kept;
  bool is_index = false;
  for (const char c : path) {
    if (c == '[') is_index = true;
    if (!is_index) kept += c;
    if (c == ']') is_index = false;
  }
  return kept;
}

std::string BrokenRules(const QualityFacts& facts) {
  std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t> rules;
  for (const auto& record : facts.broken.records()) {
    std::set<std::tuple<std::string, std::string, std::string>> of_record;
    for (const auto& violation : record.violations()) {
      of_record.emplace(WithoutIndices(violation.field()), violation.reason(), record.source());
    }
    for (const auto& rule : of_record) ++rules[rule];
  }
  std::vector<std::pair<std::uint64_t, std::tuple<std::string, std::string, std::string>>> sorted;
  for (const auto& [rule, records] : rules) sorted.emplace_back(records, rule);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  HtmlTable table({"Field", "What is wrong", "Source", "Records"});
  for (std::size_t i = 0; i < std::min(sorted.size(), kBrokenRulesMax); ++i) {
    const auto& [field, reason, source] = sorted[i].second;
    table.Row({EscapeHtml(field), EscapeHtml(InWords(reason)), EscapeHtml(source),
               fmt::format("{}", sorted[i].first)});
  }
  std::string html = table.Html("No rule is broken by what is in quarantine.");
  if (sorted.size() > kBrokenRulesMax) {
    html += fmt::format("<p>And {} more.</p>\n", sorted.size() - kBrokenRulesMax);
  }
  if (!facts.broken.next_page_token().empty()) {
    html += fmt::format("<p>Of the {} records that came into quarantine first.</p>\n",
                        facts.broken.records_size());
  }
  return html;
}

}  // namespace

void Totals::Add(const Hour& hour) {
  received += hour.received();
  accepted += hour.accepted();
  duplicate += hour.duplicate();
  quarantined += hour.quarantined();
  refused += hour.rejected() + hour.consent_denied() + hour.suppressed();
  alike += hour.alike();
}

std::string SourcesSection(const QualityFacts& facts, TimeUs now) {
  const auto sources = HoursBySource(facts);
  std::string html;
  for (const auto& [source, hours] : sources) html += SourceHtml(source, hours, facts, now);
  if (sources.empty()) html = "<p>No source has sent anything yet.</p>\n";
  return Section("What each source sent",
                 "By the time of its arrival (UTC). Everything that arrives has one outcome. Where "
                 "a column is only tinted, nothing came.",
                 html);
}

std::string ValiditySection(const QualityFacts& facts) {
  HtmlTable table({"Source", "Arrived", "Keeps to the rules", "Sent only once"});
  for (const auto& [source, hours] : HoursBySource(facts)) {
    Totals totals;
    for (const Hour* hour : hours) totals.Add(*hour);
    if (totals.received == 0) continue;
    const auto part = [&](std::uint64_t bad) {
      return 1 - Share(static_cast<double>(bad), static_cast<double>(totals.received));
    };
    const Measured uniqueness{
        .measure = Measure::kUniqueness, .source = source, .schema = "", .field = ""};
    table.Row({EscapeHtml(source), fmt::format("{}", totals.received),
               BarAndPercent(part(totals.quarantined)),
               BarAndPercent(part(totals.duplicate + totals.alike),
                             FindObjective(facts.objectives, uniqueness))});
  }
  return Section("How correct records are",
                 "Of all that arrived in this time: how much breaks none of the rules for its "
                 "fields, and how much is not the repetition of something that came before.",
                 table.Html("Nothing arrived in this time.")) +
         Section("Which rules are broken",
                 "By the records of this time that are in quarantine now. One record can break "
                 "several.",
                 BrokenRules(facts));
}

}  // namespace selfsame::cli
