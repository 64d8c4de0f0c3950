// Counting how the rows of an import ended.
#ifndef SELFSAME_CLI_IMPORT_TALLY_H_
#define SELFSAME_CLI_IMPORT_TALLY_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "selfsame/ingest/v1/ingest.pb.h"

namespace selfsame::cli {

// A row that is no record at all: it was never sent.
inline constexpr std::string_view kUnreadableRow = "UNREADABLE";

// Owned by one thread.
class Tally {
 public:
  // By outcome name and reason; the reason is empty where there is none.
  using Counts = std::map<std::pair<std::string, std::string>, std::uint64_t>;

  void CountRead() { ++rows_read_; }
  void CountSent(std::uint64_t rows) { rows_sent_ += rows; }
  void CountUnreadable(std::string_view reason);
  void CountOutcome(const ingest::v1::RecordOutcome& outcome);

  // Values that were left out of stored records, by field and reason; fields of the items of a list
  // count as one.
  const Counts& left_out() const { return left_out_; }
  std::uint64_t values_left_out() const;

  std::uint64_t rows_read() const { return rows_read_; }
  std::uint64_t rows_sent() const { return rows_sent_; }
  // Rows sent and answered.
  std::uint64_t rows_settled() const { return rows_settled_; }
  std::uint64_t rows_unsettled() const { return rows_sent_ - rows_settled_; }
  // Rows whose end is known: settled ones and those that were no records.
  std::uint64_t rows_done() const { return rows_settled_ + CountOf(kUnreadableRow); }
  const Counts& counts() const { return counts_; }
  std::uint64_t CountOf(std::string_view outcome) const;
  std::uint64_t CountOf(std::string_view outcome, std::string_view reason) const;

  // Whether every row ended well: ACCEPTED, DUPLICATE, or kept or withheld by a rule
  // (QUARANTINED, CONSENT_DENIED, SUPPRESSED); none REJECTED, UNREADABLE or unsettled.
  bool AllWell() const;

 private:
  std::uint64_t rows_read_ = 0;
  std::uint64_t rows_sent_ = 0;
  std::uint64_t rows_settled_ = 0;
  Counts counts_;
  Counts left_out_;
};

// A field's path without the indices of items: "payload.phones[].number".
std::string FieldOfPath(std::string_view path);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_TALLY_H_
