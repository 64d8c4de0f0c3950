// Which map an import goes by.
#ifndef SELFSAME_CLI_IMPORT_CHOOSE_MAP_H_
#define SELFSAME_CLI_IMPORT_CHOOSE_MAP_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/import/import_map.h"

namespace selfsame::cli {

// The map in the file at `map_path` or, where that is empty, the shipped one whose columns are the
// file's header.
// Errors: as ReadTextFile and ParseImportMap; kInvalidArgument MAP_COLUMNS_DIFFER when the map is
// for another header; kInvalidArgument MAP_UNKNOWN when no shipped map is for this one.
Result<ImportMap> ChooseMap(const std::string& map_path, const std::vector<std::string>& header);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_CHOOSE_MAP_H_
