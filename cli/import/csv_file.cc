#include "cli/import/csv_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/import/map_skeleton.h"

namespace selfsame::cli {

Result<std::unique_ptr<CsvFile>> CsvFile::Open(const std::string& path) {
  SELFSAME_ASSIGN_OR_RETURN(InputFile input, InputFile::Open(path));
  std::unique_ptr<CsvFile> file(new CsvFile(std::move(input)));
  SELFSAME_ASSIGN_OR_RETURN(const bool any, file->Next(file->header_));
  if (!any) {
    return Error{ErrorCode::kInvalidArgument, "CSV_EMPTY", fmt::format("{} has no header", path)};
  }
  return file;
}

double CsvFile::fraction() const {
  if (input_.disk_bytes() == 0) return 1;
  return std::min(1.0, static_cast<double>(input_.disk_bytes_read()) /
                           static_cast<double>(input_.disk_bytes()));
}

std::vector<std::vector<std::string>> SampleRows(CsvFile& file) {
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
