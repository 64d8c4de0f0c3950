// Import maps: how a row of a CSV file becomes a record. A map is TOML; maps that ship with the
// tool are compiled in, and one is found by a file's header.
//
//   name = "online_retail"            # Part of every row's key: rename it and all rows are new.
//   schema = "selfsame.schemas.commerce.v1.OrderLine"
//   kind = "event"                    # or "profile_update"
//   columns = ["InvoiceNo", "StockCode"]
//   empty_values = ["NA"]             # Cells that hold nothing, besides "".
//   [time]
//   column = "InvoiceDate"
//   format = "%Y-%m-%dT%H:%M:%S"      # cli/import/local_time.h
//   zone = "Europe/London"
//   [[identifier]]
//   kind = "customer_id"
//   column = "CustomerID"
//   [[identifier]]
//   kind = "shop:invoice"
//   column = "InvoiceNo"
//   unless_kind = ["customer_id"]     # Only for rows that have none of these.
//   [payload]
//   quantity = { column = "Quantity", type = "int" }   # int, double, string or bool
#ifndef SELFSAME_CLI_IMPORT_IMPORT_MAP_H_
#define SELFSAME_CLI_IMPORT_IMPORT_MAP_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/import/local_time.h"

namespace selfsame::cli {

enum class RecordKind { kEvent, kProfileUpdate };
enum class CellType { kInt, kDouble, kString, kBool };

struct IdentifierRule {
  std::string kind;
  std::size_t column = 0;  // Index into ImportMap::columns.
  std::vector<std::string> unless_kind;
};

struct PayloadRule {
  std::string field;
  std::size_t column = 0;
  CellType type = CellType::kString;
};

struct ImportMap {
  std::string name;
  std::string schema;
  RecordKind kind = RecordKind::kEvent;
  std::vector<std::string> columns;
  std::vector<std::string> empty_values;
  std::size_t time_column = 0;
  TimeReader::Options time;
  std::vector<IdentifierRule> identifiers;  // At least one.
  std::vector<PayloadRule> payload;         // By field name.
};

// Reads a map. Errors: kInvalidArgument MAP_INVALID, with the first thing that is wrong and, where
// it is known, its line. Keys nobody knows are errors: they are misspelled ones.
Result<ImportMap> ParseImportMap(std::string_view toml);

// The maps that ship with the tool, by name. Errors: as ParseImportMap, for a broken build.
Result<std::vector<ImportMap>> ShippedMaps();

std::string_view RecordKindName(RecordKind kind);
std::string_view CellTypeName(CellType type);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_IMPORT_MAP_H_
