#include "cli/quality/report_page.h"

#include <fmt/format.h>

#include "base/check.h"
#include "cli/catalog/catalog_page.h"
#include "cli/quality/report_parts.h"
#include "cli/quality/report_sources.h"
#include "cli/quality_template.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

std::string Tile(const std::string& title, const std::string& value) {
  return fmt::format("<div class=\"tile\"><small>{}</small><b>{}</b></div>", title, value);
}

std::string Summary(const QualityFacts& facts) {
  Totals all;
  for (const auto& hour : facts.hours.hours()) all.Add(hour);
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

// How old the newest claims are, and how old they may be.
std::string FreshnessText(const QualityFacts& facts, const std::string& field, double age) {
  const Objective* wanted =
      FindObjective(facts.objectives,
                    {.measure = Measure::kFreshness, .source = "", .schema = "", .field = field});
  if (wanted == nullptr) return AgeText(age);
  const auto within = static_cast<double>(wanted->within_seconds);
  return AgeText(age) + fmt::format(" <small class=\"{}\">({}wanted: {})</small>",
                                    age > within ? "missed" : "reached",
                                    age > within ? "too old, " : "", AgeText(within));
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
    const Measured filled{.measure = Measure::kProfileCompleteness,
                          .source = "",
                          .schema = "",
                          .field = field.field()};
    table.Row({EscapeHtml(field.field()),
               BarAndPercent(Share(static_cast<double>(field.profiles()),
                                   static_cast<double>(facts.quality.profiles())),
                             FindObjective(facts.objectives, filled)),
               field.has_age_mean() ? AgeText(field.age_mean()) : "-",
               field.has_age_p90() ? FreshnessText(facts, field.field(), field.age_p90()) : "-",
               said_by});
  }
  return Section("What is known of people",
                 "How many have each field, how old it is, and which source said it last.",
                 table.Html("Nothing is known of anybody yet."));
}

std::string Records(const QualityFacts& facts) {
  HtmlTable table({"Field", "Kind of record", "Source", "Records that fill it", "Asked for"});
  for (const auto& field : facts.fields.fields()) {
    if (!field.is_required() && !field.is_recommended()) continue;
    for (const auto& sender : field.senders()) {
      if (sender.records() == 0) continue;
      const Measured filled{.measure = Measure::kCompleteness,
                            .source = sender.source(),
                            .schema = field.schema(),
                            .field = field.path()};
      table.Row({EscapeHtml(field.path()), EscapeHtml(field.schema()), EscapeHtml(sender.source()),
                 BarAndPercent(Share(static_cast<double>(sender.filled()),
                                     static_cast<double>(sender.records())),
                               FindObjective(facts.objectives, filled)),
                 field.is_required() ? "required" : "recommended"});
    }
  }
  return Section("How complete records are",
                 "Fields that records are required or recommended to have, over all accepted ones.",
                 table.Html("No record has been accepted yet that has such fields."));
}

std::string Quarantine(const QualityFacts& facts) {
  HtmlTable table({"Reason", "Source", "Schema", "Records", "Since"});
  for (const auto& group : facts.quarantine.groups()) {
    table.Row({EscapeHtml(group.reason()), EscapeHtml(group.source()), EscapeHtml(group.schema()),
               fmt::format("{}", group.records()), FormatMoment(group.oldest_at())});
  }
  return Section("What is in quarantine",
                 "Records that break a rule. They are kept whole and can be repaired and sent "
                 "again.",
                 table.Html("Nothing is."));
}

std::string Drift(const QualityFacts& facts) {
  HtmlTable table({"Field", "Schema", "Source", "Times", "Since"});
  for (const auto& unknown : facts.drift.unknown()) {
    table.Row({EscapeHtml(unknown.path()) + (unknown.is_enum_value() ? " (value)" : ""),
               EscapeHtml(unknown.schema()), EscapeHtml(unknown.source()),
               fmt::format("{}", unknown.count()), FormatMoment(unknown.first_seen_at())});
  }
  return Section("What nobody announced",
                 "Fields and values that sources began to send without saying so: no description "
                 "of their records has them.",
                 table.Html("Everything that arrives is known."));
}

std::string Audits(const QualityFacts& facts) {
  HtmlTable table({"Field", "Found right", "Between", "Judged", "Drawn"});
  for (const auto& audit : facts.quality.audits()) {
    const Measured accuracy{
        .measure = Measure::kAccuracy, .source = "", .schema = "", .field = audit.field()};
    table.Row({EscapeHtml(audit.field()),
               BarAndPercent(audit.accuracy(), FindObjective(facts.objectives, accuracy),
                             audit.accuracy_low()),
               Percent(audit.accuracy_low()) + " and " + Percent(audit.accuracy_high()),
               fmt::format("{} of {}", audit.right() + audit.wrong(), audit.samples()),
               FormatMoment(audit.drawn_at())});
  }
  return Section(
      "What people found right",
      "Samples that people judged; the truth lies between the two bounds with 95 % confidence. A "
      "target is reached once even the lower bound is above it.",
      table.Html("No sample has been judged yet: <code>selfsame quality draw</code> makes one."));
}

// Puts `text` where the template has the mark. Requires: it has it, once.
void Put(std::string& page, std::string_view mark, const std::string& text) {
  const std::size_t at = page.find(mark);
  SELFSAME_CHECK(at != std::string::npos);
  page.replace(at, mark.size(), text);
}

}  // namespace

TimeUs ReportSince(TimeUs now, std::uint32_t days) {
  constexpr std::int64_t kDayMicros = std::int64_t{86'400} * 1'000'000;
  const std::int64_t back = now.us - static_cast<std::int64_t>(days) * kDayMicros;
  return {back - back % kDayMicros};
}

std::string QualityHtml(const QualityFacts& facts, TimeUs now) {
  std::string page(QualityTemplateFiles().front().text);
  Put(page, "{{as_of}}", FormatTimestamp(ToTimestamp(now)));
  Put(page, "{{sections}}",
      Summary(facts) + Profiles(facts) + Records(facts) + ValiditySection(facts) +
          SourcesSection(facts, now) + Quarantine(facts) + Drift(facts) + Audits(facts));
  return page;
}

}  // namespace selfsame::cli
