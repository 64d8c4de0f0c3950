// A dry run of an import: every row is read, mapped and checked, and nothing is sent.
#ifndef SELFSAME_CLI_IMPORT_DRY_RUN_H_
#define SELFSAME_CLI_IMPORT_DRY_RUN_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/import/row_file.h"
#include "cli/import/row_mapper.h"
#include "server/schema/compiled_schema.h"

namespace selfsame::cli {

// What is wrong with some rows: names and reasons, never a cell.
struct DryRunProblem {
  // UNREADABLE: the row is no record. INVALID: a field breaks its schema, or does not fit its type
  // in the map. DEPENDS: so it does unless the source's or tenant's settings say otherwise.
  std::string effect;
  std::string reason;
  std::string field;
  auto operator<=>(const DryRunProblem&) const = default;
};

struct DryRunRows {
  std::uint64_t rows = 0;
  std::vector<std::uint64_t> examples;  // The numbers of the first rows.
};

struct DryRunReport {
  std::string file;
  std::string map;
  std::string schema;
  bool schema_checked = false;
  std::uint64_t rows_read = 0;
  std::uint64_t rows_without_problem = 0;
  std::map<DryRunProblem, DryRunRows> problems;
};

struct DryRunOptions {
  std::uint64_t from_row = 1;
  std::uint64_t rows_max = std::numeric_limits<std::uint64_t>::max();
  const schema::CompiledSchema* schema = nullptr;  // Null: payloads are not checked against it.
  TimeUs now;
};

// Adds to the report. Errors: those of reading the file.
Status RunDry(RowFile& file, const RowMapper& mapper, const DryRunOptions& options,
              DryRunReport& report);

std::string DryRunText(const DryRunReport& report);
nlohmann::ordered_json DryRunJson(const DryRunReport& report);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_DRY_RUN_H_
