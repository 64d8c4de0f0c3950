#include "cli/quality/report_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/check.h"
#include "cli/catalog/catalog_page.h"
#include "cli/quality/charts.h"
#include "cli/quality_template.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

using Hour = quality::v1::CountRecordsResponse::Hour;

// Rows of cells that are HTML already, under headings that become labels on a phone.
class HtmlTable {
 public:
  explicit HtmlTable(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  void Row(const std::vector<std::string>& cells) {
    rows_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      rows_ += fmt::format("<td data-label=\"{}\"><span>{}</span></td>", headings_[i], cells[i]);
    }
    rows_ += "</tr>\n";
  }

  // `nothing` stands where there is no row.
  std::string Html(const std::string& nothing) const {
    if (rows_.empty()) return "<p>" + nothing + "</p>\n";
    std::string head;
    for (const std::string& heading : headings_) head += "<th>" + heading + "</th>";
    return "<table><thead><tr>" + head + "</tr></thead><tbody>\n" + rows_ + "</tbody></table>\n";
  }

 private:
  const std::vector<std::string> headings_;
  std::string rows_;
};

double Share(double part, double whole) { return whole > 0 ? part / whole : 0; }

std::string Percent(double share) { return fmt::format("{:.1f} %", share * 100); }

std::string BarAndPercent(double share) { return ShareBar(share) + Percent(share); }

std::string AgeText(double seconds) {
  constexpr double kMinute = 60, kHour = 3'600, kDay = 86'400;
  if (seconds < 2 * kMinute) return fmt::format("{:.0f} seconds", seconds);
  if (seconds < 2 * kHour) return fmt::format("{:.0f} minutes", seconds / kMinute);
  if (seconds < 2 * kDay) return fmt::format("{:.0f} hours", seconds / kHour);
  return fmt::format("{:.0f} days", seconds / kDay);
}

struct Totals {
  std::uint64_t received = 0, accepted = 0, duplicate = 0, quarantined = 0, refused = 0, alike = 0;

  void Add(const Hour& hour) {
    received += hour.received();
    accepted += hour.accepted();
    duplicate += hour.duplicate();
    quarantined += hour.quarantined();
    refused += hour.rejected() + hour.consent_denied() + hour.suppressed();
    alike += hour.alike();
  }
};

std::string Tile(const std::string& title, const std::string& value) {
  return fmt::format("<div class=\"tile\"><small>{}</small><b>{}</b></div>", title, value);
}

std::string Summary(const QualityFacts& facts) {
  Totals all;
  for (const Hour& hour : facts.hours.hours()) all.Add(hour);
  std::string html = "<div class=\"tiles\">";
  html += Tile("People", fmt::format("{}", facts.quality.profiles()));
  html += Tile("Records received", fmt::format("{}", all.received));
  html +=
      Tile("Accepted",
           Percent(Share(static_cast<double>(all.accepted), static_cast<double>(all.received))));
  html += Tile("Sent twice", Percent(Share(static_cast<double>(all.duplicate + all.alike),
                                           static_cast<double>(all.received))));
  html += Tile("In quarantine now", fmt::format("{}", facts.quarantine.records()));
  return html + "</div>\n";
}

std::string Profiles(const QualityFacts& facts) {
  HtmlTable table({"Field", "People who have it", "Mean age", "Nine of ten within", "Said by"});
  for (const auto& field : facts.quality.fields()) {
    std::string said_by;
    for (const auto& source : field.sources()) {
      said_by += fmt::format("{}{} {}", said_by.empty() ? "" : ", ", EscapeHtml(source.source()),
                             Percent(Share(static_cast<double>(source.profiles()),
                                           static_cast<double>(field.profiles()))));
    }
    table.Row({EscapeHtml(field.field()),
               BarAndPercent(Share(static_cast<double>(field.profiles()),
                                   static_cast<double>(facts.quality.profiles()))),
               AgeText(field.age_mean()), AgeText(field.age_p90()), said_by});
  }
  return "<section><h2>What is known of people</h2><p class=\"why\">How many have each field, how "
         "old it is, and which source said it last.</p>\n" +
         table.Html("Nothing is known of anybody yet.") + "</section>\n";
}

std::string Records(const QualityFacts& facts) {
  HtmlTable table({"Field", "Schema", "Source", "Records that fill it", "Wanted"});
  for (const auto& field : facts.fields.fields()) {
    if (!field.is_required() && !field.is_recommended()) continue;
    for (const auto& sender : field.senders()) {
      if (sender.records() == 0) continue;
      table.Row({EscapeHtml(field.path()), EscapeHtml(field.schema()), EscapeHtml(sender.source()),
                 BarAndPercent(Share(static_cast<double>(sender.filled()),
                                     static_cast<double>(sender.records()))),
                 field.is_required() ? "required" : "recommended"});
    }
  }
  return "<section><h2>How complete records are</h2><p class=\"why\">Fields that their schema "
         "requires or recommends, over all accepted records.</p>\n" +
         table.Html("No record has been accepted yet.") + "</section>\n";
}

std::string SourceChart(const std::string& source, const std::vector<const Hour*>& hours) {
  Totals totals;
  // By day where the hours are many: a column has to be seen.
  const std::size_t prefix = hours.size() > 24 * 4 ? 10 : 13;
  std::map<std::string, Totals> columns;
  for (const Hour* hour : hours) {
    totals.Add(*hour);
    columns[FormatTimestamp(hour->hour_at()).substr(0, prefix)].Add(*hour);
  }
  ColumnChart chart{.title = "Records of " + source,
                    .names = {"accepted", "sent twice", "quarantined", "refused"},
                    .columns = {}};
  for (const auto& [label, sum] : columns) {
    chart.columns.push_back(
        {label + (prefix == 13 ? ":00" : ""),
         {static_cast<double>(sum.accepted), static_cast<double>(sum.duplicate),
          static_cast<double>(sum.quarantined), static_cast<double>(sum.refused)}});
  }
  return fmt::format(
      "<h3>{} <small>{} received, {} accepted, {} say the same as another</small></h3>\n{}",
      EscapeHtml(source), totals.received, totals.accepted, totals.alike, StackedColumns(chart));
}

std::string Sources(const QualityFacts& facts) {
  std::map<std::string, std::vector<const Hour*>> by_source;
  for (const Hour& hour : facts.hours.hours()) by_source[hour.source()].push_back(&hour);
  std::string html =
      "<section><h2>What each source sent</h2><p class=\"why\">By the time of its arrival. "
      "Everything that arrives has one outcome.</p>\n";
  for (const auto& [source, hours] : by_source) html += SourceChart(source, hours);
  return html + (by_source.empty() ? "<p>Nothing arrived in this time.</p>\n" : "") +
         "</section>\n";
}

std::string Quarantine(const QualityFacts& facts) {
  HtmlTable table({"Reason", "Source", "Schema", "Records", "Since"});
  for (const auto& group : facts.quarantine.groups()) {
    table.Row({EscapeHtml(group.reason()), EscapeHtml(group.source()), EscapeHtml(group.schema()),
               fmt::format("{}", group.records()), FormatMoment(group.oldest_at())});
  }
  return "<section><h2>What is in quarantine</h2><p class=\"why\">Records that break their schema. "
         "They are kept whole and can be repaired and sent again.</p>\n" +
         table.Html("Nothing is.") + "</section>\n";
}

std::string Drift(const QualityFacts& facts) {
  HtmlTable table({"Field", "Schema", "Source", "Times", "Since"});
  for (const auto& unknown : facts.drift.unknown()) {
    table.Row({EscapeHtml(unknown.path()) + (unknown.is_enum_value() ? " (value)" : ""),
               EscapeHtml(unknown.schema()), EscapeHtml(unknown.source()),
               fmt::format("{}", unknown.count()), FormatMoment(unknown.first_seen_at())});
  }
  return "<section><h2>What no schema knows</h2><p class=\"why\">Fields and values that sources "
         "began to send without saying so.</p>\n" +
         table.Html("Everything that arrives is known.") + "</section>\n";
}

std::string Audits(const QualityFacts& facts) {
  HtmlTable table({"Field", "Found right", "Between", "Judged", "Drawn"});
  for (const auto& audit : facts.quality.audits()) {
    table.Row({EscapeHtml(audit.field()), BarAndPercent(audit.accuracy()),
               Percent(audit.accuracy_low()) + " and " + Percent(audit.accuracy_high()),
               fmt::format("{} of {}", audit.right() + audit.wrong(), audit.samples()),
               FormatMoment(audit.drawn_at())});
  }
  return "<section><h2>What people found right</h2><p class=\"why\">Samples that people judged; "
         "the "
         "truth lies between the two bounds with 95 % confidence.</p>\n" +
         table.Html(
             "No sample has been judged yet: <code>selfsame quality draw</code> makes one.") +
         "</section>\n";
}

// Puts `text` where the template has the mark. Requires: it has it, once.
void Put(std::string& page, std::string_view mark, const std::string& text) {
  const std::size_t at = page.find(mark);
  SELFSAME_CHECK(at != std::string::npos);
  page.replace(at, mark.size(), text);
}

}  // namespace

std::string QualityHtml(const QualityFacts& facts, TimeUs now) {
  std::string page(QualityTemplateFiles().front().text);
  Put(page, "{{as_of}}", FormatTimestamp(ToTimestamp(now)));
  Put(page, "{{sections}}",
      Summary(facts) + Profiles(facts) + Records(facts) + Sources(facts) + Quarantine(facts) +
          Drift(facts) + Audits(facts));
  return page;
}

}  // namespace selfsame::cli
