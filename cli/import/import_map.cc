#include "cli/import/import_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "cli/shipped_maps.h"

namespace selfsame::cli {
namespace {

Error Invalid(std::string why) {
  return {ErrorCode::kInvalidArgument, "MAP_INVALID", "reading the map: " + std::move(why)};
}

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

Result<std::size_t> Column(const toml::table& table, std::string_view where,
                           const std::vector<std::string>& columns) {
  const auto name = table["column"].value_exact<std::string>();  // Headers may be empty.
  if (!name) return Invalid(fmt::format("{} needs column = \"...\"", where));
  const auto found = std::find(columns.begin(), columns.end(), *name);
  if (found == columns.end()) {
    return Invalid(fmt::format("{} uses column {}, which is not in columns", where, *name));
  }
  return static_cast<std::size_t>(found - columns.begin());
}

Result<RecordKind> Kind(const toml::table& root) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string kind, Text(root, "the map", "kind"));
  if (kind == RecordKindName(RecordKind::kEvent)) return RecordKind::kEvent;
  if (kind == RecordKindName(RecordKind::kProfileUpdate)) return RecordKind::kProfileUpdate;
  return Invalid("kind must be event or profile_update");
}

Result<CellType> Type(const toml::table& rule, std::string_view where) {
  if (!rule.contains("type")) return CellType::kString;
  SELFSAME_ASSIGN_OR_RETURN(const std::string type, Text(rule, where, "type"));
  for (const CellType known :
       {CellType::kInt, CellType::kDouble, CellType::kString, CellType::kBool}) {
    if (type == CellTypeName(known)) return known;
  }
  return Invalid(fmt::format("{}: type must be int, double, string or bool", where));
}

Status ReadTime(const toml::table& root, ImportMap& map) {
  const toml::table* time = root["time"].as_table();
  if (time == nullptr) return Invalid("a [time] with column and format is missing");
  SELFSAME_RETURN_IF_ERROR(OnlyKeys(*time, "[time]", {"column", "format", "zone"}));
  SELFSAME_ASSIGN_OR_RETURN(map.time_column, Column(*time, "[time]", map.columns));
  SELFSAME_ASSIGN_OR_RETURN(map.time.format, Text(*time, "[time]", "format"));
  if (time->contains("zone")) {
    SELFSAME_ASSIGN_OR_RETURN(map.time.zone, Text(*time, "[time]", "zone"));
  }
  const auto reader = TimeReader::Create(map.time);
  if (!reader.ok()) return Invalid("[time]: " + reader.error().message);
  return {};
}

Status ReadIdentifiers(const toml::table& root, ImportMap& map) {
  constexpr std::string_view kWhere = "[[identifier]]";
  const toml::array* list = root["identifier"].as_array();
  if (list == nullptr || list->empty()) return Invalid("at least one [[identifier]] is needed");
  for (const toml::node& element : *list) {
    const toml::table* entry = element.as_table();
    if (entry == nullptr) return Invalid("identifier must be written as [[identifier]]");
    SELFSAME_RETURN_IF_ERROR(OnlyKeys(*entry, kWhere, {"kind", "column", "unless_kind"}));
    IdentifierRule rule;
    SELFSAME_ASSIGN_OR_RETURN(rule.kind, Text(*entry, kWhere, "kind"));
    SELFSAME_ASSIGN_OR_RETURN(rule.column, Column(*entry, kWhere, map.columns));
    SELFSAME_ASSIGN_OR_RETURN(rule.unless_kind, Texts(*entry, "unless_kind"));
    map.identifiers.push_back(std::move(rule));
  }
  return {};
}

Status ReadPayload(const toml::table& root, ImportMap& map) {
  const toml::table* payload = root["payload"].as_table();
  if (payload == nullptr) return Invalid("a [payload] is missing");
  for (const auto& [field, value] : *payload) {
    const std::string where = fmt::format("payload.{}", field.str());
    const toml::table* entry = value.as_table();
    if (entry == nullptr) return Invalid(where + " must be { column = \"...\", type = \"...\" }");
    SELFSAME_RETURN_IF_ERROR(OnlyKeys(*entry, where, {"column", "type"}));
    PayloadRule rule{.field = std::string(field.str())};
    SELFSAME_ASSIGN_OR_RETURN(rule.column, Column(*entry, where, map.columns));
    SELFSAME_ASSIGN_OR_RETURN(rule.type, Type(*entry, where));
    map.payload.push_back(std::move(rule));
  }
  return {};
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
    case CellType::kInt: return "int";
    case CellType::kDouble: return "double";
    case CellType::kString: return "string";
    case CellType::kBool: return "bool";
  }
  return "";
}

Result<ImportMap> ParseImportMap(std::string_view toml) {
  const toml::parse_result parsed = toml::parse(toml);
  if (!parsed) {
    return Invalid(fmt::format("line {}: {}", parsed.error().source().begin.line,
                               parsed.error().description()));
  }
  const toml::table& root = parsed.table();
  SELFSAME_RETURN_IF_ERROR(OnlyKeys(
      root, "the map",
      {"name", "schema", "kind", "columns", "empty_values", "time", "identifier", "payload"}));
  ImportMap map;
  SELFSAME_ASSIGN_OR_RETURN(map.name, Text(root, "the map", "name"));
  SELFSAME_ASSIGN_OR_RETURN(map.schema, Text(root, "the map", "schema"));
  SELFSAME_ASSIGN_OR_RETURN(map.kind, Kind(root));
  SELFSAME_ASSIGN_OR_RETURN(map.columns, Texts(root, "columns"));
  if (map.columns.empty()) return Invalid("columns must list the file's header");
  SELFSAME_ASSIGN_OR_RETURN(map.empty_values, Texts(root, "empty_values"));
  SELFSAME_RETURN_IF_ERROR(ReadTime(root, map));
  SELFSAME_RETURN_IF_ERROR(ReadIdentifiers(root, map));
  SELFSAME_RETURN_IF_ERROR(ReadPayload(root, map));
  return map;
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
