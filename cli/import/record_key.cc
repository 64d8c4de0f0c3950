#include "cli/import/record_key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "base/hash.h"

namespace selfsame::cli {

RowKeys::RowKeys(const ImportMap& map, std::size_t distinct_rows_max)
    : map_name_(map.name),
      schema_(map.schema),
      columns_(UsedColumns(map)),
      distinct_rows_max_(distinct_rows_max) {}

std::vector<RowKeys::NamedColumn> RowKeys::UsedColumns(const ImportMap& map) {
  std::set<std::size_t> used(map.key_columns.begin(), map.key_columns.end());
  if (map.time.column) used.insert(*map.time.column);
  for (const IdentifierRule& rule : map.identifiers) used.insert(rule.column);
  for (const PayloadRule& rule : map.payload) {
    if (rule.constant.empty()) used.insert(rule.column);
  }
  std::vector<NamedColumn> columns;
  for (const std::size_t index : used) {
    const auto begin = map.columns.begin();
    const auto at = begin + static_cast<std::ptrdiff_t>(index);
    const auto before = std::count(begin, at, *at);
    const auto& keys = map.key_columns;
    columns.push_back({.name = before == 0 ? *at : fmt::format("{}#{}", *at, before + 1),
                       .index = index,
                       .is_key = std::find(keys.begin(), keys.end(), index) != keys.end()});
  }
  std::sort(columns.begin(), columns.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return columns;
}

Result<std::string> RowKeys::Next(const CsvRow& row) {
  Hasher hasher;
  hasher.Add(map_name_).Add(schema_);
  bool has_key = false;
  for (const NamedColumn& column : columns_) {
    const std::string& cell = row.fields[column.index];
    if (cell.empty()) continue;
    hasher.Add(column.name).Add(cell);
    has_key = has_key || column.is_key;
  }
  const auto digest = hasher.Finish();
  const std::string content = fmt::format("{:02x}", fmt::join(digest, ""));
  if (has_key) return content;
  std::uint64_t half = 0;
  std::memcpy(&half, digest.data(), sizeof(half));
  if (counts_.size() >= distinct_rows_max_ && !counts_.contains(half)) {
    return Error{ErrorCode::kInvalidArgument, "TOO_MANY_ROWS",
                 fmt::format("more than {} different rows: name a key column in the map (key = "
                             "\"...\"), or import a part of the file with --limit",
                             distinct_rows_max_)};
  }
  return fmt::format("{}:{}", content, ++counts_[half]);
}

}  // namespace selfsame::cli
