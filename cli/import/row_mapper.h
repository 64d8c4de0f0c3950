// From a row of a file to a record, by an import map.
#ifndef SELFSAME_CLI_IMPORT_ROW_MAPPER_H_
#define SELFSAME_CLI_IMPORT_ROW_MAPPER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/import/csv_reader.h"
#include "cli/import/import_map.h"
#include "cli/import/local_time.h"
#include "selfsame/ingest/v1/ingest.pb.h"

namespace selfsame::cli {

inline constexpr std::string_view kTimeUnreadable = "TIME_UNREADABLE";

// Why a row is no record, and the column that is the cause; empty where it is the whole row.
struct RowProblem {
  std::string_view reason;
  std::string_view column;
};

// A cell that is not of its type in the map: it is sent as the text it is.
struct CellMisfit {
  std::string_view
      reason;  // NOT_AN_INT, NOT_A_DOUBLE, NOT_A_BOOL, DATE_UNREADABLE, TIME_UNREADABLE
  std::string_view field;
};

// Immutable after construction; may be used by many threads.
class RowMapper {
 public:
  // `now` is the event time of records whose map takes that of the import.
  // Errors: as TimeReader::Create.
  static Result<RowMapper> Create(ImportMap map, TimeUs now);

  const ImportMap& map() const { return map_; }

  // Whether a row can be told from others: CSV_MALFORMED, COLUMN_COUNT, NOT_UTF8,
  // NOT_IN_ENCODING, JSON_MALFORMED.
  // `is_converted` as for RowFile. Nothing: it has a key.
  std::optional<RowProblem> ProblemOf(const CsvRow& row, bool is_converted) const;

  // Fills `record` from a row without a problem. Returns TIME_UNREADABLE when its time is there but
  // not in the map's format: such a row is not sent, so that it is new once the map or the file is
  // corrected. A row without a time, or with a cell that does not fit its type, is sent: the server
  // keeps it in quarantine and says why. The same row, key and map always give the same bytes, but
  // for the time of the import.
  std::optional<RowProblem> Map(const CsvRow& row, const std::string& key,
                                ingest::v1::StreamRecord& record) const;

  // The cells of a row that do not fit.
  std::vector<CellMisfit> MisfitsOf(const CsvRow& row) const;

 private:
  RowMapper(ImportMap map, TimeUs now) : map_(std::move(map)), now_(now) {}

  template <typename Record>
  std::optional<RowProblem> Fill(const CsvRow& row, const std::string& key, Record& record) const;
  template <typename Record>
  void AddIdentifiers(const CsvRow& row, Record& record) const;
  std::string PayloadJson(const CsvRow& row) const;
  void AppendValue(std::size_t rule_index, const CsvRow& row, std::string& json) const;
  bool IsEmpty(const std::string& cell) const;

  const ImportMap map_;
  const TimeUs now_;
  TimeReaders time_;
  std::vector<TimeReaders> payload_times_;  // As map_.payload; empty where there are no formats.
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_ROW_MAPPER_H_
