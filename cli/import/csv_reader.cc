#include "cli/import/csv_reader.h"

#include <algorithm>
#include <array>
#include <utility>

namespace selfsame::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(ChunkSource source, char delimiter)
    : source_(std::move(source)), delimiter_(delimiter) {}

Result<bool> CsvReader::Next(CsvRow& row) {
  row.raw.clear();
  row.malformed = false;
  field_count_ = 0;
  while (true) {
    SELFSAME_ASSIGN_OR_RETURN(const bool more, ReadLine());
    if (!more && field_count_ == 0) return false;
    if (!more) {
      return Error{ErrorCode::kInvalidArgument, "CSV_QUOTE_OPEN", "the file ends within quotes"};
    }
    if (row.raw.size() + line_.size() > kCsvRowBytesMax) {
      return Error{ErrorCode::kInvalidArgument, "CSV_ROW_TOO_LONG",
                   "a row is longer than 1 MiB; a closing quote may be missing"};
    }
    if (field_count_ == 0 && (line_.empty() || line_ == "\r")) continue;
    if (SplitLine(row)) return true;
  }
}

Result<bool> CsvReader::ReadLine() {
  line_.clear();
  bool any = false;
  while (line_.size() <= kCsvRowBytesMax) {
    if (chunk_.empty()) {
      SELFSAME_ASSIGN_OR_RETURN(chunk_, source_());
      if (chunk_.empty()) break;
    }
    any = true;
    const std::size_t end = chunk_.find('\n');
    line_.append(chunk_.substr(0, end));
    chunk_.remove_prefix(end == std::string_view::npos ? chunk_.size() : end + 1);
    if (end != std::string_view::npos) break;
  }
  if (at_start_ && line_.starts_with(kByteOrderMark)) line_.erase(0, kByteOrderMark.size());
  at_start_ = false;
  return any;
}

bool CsvReader::SplitLine(CsvRow& row) {
  if (field_count_ == 0) StartField(row);
  const bool ends_in_cr = line_.ends_with('\r');
  const std::string_view body(line_.data(), line_.size() - (ends_in_cr ? 1 : 0));
  row.raw.append(body);
  for (const char c : body) Take(c, row);
  if (state_ == State::kQuoted) {
    const std::string_view line_break = ends_in_cr ? "\r\n" : "\n";
    row.raw.append(line_break);
    row.fields[field_count_ - 1].append(line_break);
    return false;
  }
  row.fields.resize(field_count_);
  return true;
}

void CsvReader::StartField(CsvRow& row) {
  if (field_count_ == row.fields.size()) row.fields.emplace_back();
  row.fields[field_count_].clear();
  ++field_count_;
  state_ = State::kFieldStart;
}

void CsvReader::Take(char c, CsvRow& row) {
  std::string& field = row.fields[field_count_ - 1];
  if (state_ == State::kQuoted) {
    if (c == '"') {
      state_ = State::kQuoteInQuoted;
    } else {
      field.push_back(c);
    }
  } else if (c == delimiter_) {
    StartField(row);
  } else if (c == '"' && state_ == State::kFieldStart) {
    state_ = State::kQuoted;
  } else if (c == '"' && state_ == State::kQuoteInQuoted) {
    field.push_back('"');
    state_ = State::kQuoted;
  } else {
    if (c == '"' || state_ == State::kQuoteInQuoted) row.malformed = true;
    field.push_back(c);
    state_ = State::kPlain;
  }
}

char GuessDelimiter(std::string_view head) {
  constexpr std::string_view kCandidates = ",;\t|";
  if (head.starts_with(kByteOrderMark)) head.remove_prefix(kByteOrderMark.size());
  if (const auto named = NamedDelimiter(head.substr(0, head.find('\n')))) return *named;
  std::array<std::size_t, kCandidates.size()> counts{};
  bool quoted = false;
  for (const char c : head) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') break;
    const std::size_t candidate = kCandidates.find(c);
    if (candidate != std::string_view::npos) ++counts[candidate];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return kCandidates[static_cast<std::size_t>(most - counts.begin())];
}

std::optional<char> NamedDelimiter(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() != 5 || !line.starts_with("sep=")) return std::nullopt;
  return line[4];
}

}  // namespace selfsame::cli
