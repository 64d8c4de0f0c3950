// A JSON Lines file opened for import: one JSON object a line, as rows of the columns that a map
// uses.
#ifndef SELFSAME_CLI_IMPORT_JSONL_FILE_H_
#define SELFSAME_CLI_IMPORT_JSONL_FILE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/import/csv_reader.h"
#include "cli/import/row_file.h"
#include "cli/import/text_source.h"

namespace selfsame::cli {

// Owned by one thread.
class JsonlFile : public RowFile {
 public:
  // `columns` are names of members, or paths such as "address.city" where no member has the whole
  // name. Errors: as TextSource::Open.
  static Result<std::unique_ptr<JsonlFile>> Open(const std::string& path,
                                                 const std::string& encoding,
                                                 std::vector<std::string> columns);

  double fraction() const override { return source_->fraction(chunk_.size()); }
  bool is_converted() const override { return source_->is_converted(); }
  // A line that is no JSON object, or has a number beyond 64 bits, is a malformed row; empty lines
  // are no rows. A member that is absent or null is an empty field. Errors: as
  // TextSource::NextChunk; kInvalidArgument ROW_TOO_LONG past kCsvRowBytesMax.
  Result<bool> Next(CsvRow& row) override;

 private:
  JsonlFile(std::unique_ptr<TextSource> source, std::vector<std::string> columns)
      : source_(std::move(source)), columns_(std::move(columns)) {}
  Result<bool> ReadLine(std::string& line);

  const std::unique_ptr<TextSource> source_;
  std::vector<std::string> columns_;
  std::string_view chunk_;
  bool at_start_ = true;
};

// The names of the members of the first rows, at most kSampleRowsMax, in the order of their coming;
// those of objects within as paths. Errors: as JsonlFile::Open and Next.
Result<std::vector<std::string>> MembersOf(const std::string& path, const std::string& encoding);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_JSONL_FILE_H_
