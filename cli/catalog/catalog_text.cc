#include "cli/catalog/catalog_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "cli/enum_label.h"
#include "cli/import/progress.h"
#include "cli/output.h"
#include "cli/timestamp.h"

namespace selfsame::cli {

using catalog::v1::Field;

namespace {

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

std::string Names(const std::vector<std::string>& names) {
  return names.empty() ? "-" : fmt::format("{}", fmt::join(names, ", "));
}

std::string UnusedText(Field::Unused unused) {
  switch (unused) {
    case Field::UNUSED_NEVER_SENT: return "never sent";
    case Field::UNUSED_NOT_SENT: return "no longer sent";
    case Field::UNUSED_NOT_READ: return "read by nobody";
    default: return EnumLabel(unused);  // Of a later protocol.
  }
}

std::string SenderLines(const Field& field) {
  std::string text;
  for (const auto& sender : field.senders()) {
    text += fmt::format("from  source {}: {} of {} records, last {}\n", sender.source(),
                        FormatCount(sender.filled()), FormatCount(sender.records()),
                        FormatMoment(sender.last_seen_at()));
  }
  return text.empty() ? "from  nobody yet\n" : text;
}

std::string ConsumerLines(const Field& field) {
  std::string text;
  for (const auto& consumer : field.consumers()) {
    text += fmt::format("to    {}: ", consumer.name());
    text += consumer.has_last_read_at()
                ? fmt::format("{} reads, last {}", FormatCount(consumer.reads()),
                              FormatTimestamp(consumer.last_read_at()))
                : "not seen to read";
    text += consumer.is_declared() ? ", declared by the schema\n" : "\n";
  }
  return text.empty() ? "to    nobody yet\n" : text;
}

}  // namespace

std::string FilledText(const Field& field) {
  if (field.records() == 0) return "-";
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(field.filled()) /
                                     static_cast<double>(field.records()));
}

std::string SenderNames(const Field& field) {
  std::vector<std::string> names;
  for (const auto& sender : field.senders()) names.push_back(sender.source());
  return Names(names);
}

std::string ConsumerNames(const Field& field) {
  std::vector<std::string> names;
  for (const auto& consumer : field.consumers()) names.push_back(consumer.name());
  return Names(names);
}

std::string CatalogTable(const catalog::v1::ListFieldsResponse& fields) {
  Table table{.headings = {"SCHEMA", "FIELD", "TYPE", "CLASS", "KEPT", "FILLED", "SENT BY",
                           "READ BY", "OWNER"}};
  for (const Field& field : fields.fields()) {
    table.rows.push_back({fmt::format("{} v{}", field.schema(), field.schema_version()),
                          field.path(), field.type(), EnumLabel(field.class_()),
                          fmt::format("{} days", field.retention_days()), FilledText(field),
                          SenderNames(field), ConsumerNames(field), field.owner()});
  }
  return FormatTable(table);
}

std::string UnusedTable(const catalog::v1::ListFieldsResponse& fields) {
  Table table{.headings = {"SCHEMA", "FIELD", "WHY", "LAST SENT", "OWNER"}};
  for (const Field& field : fields.fields()) {
    table.rows.push_back({fmt::format("{} v{}", field.schema(), field.schema_version()),
                          field.path(), UnusedText(field.unused()),
                          FormatMoment(field.last_seen_at()), field.owner()});
  }
  return FormatTable(table);
}

std::string LineageText(const catalog::v1::GetLineageResponse& lineage) {
  const Field& field = lineage.field();
  std::string text = fmt::format(
      "{}.{}  ({}, version {})\n  owner    {}\n  purpose  {}\n  class    {}\n  basis    {}\n"
      "  kept     {} days\n  filled   {}\n\n",
      field.schema(), field.path(), field.type(), field.schema_version(), OrDash(field.owner()),
      OrDash(field.purpose()), EnumLabel(field.class_()), EnumLabel(field.legal_basis()),
      field.retention_days(), FilledText(field));
  text += SenderLines(field);
  text += field.attribute().empty()
              ? "into  events\n"
              : fmt::format("into  attribute {} of the profile\n", field.attribute());
  for (const std::string& other : lineage.also_from()) {
    text += fmt::format("      where {} goes too\n", other);
  }
  return text + ConsumerLines(field);
}

}  // namespace selfsame::cli
