#include "cli/import/csv_file.h"

#include <fmt/format.h>

#include <utility>

#include "cli/import/map_skeleton.h"

namespace selfsame::cli {

Result<std::unique_ptr<CsvFile>> CsvFile::Open(const std::string& path, const CsvForm& form) {
  SELFSAME_ASSIGN_OR_RETURN(auto source, TextSource::Open(path, form.encoding));
  const char delimiter = form.delimiter != '\0' ? form.delimiter : GuessDelimiter(source->head());
  std::unique_ptr<CsvFile> file(new CsvFile(std::move(source), delimiter));
  SELFSAME_ASSIGN_OR_RETURN(bool any, file->Next(file->header_));
  if (any && NamedDelimiter(file->header_.raw)) {
    SELFSAME_ASSIGN_OR_RETURN(any, file->Next(file->header_));
  }
  if (!any) {
    return Error{ErrorCode::kInvalidArgument, "CSV_EMPTY", fmt::format("{} has no header", path)};
  }
  return file;
}

std::vector<std::vector<std::string>> SampleRows(RowFile& file) {
  std::vector<std::vector<std::string>> rows;
  CsvRow row;
  while (rows.size() < kSampleRowsMax) {
    const auto more = file.Next(row);
    if (!more.ok() || !*more) break;
    rows.push_back(row.fields);
  }
  return rows;
}

}  // namespace selfsame::cli
