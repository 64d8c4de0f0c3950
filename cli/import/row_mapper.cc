#include "cli/import/row_mapper.h"

#include <algorithm>
#include <utility>

#include "cli/import/cell.h"
#include "cli/import/record_key.h"
#include "cli/timestamp.h"
#include "identity/canonicalize.h"

namespace selfsame::cli {
namespace {

template <typename Record>
bool HasKind(const Record& record, const std::string& kind) {
  const auto& identifiers = record.identifiers();
  return std::any_of(identifiers.begin(), identifiers.end(),
                     [&](const auto& identifier) { return identifier.kind() == kind; });
}

}  // namespace

RowMapper::RowMapper(ImportMap map, std::string key_prefix, TimeReader time)
    : map_(std::move(map)), key_prefix_(std::move(key_prefix)), time_(std::move(time)) {}

Result<RowMapper> RowMapper::Create(ImportMap map, std::string key_prefix) {
  SELFSAME_ASSIGN_OR_RETURN(TimeReader time, TimeReader::Create(map.time));
  return RowMapper(std::move(map), std::move(key_prefix), std::move(time));
}

std::optional<std::string_view> RowMapper::Map(const CsvRow& row, std::uint64_t row_number,
                                               ingest::v1::StreamRecord& record) const {
  if (row.malformed) return "CSV_MALFORMED";
  if (row.fields.size() != map_.columns.size()) return "COLUMN_COUNT";
  if (!identity::IsUtf8(row.raw)) return "NOT_UTF8";
  switch (map_.kind) {
    case RecordKind::kEvent: Fill(row, row_number, *record.mutable_event()); break;
    case RecordKind::kProfileUpdate: Fill(row, row_number, *record.mutable_profile_update()); break;
  }
  return std::nullopt;
}

template <typename Record>
void RowMapper::Fill(const CsvRow& row, std::uint64_t row_number, Record& record) const {
  record.set_key(RowKey(key_prefix_, row_number));
  const auto time = time_.Read(row.fields[map_.time_column]);
  if (time) *record.mutable_event_time() = ToTimestamp(*time);
  AddIdentifiers(row, record);
  record.mutable_schema()->set_name(map_.schema);
  record.set_json(PayloadJson(row));
}

template <typename Record>
void RowMapper::AddIdentifiers(const CsvRow& row, Record& record) const {
  for (const IdentifierRule& rule : map_.identifiers) {
    const std::string& cell = row.fields[rule.column];
    const bool skipped = std::any_of(rule.unless_kind.begin(), rule.unless_kind.end(),
                                     [&](const auto& kind) { return HasKind(record, kind); });
    if (skipped || IsEmpty(cell)) continue;
    auto* identifier = record.add_identifiers();
    identifier->set_kind(rule.kind);
    identifier->set_value(cell);
  }
}

std::string RowMapper::PayloadJson(const CsvRow& row) const {
  std::string json = "{";
  for (const PayloadRule& rule : map_.payload) {
    const std::string& cell = row.fields[rule.column];
    if (IsEmpty(cell)) continue;
    if (json.size() > 1) json.push_back(',');
    AppendJsonString(rule.field, json);
    json.push_back(':');
    AppendJsonValue(rule.type, cell, json);
  }
  json.push_back('}');
  return json;
}

bool RowMapper::IsEmpty(const std::string& cell) const {
  if (cell.empty()) return true;
  return std::find(map_.empty_values.begin(), map_.empty_values.end(), cell) !=
         map_.empty_values.end();
}

}  // namespace selfsame::cli
