#include "cli/quarantine/quarantine_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/import/progress.h"
#include "cli/output.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

std::string SchemaText(const quarantine::v1::QuarantinedRecord& record) {
  return record.schema_version() == 0
             ? record.schema()
             : fmt::format("{} v{}", record.schema(), record.schema_version());
}

std::string ReasonText(const quarantine::v1::QuarantinedRecord& record) {
  return record.violations_size() > 1
             ? fmt::format("{} +{}", record.reason(), record.violations_size() - 1)
             : record.reason();
}

std::string PatchTable(const quarantine::v1::GetResponse& response) {
  Table table{.headings = {"COPY", "MADE", "BY", "COMMENT"}};
  for (const auto& patch : response.patches()) {
    table.rows.push_back({fmt::format("{}", patch.number()), FormatMoment(patch.at()),
                          patch.actor(), patch.comment()});
  }
  return FormatTable(table);
}

}  // namespace

std::string QuarantineTable(const quarantine::v1::ListResponse& records) {
  Table table{.headings = {"ID", "RECEIVED", "SOURCE", "SCHEMA", "REASON", "COPIES", "EXPIRES"}};
  for (const auto& record : records.records()) {
    table.rows.push_back({record.quarantine_id(), FormatMoment(record.received_at()),
                          record.source(), SchemaText(record), ReasonText(record),
                          fmt::format("{}", record.patch_number()),
                          FormatMoment(record.expires_at())});
  }
  return FormatTable(table);
}

std::string CountTable(const quarantine::v1::CountResponse& counts) {
  Table table{.headings = {"RECORDS", "SOURCE", "SCHEMA", "REASON", "OLDEST", "NEWEST"}};
  for (const auto& group : counts.groups()) {
    table.rows.push_back({FormatCount(group.records()), group.source(), group.schema(),
                          group.reason(), FormatMoment(group.oldest_at()),
                          FormatMoment(group.newest_at())});
  }
  return FormatTable(table) + fmt::format("{} in all\n", FormatCount(counts.records()));
}

std::string ViolationTable(
    const google::protobuf::RepeatedPtrField<ingest::v1::FieldViolation>& violations) {
  Table table{.headings = {"FIELD", "REASON", "MESSAGE"}};
  for (const auto& violation : violations) {
    table.rows.push_back({violation.field(), violation.reason(), violation.message()});
  }
  return FormatTable(table);
}

std::string QuarantineCard(const quarantine::v1::GetResponse& response) {
  const auto& record = response.record();
  std::string card = fmt::format(
      "record    {}\nkey       {}\nsource    {}\nschema    {}\nreceived  {}\nexpires   {}\n\n",
      record.quarantine_id(), record.key(), record.source(), SchemaText(record),
      FormatMoment(record.received_at()), FormatMoment(record.expires_at()));
  card += ViolationTable(record.violations());
  if (response.patches_size() > 0) card += "\n" + PatchTable(response);
  return card;
}

void ReplaySummary::Add(const quarantine::v1::ReplayResponse& page) {
  accepted += page.accepted();
  quarantined += page.quarantined();
  duplicate += page.duplicate();
  rejected += page.rejected();
  for (const auto& [reason, count] : page.reasons()) reasons[reason] += count;
}

std::string ReplayText(const ReplaySummary& summary) {
  std::string text = fmt::format(
      "{} {}{}\n  accepted     {}\n  quarantined  {}\n  duplicate    {}\n  rejected     {}\n",
      summary.dry_run ? "would replay" : "replayed", FormatCount(summary.records()),
      summary.finished ? "" : ", not finished", FormatCount(summary.accepted),
      FormatCount(summary.quarantined), FormatCount(summary.duplicate),
      FormatCount(summary.rejected));
  if (summary.reasons.empty()) return text;
  Table table{.headings = {"REASON", "RECORDS"}};
  for (const auto& [reason, count] : summary.reasons) {
    table.rows.push_back({reason, FormatCount(count)});
  }
  return text + "\n" + FormatTable(table);
}

nlohmann::ordered_json ReplayJson(const ReplaySummary& summary) {
  return {{"dry_run", summary.dry_run},         {"finished", summary.finished},
          {"records", summary.records()},       {"accepted", summary.accepted},
          {"quarantined", summary.quarantined}, {"duplicate", summary.duplicate},
          {"rejected", summary.rejected},       {"reasons", summary.reasons}};
}

}  // namespace selfsame::cli
