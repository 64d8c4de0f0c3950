// A CSV file opened for import: its header, its rows, and how far it has been read.
#ifndef SELFSAME_CLI_IMPORT_CSV_FILE_H_
#define SELFSAME_CLI_IMPORT_CSV_FILE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/import/csv_reader.h"
#include "cli/import/input_file.h"

namespace selfsame::cli {

// Owned by one thread.
class CsvFile {
 public:
  // Opens the file and reads its header. Errors: as InputFile::Open and CsvReader::Next;
  // kInvalidArgument CSV_EMPTY when there is not even a header.
  static Result<std::unique_ptr<CsvFile>> Open(const std::string& path);

  const CsvRow& header() const { return header_; }
  // The beginning of the plain content (InputFile::head).
  std::string_view head() const { return input_.head(); }
  // How much of the file has been read: 0 to 1.
  double fraction() const;

  // As CsvReader::Next.
  Result<bool> Next(CsvRow& row) { return reader_.Next(row); }

 private:
  explicit CsvFile(InputFile input)
      : input_(std::move(input)), reader_([this] { return input_.NextChunk(); }) {}

  InputFile input_;
  CsvReader reader_;
  CsvRow header_;
};

// The first rows of a file, at most kSampleRowsMax, to guess from; what cannot be read ends them.
std::vector<std::vector<std::string>> SampleRows(CsvFile& file);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_CSV_FILE_H_
