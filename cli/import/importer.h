// One import from beginning to end: rows are read, mapped, sent in batches and counted.
#ifndef SELFSAME_CLI_IMPORT_IMPORTER_H_
#define SELFSAME_CLI_IMPORT_IMPORTER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "cli/import/record_key.h"
#include "cli/import/rejects_file.h"
#include "cli/import/row_file.h"
#include "cli/import/row_mapper.h"
#include "cli/import/sender.h"
#include "cli/import/tally.h"

namespace selfsame::cli {

struct ImporterOptions {
  std::uint64_t from_row = 1;  // The first row after the header is 1.
  std::uint64_t rows_max = std::numeric_limits<std::uint64_t>::max();
  std::size_t batch_rows = 500;
  std::size_t request_bytes_max = 4 << 20;
  SenderOptions sender;
};

// Owned by one thread; runs once.
class Importer {
 public:
  // Requires: `file` and `rejects` (null: none is kept) outlive the importer. Of the hooks
  // on_answer is the importer's own.
  Importer(RowFile& file, RowMapper mapper, ImporterOptions options, SenderHooks hooks,
           RejectsFile* rejects);

  // Imports until the end of the file or rows_max. What was sent by then is waited for, also
  // after an interruption or an error, then for a few seconds. The tally is right in every case.
  // Errors: as those of Sender, RowFile and RowKeys.
  Status Run();

  const Tally& tally() const { return tally_; }
  // The first row that is not settled; with it as from_row an import goes on.
  std::uint64_t first_unsettled_row() const;

 private:
  struct SentRow {
    std::uint64_t number = 0;
    std::string raw;  // Only where rejects are kept.
  };

  SenderHooks WithOnAnswer(SenderHooks hooks);
  Status ReadAndSend();
  Status AddRow(const CsvRow& row, const std::string& key, std::uint64_t number);
  ingest::v1::RecordOutcome Judged(const ingest::v1::RecordOutcome& outcome) const;
  Status SendBatch();
  void OnAnswer(const ingest::v1::StreamRequest& request,
                const ingest::v1::StreamResponse& response);
  void CountUnreadable(const CsvRow& row, std::uint64_t number, const RowProblem& problem);

  RowFile& file_;
  const RowMapper mapper_;
  RowKeys keys_;
  const ImporterOptions options_;
  RejectsFile* const rejects_;
  Tally tally_;
  std::uint64_t next_row_ = 1;
  ingest::v1::StreamRequest batch_;
  std::size_t batch_bytes_ = 0;
  // By key, until answered; rows with equal cells in their key columns share one.
  std::unordered_multimap<std::string, SentRow> sent_;
  Sender sender_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_IMPORTER_H_
