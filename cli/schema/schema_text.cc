#include "cli/schema/schema_text.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/enum_label.h"
#include "cli/output.h"
#include "cli/schema/aspects.h"
#include "cli/timestamp.h"
#include "server/schema/descriptors.h"

namespace selfsame::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using nlohmann::ordered_json;
using schema::Entry;
using schema::Finding;

std::string Origin(const schema::v1::Schema& schema) {
  return schema.is_built_in() ? "(ships with the server)" : schema.registered_by();
}

const FieldDescriptor& FieldOf(const Descriptor& message, const Entry& entry) {
  return *message.file()->pool()->FindFieldByName(entry.full_name);
}

std::string Dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string Days(std::uint32_t days) { return days == 0 ? "-" : fmt::format("{} days", days); }

// What a message as a whole holds is said by its fields; the line of the field is for its own
// rules.
std::vector<std::string> FieldRow(const Descriptor& message, const Entry& entry) {
  const std::string rules = RulesText(FieldOf(message, entry));
  if (!entry.is_leaf) return {entry.path, entry.type, "", rules, "", "", ""};
  return {entry.path,
          entry.type,
          EnumLabel(entry.data_class),
          rules,
          Days(entry.retention_days),
          Dash(entry.owner),
          Dash(entry.purpose)};
}

void CollectTexts(const FileDescriptor& file, std::map<std::string, std::string>& texts) {
  if (schema::IsSupplied(file.name()) || texts.contains(file.name())) return;
  texts.emplace(file.name(), file.DebugString());
  for (int i = 0; i < file.dependency_count(); ++i) CollectTexts(*file.dependency(i), texts);
}

}  // namespace

std::string SchemaTable(const schema::v1::ListSchemasResponse& schemas) {
  Table table{.headings = {"NAME", "VERSION", "KIND", "STATE", "LAST RECORD", "REGISTERED", "BY"}};
  for (const auto& schema : schemas.schemas()) {
    table.rows.push_back({schema.name(), fmt::format("{}", schema.version()),
                          EnumLabel(schema.kind()), EnumLabel(schema.state()),
                          FormatMoment(schema.last_record_at()),
                          FormatMoment(schema.registered_at()), Origin(schema)});
  }
  return FormatTable(table);
}

std::string SchemaCard(const schema::v1::Schema& schema) {
  std::string card = fmt::format(
      "schema       {} version {}\nkind         {}\nstate        {}\nregistered   {}  {}\n"
      "last record  {}\n",
      schema.name(), schema.version(), EnumLabel(schema.kind()), EnumLabel(schema.state()),
      FormatMoment(schema.registered_at()), Origin(schema), FormatMoment(schema.last_record_at()));
  if (schema.has_sunset_at()) {
    card += fmt::format("sunset       {}\n", FormatTimestamp(schema.sunset_at()));
  }
  if (schema.has_retired_at()) {
    card += fmt::format("retired      {}\n", FormatTimestamp(schema.retired_at()));
  }
  return card;
}

std::string FieldTable(const Descriptor& message) {
  Table table{.headings = {"FIELD", "TYPE", "CLASS", "RULES", "KEPT", "OWNER", "PURPOSE"}};
  const schema::Entries entries = schema::EntriesOf(message);
  for (const Entry& entry : entries.all) {
    table.rows.push_back(FieldRow(message, entry));
  }
  return FormatTable(table);
}

ordered_json FieldsJson(const Descriptor& message) {
  ordered_json fields = ordered_json::array();
  const schema::Entries entries = schema::EntriesOf(message);
  for (const Entry& entry : entries.all) {
    fields.push_back(
        {{"path", entry.path},
         {"type", entry.type},
         {"is_leaf", entry.is_leaf},
         {"class", options::v1::DataClass_Name(entry.data_class)},
         {"owner", entry.owner},
         {"purpose", entry.purpose},
         {"legal_basis", options::v1::LegalBasis_Name(entry.legal_basis)},
         {"retention_days", entry.retention_days},
         {"options",
          OptionAspects(FieldOf(message, entry).options().GetExtension(options::v1::field))}});
  }
  return fields;
}

std::string FindingText(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{}  {}", finding.rule, finding.path);
    if (finding.against_version > 0) {
      text += fmt::format("  (against version {})", finding.against_version);
    }
    text += fmt::format("\n    {}", finding.message);
    if (!finding.was.empty() || !finding.is.empty()) {
      text += fmt::format(": {} -> {}", Dash(finding.was), Dash(finding.is));
    }
    text += "\n";
  }
  return text;
}

ordered_json FindingsJson(const std::vector<Finding>& findings) {
  ordered_json list = ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"rule", finding.rule},
                    {"path", finding.path},
                    {"old", finding.was},
                    {"new", finding.is},
                    {"against_version", finding.against_version},
                    {"message", finding.message}});
  }
  return list;
}

std::vector<Finding> FindingsOf(const schema::v1::RegisterSchemaResponse& response) {
  std::vector<Finding> findings;
  for (const auto& finding : response.findings()) {
    findings.push_back({.rule = finding.rule(),
                        .path = finding.path(),
                        .was = finding.old(),
                        .is = finding.new_(),
                        .against_version = finding.against_version(),
                        .message = finding.message()});
  }
  return findings;
}

void AddFindings(const std::vector<Finding>& more, std::vector<Finding>& findings) {
  for (const Finding& finding : more) {
    const bool known = std::any_of(findings.begin(), findings.end(), [&](const Finding& other) {
      return other.rule == finding.rule && other.path == finding.path &&
             other.against_version == finding.against_version;
    });
    if (!known) findings.push_back(finding);
  }
}

std::string DifferenceTable(const std::vector<Difference>& differences) {
  if (differences.empty()) return "no difference\n";
  Table table{.headings = {"CHANGE", "ELEMENT", "ASPECT", "OLD", "NEW"}};
  for (const Difference& difference : differences) {
    table.rows.push_back({ChangeName(difference.change), difference.path, difference.aspect,
                          Dash(difference.old), Dash(difference.now)});
  }
  return FormatTable(table);
}

ordered_json DifferenceJson(const Difference& difference) {
  return {{"change", ChangeName(difference.change)},
          {"path", difference.path},
          {"aspect", difference.aspect},
          {"old", difference.old},
          {"new", difference.now}};
}

std::vector<std::pair<std::string, std::string>> ProtoTexts(const Descriptor& message) {
  std::map<std::string, std::string> texts;
  CollectTexts(*message.file(), texts);
  return {texts.begin(), texts.end()};
}

}  // namespace selfsame::cli
