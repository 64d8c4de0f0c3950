// A CSV file opened for import: its header, its rows, and how far it has been read.
#ifndef SELFSAME_CLI_IMPORT_CSV_FILE_H_
#define SELFSAME_CLI_IMPORT_CSV_FILE_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/import/csv_reader.h"
#include "cli/import/row_file.h"
#include "cli/import/text_source.h"

namespace selfsame::cli {

struct CsvForm {
  std::string encoding;   // As for TextSource::Open.
  char delimiter = '\0';  // Zero: guessed (GuessDelimiter).
};

// Owned by one thread.
class CsvFile : public RowFile {
 public:
  // Opens the file and reads its header. Errors: as TextSource::Open and CsvReader::Next;
  // kInvalidArgument CSV_EMPTY when there is not even a header.
  static Result<std::unique_ptr<CsvFile>> Open(const std::string& path, const CsvForm& form = {});

  const CsvRow& header() const { return header_; }
  char delimiter() const { return delimiter_; }
  // The beginning of the text (TextSource::head).
  std::string_view head() const { return source_->head(); }

  double fraction() const override { return source_->fraction(reader_.unread()); }
  bool is_converted() const override { return source_->is_converted(); }
  // As CsvReader::Next.
  Result<bool> Next(CsvRow& row) override { return reader_.Next(row); }

 private:
  CsvFile(std::unique_ptr<TextSource> source, char delimiter)
      : source_(std::move(source)),
        delimiter_(delimiter),
        reader_([this] { return source_->NextChunk(); }, delimiter) {}

  const std::unique_ptr<TextSource> source_;
  const char delimiter_;
  CsvReader reader_;
  CsvRow header_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_CSV_FILE_H_
