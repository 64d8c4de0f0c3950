// From a row of a CSV file to a record, by an import map.
#ifndef SELFSAME_CLI_IMPORT_ROW_MAPPER_H_
#define SELFSAME_CLI_IMPORT_ROW_MAPPER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/import/csv_reader.h"
#include "cli/import/import_map.h"
#include "cli/import/local_time.h"
#include "selfsame/ingest/v1/ingest.pb.h"

namespace selfsame::cli {

// Immutable after construction; may be used by many threads.
class RowMapper {
 public:
  // Errors: as TimeReader::Create.
  static Result<RowMapper> Create(ImportMap map, std::string key_prefix);

  // Fills `record` from a row. A cell that does not fit is no error: the record is sent without it
  // (a time) or with its text (a number), and the server keeps it in quarantine and says why.
  // Returns the stable reason when the row is no record at all: COLUMN_COUNT, CSV_MALFORMED,
  // NOT_UTF8. The same row, number and map always give the same bytes.
  std::optional<std::string_view> Map(const CsvRow& row, std::uint64_t row_number,
                                      ingest::v1::StreamRecord& record) const;

 private:
  RowMapper(ImportMap map, std::string key_prefix, TimeReader time);

  template <typename Record>
  void Fill(const CsvRow& row, std::uint64_t row_number, Record& record) const;
  template <typename Record>
  void AddIdentifiers(const CsvRow& row, Record& record) const;
  std::string PayloadJson(const CsvRow& row) const;
  bool IsEmpty(const std::string& cell) const;

  const ImportMap map_;
  const std::string key_prefix_;
  const TimeReader time_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_ROW_MAPPER_H_
