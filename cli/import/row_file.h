// A file of rows opened for import: CSV (cli/import/csv_file.h) or JSON Lines
// (cli/import/jsonl_file.h).
#ifndef SELFSAME_CLI_IMPORT_ROW_FILE_H_
#define SELFSAME_CLI_IMPORT_ROW_FILE_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/import/csv_reader.h"

namespace selfsame::cli {

// Owned by one thread.
class RowFile {
 public:
  RowFile() = default;
  virtual ~RowFile() = default;
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;

  // Reads the next row; false at the end. Errors: those of reading the file.
  virtual Result<bool> Next(CsvRow& row) = 0;
  // How much of the file has been read: 0 to 1.
  virtual double fraction() const = 0;
  // Whether a U+FFFD in a row stands for bytes that the file's encoding does not know.
  virtual bool is_converted() const = 0;
};

// The first rows of a file, at most kSampleRowsMax, to guess from; what cannot be read ends them.
std::vector<std::vector<std::string>> SampleRows(RowFile& file);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_ROW_FILE_H_
