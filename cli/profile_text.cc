#include "cli/profile_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>
#include <vector>

#include "cli/enum_label.h"
#include "cli/output.h"
#include "cli/proto_json.h"
#include "cli/timestamp.h"

namespace selfsame::cli {

using profile::v1::MergeHistoryEntry;

namespace {

std::string OneLine(const google::protobuf::Message& message) {
  return ProtoJson(message).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// Text as it is, anything else as JSON.
std::string ValueText(const google::protobuf::Value& value) {
  return value.kind_case() == google::protobuf::Value::kStringValue ? value.string_value()
                                                                    : OneLine(value);
}

Table IdentifierTable(const profile::v1::Profile& profile) {
  Table table{.headings = {"IDENTIFIER", "VALUE", "FIRST SEEN"}};
  for (const auto& identifier : profile.identifiers()) {
    table.rows.push_back(
        {identifier.kind(), identifier.value(), FormatTimestamp(identifier.first_seen_at())});
  }
  return table;
}

Table AttributeTable(const profile::v1::Profile& profile) {
  Table table{.headings = {"ATTRIBUTE", "VALUE", "SOURCE", "AS OF"}};
  const std::map<std::string, profile::v1::Attribute> sorted(profile.attributes().begin(),
                                                             profile.attributes().end());
  for (const auto& [name, attribute] : sorted) {
    table.rows.push_back({name, ValueText(attribute.value()), attribute.source(),
                          FormatTimestamp(attribute.event_time())});
  }
  return table;
}

// One id as it is, several joined by " + ".
template <typename Ids>
std::string JoinIds(const Ids& ids) {
  return fmt::format("{}", fmt::join(ids, " + "));
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace

std::string ProfileCard(const profile::v1::Profile& profile) {
  std::string card =
      fmt::format("profile   {}\nrevision  {}\ncreated   {}\nupdated   {}\n\n",
                  profile.profile_id(), profile.revision(), FormatTimestamp(profile.created_at()),
                  FormatTimestamp(profile.updated_at()));
  card += FormatTable(IdentifierTable(profile));
  if (!profile.attributes().empty()) card += "\n" + FormatTable(AttributeTable(profile));
  return card;
}

std::string EventTable(const profile::v1::ListEventsResponse& events) {
  Table table{.headings = {"TIME", "SOURCE", "SCHEMA", "KEY", "PAYLOAD"}};
  for (const auto& event : events.events()) {
    table.rows.push_back({FormatTimestamp(event.event_time()), event.source(),
                          fmt::format("{} v{}", event.schema(), event.schema_version()),
                          event.key(), OneLine(event.payload())});
  }
  return FormatTable(table);
}

std::string HistoryTable(const profile::v1::GetMergeHistoryResponse& history) {
  const auto& entries = history.entries();
  const bool is_decided = std::any_of(entries.begin(), entries.end(), [](const auto& entry) {
    return !entry.operation_id().empty();
  });
  Table table{.headings = {"TIME", "ACTION", "RULE", "EVIDENCE"}};
  if (is_decided) table.headings.insert(table.headings.end(), {"WHO", "WHY"});
  table.headings.insert(table.headings.end(), {"HISTORY ID", "BEFORE -> AFTER"});
  for (const auto& entry : entries) {
    std::vector<std::string> row = {FormatTimestamp(entry.at()), EnumLabel(entry.action()),
                                    entry.rule(),
                                    fmt::format("{} ~ {}", entry.kind_a(), entry.kind_b())};
    if (is_decided) row.insert(row.end(), {OrDash(entry.actor()), OrDash(entry.reason())});
    row.push_back(entry.history_id());
    row.push_back(JoinIds(entry.before()) + " -> " + JoinIds(entry.after()));
    table.rows.push_back(std::move(row));
  }
  return FormatTable(table);
}

}  // namespace selfsame::cli
