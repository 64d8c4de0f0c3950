#include "cli/import/import_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "cli/import/cell.h"
#include "cli/shipped_maps.h"

namespace selfsame::cli {
namespace {

Error Invalid(std::string why) {
  return {ErrorCode::kInvalidArgument, "MAP_INVALID", "reading the map: " + std::move(why)};
}

// The columns a map may name.
struct Columns {
  std::vector<std::string> names;
  bool collects = false;  // An unknown name is a further column.
};

Status OnlyKeys(const toml::table& table, std::string_view where,
                std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    return Invalid(
        fmt::format("line {}: {} knows no key {}", key.source().begin.line, where, key.str()));
  }
  return {};
}

Result<std::string> Text(const toml::table& table, std::string_view where, std::string_view key) {
  const auto text = table[key].value_exact<std::string>();
  if (!text || text->empty()) return Invalid(fmt::format("{} needs {} = \"...\"", where, key));
  return *text;
}

// A list of strings; an absent one is empty.
Result<std::vector<std::string>> Texts(const toml::table& table, std::string_view key) {
  std::vector<std::string> texts;
  if (!table.contains(key)) return texts;
  const toml::array* list = table[key].as_array();
  if (list == nullptr) return Invalid(fmt::format("{} must be a list of strings", key));
  for (const toml::node& element : *list) {
    const auto text = element.value_exact<std::string>();
    if (!text) return Invalid(fmt::format("{} must be a list of strings", key));
    texts.push_back(*text);
  }
  return texts;
}

// A column by its name, or by its number from 1 on.
Result<std::size_t> ColumnOf(const toml::node* node, std::string_view where, Columns& columns) {
  if (node != nullptr && node->is_integer()) {
    const std::int64_t number = node->as_integer()->get();
    if (number >= 1 && static_cast<std::size_t>(number) <= columns.names.size()) {
      return static_cast<std::size_t>(number - 1);
    }
    return Invalid(fmt::format("{} uses column {}, but the file has {} columns", where, number,
                               columns.names.size()));
  }
  // Headers may be empty.
  const auto name = node == nullptr ? std::nullopt : node->value_exact<std::string>();
  if (!name) return Invalid(fmt::format("{} needs column = \"...\"", where));
  const auto found = std::find(columns.names.begin(), columns.names.end(), *name);
  if (found == columns.names.end()) {
    if (!columns.collects) {
      return Invalid(fmt::format("{} uses column {}, which is not in columns", where, *name));
    }
    columns.names.push_back(*name);
    return columns.names.size() - 1;
  }
  const auto index = static_cast<std::size_t>(found - columns.names.begin());
  const auto second = std::find(found + 1, columns.names.end(), *name);
  if (second == columns.names.end()) return index;
  return Invalid(fmt::format(
      "{} uses column {}, but columns {} and {} both have this name: give the number, such as "
      "column = {}",
      where, *name, index + 1, second - columns.names.begin() + 1, index + 1));
}

Result<std::vector<std::size_t>> KeyColumns(const toml::table& root, Columns& columns) {
  std::vector<std::size_t> keys;
  const toml::node* key = root.get("key");
  if (key == nullptr) return keys;
  const toml::array* list = key->as_array();
  if (list == nullptr) {
    SELFSAME_ASSIGN_OR_RETURN(const std::size_t column, ColumnOf(key, "key", columns));
    return std::vector<std::size_t>{column};
  }
  for (const toml::node& element : *list) {
    SELFSAME_ASSIGN_OR_RETURN(const std::size_t column, ColumnOf(&element, "key", columns));
    keys.push_back(column);
  }
  return keys;
}

Result<RecordKind> Kind(const toml::table& root) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string kind, Text(root, "the map", "kind"));
  if (kind == RecordKindName(RecordKind::kEvent)) return RecordKind::kEvent;
  if (kind == RecordKindName(RecordKind::kProfileUpdate)) return RecordKind::kProfileUpdate;
  return Invalid("kind must be event or profile_update");
}

Result<CellType> Type(const toml::table& rule, std::string_view where) {
  if (!rule.contains("type")) return CellType::kAsIs;
  SELFSAME_ASSIGN_OR_RETURN(const std::string type, Text(rule, where, "type"));
  for (const CellType known : {CellType::kInt, CellType::kDouble, CellType::kString,
                               CellType::kBool, CellType::kDate, CellType::kTime}) {
    if (type == CellTypeName(known)) return known;
  }
  return Invalid(fmt::format("{}: type must be int, double, string, bool, date or time", where));
}

// `format`, one or a list, and `zone`, which is for those of them that can take one.
Result<std::vector<TimeReader::Options>> Formats(const toml::table& table, std::string_view where) {
  std::vector<std::string> formats;
  if (table["format"].is_array()) {
    SELFSAME_ASSIGN_OR_RETURN(formats, Texts(table, "format"));
  } else {
    SELFSAME_ASSIGN_OR_RETURN(std::string format, Text(table, where, "format"));
    formats.push_back(std::move(format));
  }
  if (formats.empty()) return Invalid(fmt::format("{} needs format = \"...\"", where));
  std::string zone;
  if (table.contains("zone")) {
    SELFSAME_ASSIGN_OR_RETURN(zone, Text(table, where, "zone"));
  }
  std::vector<TimeReader::Options> options;
  for (std::string& format : formats) {
    // Beside others a format that has its own offset is left without the zone of the others.
    const bool has_own = formats.size() > 1 && (format == "unix" || format == "unix_ms" ||
                                                format.find("%z") != std::string::npos);
    options.push_back({std::move(format), has_own ? "" : zone});
  }
  return options;
}

Status CheckTimes(const std::vector<TimeReader::Options>& formats, std::string_view where) {
  for (const TimeReader::Options& options : formats) {
    const auto reader = TimeReader::Create(options);
    if (!reader.ok()) return Invalid(fmt::format("{}: {}", where, reader.error().message));
  }
  return {};
}

Status CheckDays(const std::vector<TimeReader::Options>& formats, std::string_view where) {
  for (const TimeReader::Options& options : formats) {
    if (!options.zone.empty()) return Invalid(fmt::format("{}: a date takes no zone", where));
    const auto reader = TimeReader::CreateForDays(options.format);
    if (!reader.ok()) return Invalid(fmt::format("{}: {}", where, reader.error().message));
  }
  return {};
}

// value = "now", or a time with its offset from UTC.
Status ReadConstantTime(const toml::table& time, ImportMap& map) {
  if (time.contains("column") || time.contains("format") || time.contains("zone")) {
    return Invalid("[time] has either a value or a column with its format");
  }
  SELFSAME_ASSIGN_OR_RETURN(const std::string value, Text(time, "[time]", "value"));
  if (value == "now") return {};
  SELFSAME_ASSIGN_OR_RETURN(const TimeReader reader, TimeReader::Create({"rfc3339", ""}));
  map.time.value = reader.Read(value);
  if (map.time.value) return {};
  return Invalid(
      "[time]: value must be \"now\" or a time with its offset, such as 2024-01-01T00:00:00Z");
}

Status ReadTime(const toml::table& root, Columns& columns, ImportMap& map) {
  const toml::table* time = root["time"].as_table();
  if (time == nullptr) {
    return Invalid("a [time] is missing: column and format, or value = \"now\"");
  }
  SELFSAME_RETURN_IF_ERROR(OnlyKeys(*time, "[time]", {"column", "format", "zone", "value"}));
  if (time->contains("value")) return ReadConstantTime(*time, map);
  SELFSAME_ASSIGN_OR_RETURN(map.time.column, ColumnOf(time->get("column"), "[time]", columns));
  SELFSAME_ASSIGN_OR_RETURN(map.time.formats, Formats(*time, "[time]"));
  return CheckTimes(map.time.formats, "[time]");
}

Status ReadIdentifiers(const toml::table& root, Columns& columns, ImportMap& map) {
  constexpr std::string_view kWhere = "[[identifier]]";
  const toml::array* list = root["identifier"].as_array();
  if (list == nullptr || list->empty()) return Invalid("at least one [[identifier]] is needed");
  for (const toml::node& element : *list) {
    const toml::table* entry = element.as_table();
    if (entry == nullptr) return Invalid("identifier must be written as [[identifier]]");
    SELFSAME_RETURN_IF_ERROR(OnlyKeys(*entry, kWhere, {"kind", "column", "unless_kind"}));
    IdentifierRule rule;
    SELFSAME_ASSIGN_OR_RETURN(rule.kind, Text(*entry, kWhere, "kind"));
    SELFSAME_ASSIGN_OR_RETURN(rule.column, ColumnOf(entry->get("column"), kWhere, columns));
    SELFSAME_ASSIGN_OR_RETURN(rule.unless_kind, Texts(*entry, "unless_kind"));
    map.identifiers.push_back(std::move(rule));
  }
  return {};
}

// The JSON text of a constant.
Result<std::string> Constant(const toml::table& entry, const std::string& where) {
  if (entry.size() > 1) return Invalid(where + " has either a value or a column with its type");
  const toml::node& value = *entry.get("value");
  std::string json;
  if (const auto text = value.value_exact<std::string>()) {
    AppendJsonString(*text, json);
  } else if (const auto whole = value.value_exact<std::int64_t>()) {
    json = fmt::format("{}", *whole);
  } else if (const auto number = value.value_exact<double>()) {
    json = fmt::format("{}", *number);
  } else if (const auto flag = value.value_exact<bool>()) {
    json = *flag ? "true" : "false";
  } else {
    return Invalid(where + ": value must be a string, a number, true or false");
  }
  return json;
}

Result<PayloadRule> ReadPayloadRule(const toml::table& entry, const std::string& where,
                                    Columns& columns) {
  SELFSAME_RETURN_IF_ERROR(OnlyKeys(entry, where, {"column", "type", "format", "zone", "value"}));
  PayloadRule rule;
  if (entry.contains("value")) {
    SELFSAME_ASSIGN_OR_RETURN(rule.constant, Constant(entry, where));
    return rule;
  }
  SELFSAME_ASSIGN_OR_RETURN(rule.column, ColumnOf(entry.get("column"), where, columns));
  SELFSAME_ASSIGN_OR_RETURN(rule.type, Type(entry, where));
  if (rule.type != CellType::kDate && rule.type != CellType::kTime) {
    if (!entry.contains("format") && !entry.contains("zone")) return rule;
    return Invalid(where + ": format and zone are for the types date and time");
  }
  SELFSAME_ASSIGN_OR_RETURN(rule.formats, Formats(entry, where));
  SELFSAME_RETURN_IF_ERROR(rule.type == CellType::kDate ? CheckDays(rule.formats, where)
                                                        : CheckTimes(rule.formats, where));
  return rule;
}

Status ReadPayload(const toml::table& root, Columns& columns, ImportMap& map) {
  const toml::table* payload = root["payload"].as_table();
  if (payload == nullptr) return Invalid("a [payload] is missing");
  for (const auto& [field, value] : *payload) {
    const std::string where = fmt::format("payload.{}", field.str());
    const toml::table* entry = value.as_table();
    if (entry == nullptr) return Invalid(where + " must be { column = \"...\", type = \"...\" }");
    SELFSAME_ASSIGN_OR_RETURN(PayloadRule rule, ReadPayloadRule(*entry, where, columns));
    rule.field = field.str();
    map.payload.push_back(std::move(rule));
  }
  return {};
}

Status ParsedOr(const toml::parse_result& parsed) {
  if (parsed) return {};
  return Invalid(
      fmt::format("line {}: {}", parsed.error().source().begin.line, parsed.error().description()));
}

Result<char> Delimiter(const toml::table& root) {
  if (!root.contains("delimiter")) return '\0';
  SELFSAME_ASSIGN_OR_RETURN(const std::string text, Text(root, "the map", "delimiter"));
  if (text.size() == 1 && text != "\"" && text != "\n" && text != "\r") return text[0];
  return Invalid("delimiter must be one character, such as \";\" or \"\\t\"");
}

Result<ImportMap> Parse(std::string_view toml, Columns columns) {
  const toml::parse_result parsed = toml::parse(toml);
  SELFSAME_RETURN_IF_ERROR(ParsedOr(parsed));
  const toml::table& root = parsed.table();
  SELFSAME_RETURN_IF_ERROR(
      OnlyKeys(root, "the map",
               {"name", "schema", "kind", "columns", "key", "encoding", "delimiter",
                "decimal_comma", "empty_values", "time", "identifier", "payload"}));
  ImportMap map;
  SELFSAME_ASSIGN_OR_RETURN(map.name, Text(root, "the map", "name"));
  SELFSAME_ASSIGN_OR_RETURN(map.schema, Text(root, "the map", "schema"));
  SELFSAME_ASSIGN_OR_RETURN(map.kind, Kind(root));
  if (root.contains("columns")) {
    SELFSAME_ASSIGN_OR_RETURN(columns.names, Texts(root, "columns"));
  }
  if (columns.names.empty() && !columns.collects) {
    return Invalid("columns must list the file's header");
  }
  SELFSAME_ASSIGN_OR_RETURN(map.empty_values, Texts(root, "empty_values"));
  if (root.contains("decimal_comma")) {
    const auto flag = root["decimal_comma"].value_exact<bool>();
    if (!flag) return Invalid("decimal_comma must be true or false");
    map.decimal_comma = *flag;
  }
  SELFSAME_ASSIGN_OR_RETURN(map.key_columns, KeyColumns(root, columns));
  SELFSAME_RETURN_IF_ERROR(ReadTime(root, columns, map));
  SELFSAME_RETURN_IF_ERROR(ReadIdentifiers(root, columns, map));
  SELFSAME_RETURN_IF_ERROR(ReadPayload(root, columns, map));
  map.columns = std::move(columns.names);
  return map;
}

}  // namespace

std::string_view RecordKindName(RecordKind kind) {
  switch (kind) {
    case RecordKind::kEvent: return "event";
    case RecordKind::kProfileUpdate: return "profile_update";
  }
  return "";
}

std::string_view CellTypeName(CellType type) {
  switch (type) {
    case CellType::kAsIs: return "";
    case CellType::kInt: return "int";
    case CellType::kDouble: return "double";
    case CellType::kString: return "string";
    case CellType::kBool: return "bool";
    case CellType::kDate: return "date";
    case CellType::kTime: return "time";
  }
  return "";
}

Result<MapFileForm> ParseMapFileForm(std::string_view toml) {
  const toml::parse_result parsed = toml::parse(toml);
  SELFSAME_RETURN_IF_ERROR(ParsedOr(parsed));
  MapFileForm form;
  SELFSAME_ASSIGN_OR_RETURN(form.delimiter, Delimiter(parsed.table()));
  if (parsed.table().contains("encoding")) {
    SELFSAME_ASSIGN_OR_RETURN(form.encoding, Text(parsed.table(), "the map", "encoding"));
  }
  return form;
}

Result<ImportMap> ParseImportMap(std::string_view toml, const std::vector<std::string>& header) {
  return Parse(toml, {.names = header, .collects = false});
}

Result<ImportMap> ParseHeaderlessMap(std::string_view toml) {
  return Parse(toml, {.names = {}, .collects = true});
}

Result<std::vector<ImportMap>> ShippedMaps() {
  std::vector<ImportMap> maps;
  for (const EmbeddedFile& file : ShippedMapFiles()) {
    SELFSAME_ASSIGN_OR_RETURN(ImportMap map, ParseImportMap(file.text));
    maps.push_back(std::move(map));
  }
  return maps;
}

}  // namespace selfsame::cli
