#include "cli/import/row_mapper.h"

#include <algorithm>
#include <utility>

#include "cli/import/cell.h"
#include "cli/timestamp.h"
#include "identity/canonicalize.h"

namespace selfsame::cli {
namespace {

// What a converter puts where bytes mean nothing in the file's encoding.
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kDateLength = sizeof("1980-05-01") - 1;

template <typename Record>
bool HasKind(const Record& record, const std::string& kind) {
  const auto& identifiers = record.identifiers();
  return std::any_of(identifiers.begin(), identifiers.end(),
                     [&](const auto& identifier) { return identifier.kind() == kind; });
}

Result<TimeReaders> ReadersOf(const std::vector<TimeReader::Options>& formats, CellType type) {
  std::vector<TimeReader> readers;
  for (const TimeReader::Options& options : formats) {
    SELFSAME_ASSIGN_OR_RETURN(TimeReader reader, type == CellType::kDate
                                                     ? TimeReader::CreateForDays(options.format)
                                                     : TimeReader::Create(options));
    readers.push_back(std::move(reader));
  }
  return TimeReaders(std::move(readers));
}

std::string_view MisfitReason(CellType type) {
  switch (type) {
    case CellType::kInt: return "NOT_AN_INT";
    case CellType::kDouble: return "NOT_A_DOUBLE";
    case CellType::kBool: return "NOT_A_BOOL";
    case CellType::kDate: return "DATE_UNREADABLE";
    case CellType::kTime: return kTimeUnreadable;
    case CellType::kAsIs:
    case CellType::kString: return "";
  }
  return "";
}

// The text of a number as JSON writes it.
std::string NumberText(const ImportMap& map, CellType type, const std::string& cell) {
  if (!map.decimal_comma || (type != CellType::kInt && type != CellType::kDouble)) return cell;
  return WithDecimalPoint(cell);
}

}  // namespace

Result<RowMapper> RowMapper::Create(ImportMap map, TimeUs now) {
  RowMapper mapper(std::move(map), now);
  SELFSAME_ASSIGN_OR_RETURN(mapper.time_, ReadersOf(mapper.map_.time.formats, CellType::kTime));
  for (const PayloadRule& rule : mapper.map_.payload) {
    SELFSAME_ASSIGN_OR_RETURN(TimeReaders readers, ReadersOf(rule.formats, rule.type));
    mapper.payload_times_.push_back(std::move(readers));
  }
  return mapper;
}

std::optional<RowProblem> RowMapper::ProblemOf(const CsvRow& row, bool is_converted) const {
  if (row.malformed) return RowProblem{row.is_json ? "JSON_MALFORMED" : "CSV_MALFORMED", ""};
  if (row.fields.size() != map_.columns.size()) return RowProblem{"COLUMN_COUNT", ""};
  if (!identity::IsUtf8(row.raw)) return RowProblem{"NOT_UTF8", ""};
  if (is_converted && row.raw.find(kReplacement) != std::string::npos) {
    return RowProblem{"NOT_IN_ENCODING", ""};
  }
  return std::nullopt;
}

std::optional<RowProblem> RowMapper::Map(const CsvRow& row, const std::string& key,
                                         ingest::v1::StreamRecord& record) const {
  switch (map_.kind) {
    case RecordKind::kEvent: return Fill(row, key, *record.mutable_event());
    case RecordKind::kProfileUpdate: return Fill(row, key, *record.mutable_profile_update());
  }
  return std::nullopt;
}

template <typename Record>
std::optional<RowProblem> RowMapper::Fill(const CsvRow& row, const std::string& key,
                                          Record& record) const {
  std::optional<TimeUs> time = map_.takes_time_of_import() ? now_ : map_.time.value;
  if (map_.time.column && !IsEmpty(row.fields[*map_.time.column])) {
    time = time_.Read(row.fields[*map_.time.column]);
    if (!time) return RowProblem{kTimeUnreadable, map_.columns[*map_.time.column]};
  }
  record.set_key(key);
  if (time) *record.mutable_event_time() = ToTimestamp(*time);
  AddIdentifiers(row, record);
  record.mutable_schema()->set_name(map_.schema);
  record.set_json(PayloadJson(row));
  return std::nullopt;
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
  for (std::size_t i = 0; i < map_.payload.size(); ++i) {
    const PayloadRule& rule = map_.payload[i];
    if (rule.constant.empty() && IsEmpty(row.fields[rule.column])) continue;
    if (json.size() > 1) json.push_back(',');
    AppendJsonString(rule.field, json);
    json.push_back(':');
    AppendValue(i, row, json);
  }
  json.push_back('}');
  return json;
}

void RowMapper::AppendValue(std::size_t rule_index, const CsvRow& row, std::string& json) const {
  const PayloadRule& rule = map_.payload[rule_index];
  if (!rule.constant.empty()) {
    json += rule.constant;
    return;
  }
  const std::string& cell = row.fields[rule.column];
  if (rule.type == CellType::kAsIs && !row.json.empty()) {
    json += row.json[rule.column];
    return;
  }
  if (rule.type == CellType::kDate || rule.type == CellType::kTime) {
    const auto time = payload_times_[rule_index].Read(cell);
    std::string text = time ? FormatRfc3339(*time) : cell;
    if (time && rule.type == CellType::kDate) text.resize(kDateLength);
    return AppendJsonString(text, json);
  }
  const std::string number = NumberText(map_, rule.type, cell);
  if (number.empty()) return AppendJsonString(cell, json);
  AppendJsonValue(rule.type, IsOfType(rule.type, number) ? number : cell, json);
}

std::vector<CellMisfit> RowMapper::MisfitsOf(const CsvRow& row) const {
  std::vector<CellMisfit> misfits;
  for (std::size_t i = 0; i < map_.payload.size(); ++i) {
    const PayloadRule& rule = map_.payload[i];
    if (!rule.constant.empty() || IsEmpty(row.fields[rule.column])) continue;
    const std::string& cell = row.fields[rule.column];
    const bool fits = rule.formats.empty() ? IsOfType(rule.type, NumberText(map_, rule.type, cell))
                                           : payload_times_[i].Read(cell).has_value();
    if (!fits) misfits.push_back({MisfitReason(rule.type), rule.field});
  }
  return misfits;
}

bool RowMapper::IsEmpty(const std::string& cell) const {
  if (cell.empty()) return true;
  return std::find(map_.empty_values.begin(), map_.empty_values.end(), cell) !=
         map_.empty_values.end();
}

}  // namespace selfsame::cli
