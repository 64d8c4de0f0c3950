// Import maps: how a row of a file becomes a record. A map is TOML; maps that ship with the tool
// are compiled in, and one is found by a file's header. docs/IMPORT.md describes the language.
//
//   name = "online_retail"            # Part of every row's key: rename it and all rows are new.
//   schema = "selfsame.schemas.commerce.v1.OrderLine"
//   kind = "event"                    # or "profile_update"
//   columns = ["InvoiceNo", "StockCode"]   # The header; absent: whatever the file has.
//   key = ["InvoiceNo"]               # Optional: cli/import/record_key.h.
//   empty_values = ["NA"]             # Cells that hold nothing, besides "".
//   [time]
//   column = "InvoiceDate"            # By name, or by number where a name is there twice.
//   format = "%Y-%m-%dT%H:%M:%S"      # cli/import/local_time.h; several are tried in order.
//   zone = "Europe/London"
//   [[identifier]]
//   kind = "customer_id"
//   column = "CustomerID"
//   [[identifier]]
//   kind = "shop:invoice"
//   column = "InvoiceNo"
//   unless_kind = ["customer_id"]     # Only for rows that have none of these.
//   [payload]
//   quantity = { column = "Quantity", type = "int" }
//   channel = { value = "web" }       # The same in each row.
#ifndef SELFSAME_CLI_IMPORT_IMPORT_MAP_H_
#define SELFSAME_CLI_IMPORT_IMPORT_MAP_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/import/local_time.h"

namespace selfsame::cli {

enum class RecordKind { kEvent, kProfileUpdate };
// kAsIs: text of a CSV file, any JSON value of a JSON Lines file. kDate: a day, written as
// 1980-05-01 whatever its format in the file; kTime: a point in time, as RFC 3339.
enum class CellType { kAsIs, kInt, kDouble, kString, kBool, kDate, kTime };

// When the record happened: a column's value or, for files that have none, the same for each row.
struct TimeRule {
  std::optional<std::size_t> column;         // Index into ImportMap::columns.
  std::vector<TimeReader::Options> formats;  // Of the column; tried in order.
  std::optional<TimeUs> value;               // Without column; nothing: the time of the import.
};

struct IdentifierRule {
  std::string kind;
  std::size_t column = 0;  // Index into ImportMap::columns.
  std::vector<std::string> unless_kind;
};

struct PayloadRule {
  std::string field;
  std::size_t column = 0;
  CellType type = CellType::kAsIs;
  std::vector<TimeReader::Options> formats;  // Of kDate and kTime; tried in order.
  std::string constant;                      // JSON text; not empty: there is no column.
};

struct ImportMap {
  std::string name;
  std::string schema;
  RecordKind kind = RecordKind::kEvent;
  std::vector<std::string> columns;
  std::vector<std::size_t> key_columns;  // Empty: the whole content is the key.
  std::vector<std::string> empty_values;
  bool decimal_comma = false;  // Numbers are written as 1.234,5.
  TimeRule time;
  std::vector<IdentifierRule> identifiers;  // At least one.
  std::vector<PayloadRule> payload;         // By field name.

  bool takes_time_of_import() const { return !time.column && !time.value; }
};

// What a map says of the file itself, which is needed to read its header.
struct MapFileForm {
  std::string encoding;   // As for TextSource::Open.
  char delimiter = '\0';  // Zero: guessed.
};

// Errors: as ParseImportMap.
Result<MapFileForm> ParseMapFileForm(std::string_view toml);

// Reads a map for a file with the given header, which is taken for the map's columns where it lists
// none. Errors: kInvalidArgument MAP_INVALID, with the first thing that is wrong and, where it is
// known, its line. Unknown keys are errors: they are misspelled ones. So is a column by a name that
// is there twice.
Result<ImportMap> ParseImportMap(std::string_view toml,
                                 const std::vector<std::string>& header = {});

// The same for a file without a header (JSON Lines): the columns are those that the map uses.
Result<ImportMap> ParseHeaderlessMap(std::string_view toml);

// The maps that ship with the tool, by name. Errors: as ParseImportMap, for a broken build.
Result<std::vector<ImportMap>> ShippedMaps();

std::string_view RecordKindName(RecordKind kind);
// As maps write it; empty for kAsIs.
std::string_view CellTypeName(CellType type);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_IMPORT_MAP_H_
