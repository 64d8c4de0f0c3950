#include "cli/import/jsonl_file.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/import/map_skeleton.h"

namespace selfsame::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// The server takes payloads of 28 levels.
constexpr int kDepthMax = 32;
constexpr double kWholeNumbersEnd = 18446744073709551616.0;  // 2^64.

// The member by its whole name or, along its dots, within members; null where there is none.
const Json* Find(const Json& object, const std::string& path) {
  const auto whole = object.find(path);
  if (whole != object.end()) return &*whole;
  for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
    const auto outer = object.find(path.substr(0, dot));
    if (outer == object.end() || !outer->is_object()) continue;
    if (const Json* inner = Find(*outer, path.substr(dot + 1))) return inner;
  }
  return nullptr;
}

void AddMembers(const Json& object, const std::string& prefix, int depth,
                std::vector<std::string>& names) {
  for (const auto& [name, value] : object.items()) {
    const std::string path = prefix + name;
    if (value.is_object() && depth < kDepthMax) {
      AddMembers(value, path + ".", depth + 1, names);
    } else if (std::find(names.begin(), names.end(), path) == names.end()) {
      names.push_back(path);
    }
  }
}

// Whether it nests deeper than a server takes; what is deeper could not be written without a deep
// stack.
bool IsTooDeep(std::string_view line) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (quoted && c == '\\') ++at;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > kDepthMax) return true;
  }
  return false;
}

// Not an object where the line is no JSON.
Json ParseLine(const std::string& line) {
  if (IsTooDeep(line)) return {};
  return Json::parse(line, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

Result<std::unique_ptr<JsonlFile>> JsonlFile::Open(const std::string& path,
                                                   const std::string& encoding,
                                                   std::vector<std::string> columns) {
  SELFSAME_ASSIGN_OR_RETURN(auto source, TextSource::Open(path, encoding));
  return std::unique_ptr<JsonlFile>(new JsonlFile(std::move(source), std::move(columns)));
}

Result<bool> JsonlFile::ReadLine(std::string& line) {
  line.clear();
  while (true) {
    if (chunk_.empty()) {
      SELFSAME_ASSIGN_OR_RETURN(chunk_, source_->NextChunk());
      if (chunk_.empty()) break;
    }
    const std::size_t end = chunk_.find('\n');
    line.append(chunk_.substr(0, end));
    chunk_.remove_prefix(end == std::string_view::npos ? chunk_.size() : end + 1);
    if (line.size() > kCsvRowBytesMax) {
      return Error{ErrorCode::kInvalidArgument, "ROW_TOO_LONG",
                   "a line is longer than 1 MiB; JSON Lines has one object a line"};
    }
    if (end == std::string_view::npos) continue;
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) break;
  }
  if (std::exchange(at_start_, false) && line.starts_with(kByteOrderMark)) {
    line.erase(0, kByteOrderMark.size());
  }
  return !line.empty();
}

Result<bool> JsonlFile::Next(CsvRow& row) {
  SELFSAME_ASSIGN_OR_RETURN(const bool more, ReadLine(row.raw));
  if (!more) return false;
  row.is_json = true;
  row.fields.assign(columns_.size(), "");
  row.json.assign(columns_.size(), "");
  const Json object = ParseLine(row.raw);
  row.malformed = !object.is_object();
  if (row.malformed) return true;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Json* value = Find(object, columns_[i]);
    if (value == nullptr || value->is_null()) continue;
    // Read as a double, a longer number has lost digits.
    if (value->is_number_float() && std::abs(value->get<double>()) >= kWholeNumbersEnd) {
      row.malformed = true;
    }
    row.json[i] = value->dump(-1, ' ', false, Json::error_handler_t::replace);
    row.fields[i] = value->is_string() ? value->get<std::string>() : row.json[i];
  }
  return true;
}

Result<std::vector<std::string>> MembersOf(const std::string& path, const std::string& encoding) {
  SELFSAME_ASSIGN_OR_RETURN(const auto file, JsonlFile::Open(path, encoding, {}));
  std::vector<std::string> names;
  CsvRow row;
  for (std::size_t rows = 0; rows < kSampleRowsMax; ++rows) {
    SELFSAME_ASSIGN_OR_RETURN(const bool more, file->Next(row));
    if (!more) break;
    if (!row.malformed) AddMembers(ParseLine(row.raw), "", 0, names);
  }
  return names;
}

}  // namespace selfsame::cli
