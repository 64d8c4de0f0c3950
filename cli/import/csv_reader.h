// Reading CSV as RFC 4180 has it, from a stream of chunks: quoted fields with delimiters, doubled
// quotes and line breaks, LF or CRLF, a UTF-8 byte order mark. What a field means is not its
// business (cli/import/row_mapper.h).
#ifndef SELFSAME_CLI_IMPORT_CSV_READER_H_
#define SELFSAME_CLI_IMPORT_CSV_READER_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selfsame::cli {

// A row longer than this is taken for a missing closing quote.
inline constexpr std::size_t kCsvRowBytesMax = 1 << 20;

struct CsvRow {
  std::vector<std::string> fields;
  // Of a file whose values have types of their own (cli/import/jsonl_file.h): each field as JSON
  // text, empty where the row has none. Empty for CSV.
  std::vector<std::string> json;
  // The bytes of the row as they stand in the file, without the line break at its end.
  std::string raw;
  bool is_json = false;
  // A quote stands where RFC 4180 has none, and `fields` is a best reading; or no JSON object.
  bool malformed = false;
};

// The delimiter of a file by its beginning in UTF-8: what a first line "sep=;" names, as Excel
// writes it; else the one of comma, semicolon, tab and bar that the first row holds most of.
char GuessDelimiter(std::string_view head);

// The delimiter that a line "sep=;" names; nothing for another line.
std::optional<char> NamedDelimiter(std::string_view line);

// Owned by one thread.
class CsvReader {
 public:
  // The next bytes of the file, valid until the next call; empty at the end.
  using ChunkSource = std::function<Result<std::string_view>()>;

  explicit CsvReader(ChunkSource source, char delimiter = ',');

  // Reads one row into `row`, reusing its memory; false at the end of the file. Empty lines are
  // no rows. Errors: what the source returns; kInvalidArgument CSV_ROW_TOO_LONG past
  // kCsvRowBytesMax, CSV_QUOTE_OPEN when the file ends within quotes. No retry.
  Result<bool> Next(CsvRow& row);

  // How many bytes of the chunk that the source gave last have not been read yet.
  std::size_t unread() const { return chunk_.size(); }

 private:
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteInQuoted };

  // Reads up to the next LF into line_, without it; false at the end of the file. A line longer
  // than a row may be comes back cut, and Next refuses it.
  Result<bool> ReadLine();
  // Splits line_ into fields, going on where the line before left off; true when the row is whole.
  bool SplitLine(CsvRow& row);
  void Take(char c, CsvRow& row);
  void StartField(CsvRow& row);

  const ChunkSource source_;
  const char delimiter_;
  std::string_view chunk_;
  std::string line_;
  bool at_start_ = true;
  State state_ = State::kFieldStart;
  // Fields of the row so far; strings past them are kept for their memory until the row is whole.
  std::size_t field_count_ = 0;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_CSV_READER_H_
