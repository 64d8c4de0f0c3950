#include "cli/import/choose_map.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "cli/text_file.h"

namespace selfsame::cli {

Result<ImportMap> ChooseMap(const std::string& map_path, const std::vector<std::string>& header) {
  if (!map_path.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(map_path));
    SELFSAME_ASSIGN_OR_RETURN(ImportMap map, ParseImportMap(text));
    if (map.columns == header) return map;
    return Error{ErrorCode::kInvalidArgument, "MAP_COLUMNS_DIFFER",
                 fmt::format("the map {} is for the header {}; the file has {}", map.name,
                             fmt::join(map.columns, ","), fmt::join(header, ","))};
  }
  SELFSAME_ASSIGN_OR_RETURN(std::vector<ImportMap> maps, ShippedMaps());
  for (ImportMap& map : maps) {
    if (map.columns == header) return std::move(map);
  }
  return Error{ErrorCode::kInvalidArgument, "MAP_UNKNOWN",
               fmt::format("no map ships for the header {}; here is one to start from: complete it "
                           "and give it with --map",
                           fmt::join(header, ","))};
}

}  // namespace selfsame::cli
