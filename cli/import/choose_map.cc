#include "cli/import/choose_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/text_file.h"

namespace selfsame::cli {

namespace {

// What differs, in the map's words: a file without a header has data where its header should be.
Error ColumnsDiffer(const ImportMap& map, const std::vector<std::string>& header) {
  const auto [listed, found] =
      std::mismatch(map.columns.begin(), map.columns.end(), header.begin(), header.end());
  const std::string first = listed == map.columns.end()
                                ? "the file has more"
                                : fmt::format("the first that differs is column {}, in the map {}",
                                              listed - map.columns.begin() + 1, *listed);
  return {ErrorCode::kInvalidArgument, "MAP_COLUMNS_DIFFER",
          fmt::format("the map {} lists {} columns, the file's first row has {}; {}; a map without "
                      "columns finds those that it uses by their names",
                      map.name, map.columns.size(), header.size(), first)};
}

}  // namespace

Result<ImportMap> ChooseMap(const std::string& map_path, const std::vector<std::string>& header) {
  if (!map_path.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(map_path));
    SELFSAME_ASSIGN_OR_RETURN(ImportMap map, ParseImportMap(text, header));
    if (map.columns == header) return map;
    return ColumnsDiffer(map, header);
  }
  SELFSAME_ASSIGN_OR_RETURN(std::vector<ImportMap> maps, ShippedMaps());
  for (ImportMap& map : maps) {
    if (map.columns == header) return std::move(map);
  }
  return Error{ErrorCode::kInvalidArgument, "MAP_UNKNOWN",
               fmt::format("no map ships for the file's header of {} columns; here is one to start "
                           "from: complete it and give it with --map",
                           header.size())};
}

}  // namespace selfsame::cli
