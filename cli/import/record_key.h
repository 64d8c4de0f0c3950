// Idempotency keys of imported rows. A row's key is computed from what it holds and which map reads
// it, not from where it stands: an import keeps no state of its own, yet the same rows have the
// same keys in a file that was re-sorted, extended, corrected elsewhere, renamed or written in
// another encoding or with other delimiters, and what was settled answers DUPLICATE.
#ifndef SELFSAME_CLI_IMPORT_RECORD_KEY_H_
#define SELFSAME_CLI_IMPORT_RECORD_KEY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "cli/import/csv_reader.h"
#include "cli/import/import_map.h"

namespace selfsame::cli {

// How many different rows without a key column one import may hold: some 5 GiB of memory.
inline constexpr std::size_t kDistinctRowsMax = 100'000'000;

// Owned by one thread.
class RowKeys {
 public:
  explicit RowKeys(const ImportMap& map, std::size_t distinct_rows_max = kDistinctRowsMax);

  // The key of the next row, at most 64 bytes: a hash of the map's name, the schema and the cells
  // of all columns that the map uses, by column name; empty cells do not count. Where the map names
  // key columns and one of them holds something, rows with equal cells are one row. Otherwise the
  // key ends in how many rows with equal cells have come so far, since a file may well hold two
  // equal events. To be asked for every row of the file, also for those that are skipped.
  // Requires: as many fields as the map has columns. Errors: kInvalidArgument TOO_MANY_ROWS past
  // the bound.
  Result<std::string> Next(const CsvRow& row);

 private:
  struct NamedColumn {
    std::string name;  // With its ordinal where several columns have one name.
    std::size_t index = 0;
    bool is_key = false;
  };

  static std::vector<NamedColumn> UsedColumns(const ImportMap& map);

  const std::string map_name_;
  const std::string schema_;
  const std::vector<NamedColumn> columns_;  // By name.
  const std::size_t distinct_rows_max_;
  // By half of the content's hash, which is enough: two rows that share it by chance are numbered
  // together, which is only seen when the file is sorted otherwise later.
  std::unordered_map<std::uint64_t, std::uint32_t> counts_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_RECORD_KEY_H_
