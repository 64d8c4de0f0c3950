#include "cli/import/importer.h"

#include <algorithm>
#include <utility>

#include "cli/outcome.h"

namespace selfsame::cli {

using ingest::v1::Outcome;
using ingest::v1::RecordOutcome;
using ingest::v1::StreamRecord;
using ingest::v1::StreamRequest;
using ingest::v1::StreamResponse;

namespace {

// How long answers are waited for after an interruption or an error.
constexpr std::chrono::seconds kStoppedWait{5};
// Room in a request for what is around its records.
constexpr std::size_t kRecordOverheadBytes = 16;

const std::string& KeyOf(const StreamRecord& record) {
  return record.has_event() ? record.event().key() : record.profile_update().key();
}

bool BelongsAmongRejects(const RecordOutcome& outcome) {
  return outcome.left_out_size() > 0 || (outcome.outcome() != Outcome::OUTCOME_ACCEPTED &&
                                         outcome.outcome() != Outcome::OUTCOME_DUPLICATE);
}

// One line a row: of a row that was stored without some values, all of these are named.
Reject ToReject(const RecordOutcome& outcome, std::string_view name, std::string& reasons,
                std::string& fields) {
  const auto add = [](std::string& list, const std::string& item) {
    list += (list.empty() ? "" : " ") + item;
  };
  reasons = outcome.reason();
  if (!outcome.violations().empty()) fields = outcome.violations(0).field();
  for (const auto& value : outcome.left_out()) {
    add(reasons, value.reason());
    add(fields, value.field());
  }
  return {.row = 0, .outcome = name, .reason = reasons, .field = fields, .raw = ""};
}

}  // namespace

Importer::Importer(RowFile& file, RowMapper mapper, ImporterOptions options, SenderHooks hooks,
                   RejectsFile* rejects)
    : file_(file),
      mapper_(std::move(mapper)),
      keys_(mapper_.map()),
      options_(options),
      rejects_(rejects),
      sender_(options.sender, WithOnAnswer(std::move(hooks))) {}

SenderHooks Importer::WithOnAnswer(SenderHooks hooks) {
  hooks.on_answer = [this](const StreamRequest& request, const StreamResponse& response) {
    OnAnswer(request, response);
  };
  return hooks;
}

Status Importer::Run() {
  Status status = ReadAndSend();
  if (status.ok()) status = sender_.Finish();
  // What stopped us is told; that nothing more was answered after it is seen from the tally.
  if (!status.ok()) (void)sender_.FinishBy(Deadline::After(kStoppedWait));
  if (rejects_ != nullptr) SELFSAME_RETURN_IF_ERROR(rejects_->Close());
  return status;
}

Status Importer::ReadAndSend() {
  CsvRow row;
  while (tally_.rows_read() < options_.rows_max) {
    SELFSAME_ASSIGN_OR_RETURN(const bool more, file_.Next(row));
    if (!more) break;
    const std::uint64_t number = next_row_++;
    const auto problem = mapper_.ProblemOf(row, file_.is_converted());
    std::string key;
    // Also for rows before from_row: later rows that are equal to them are counted on.
    if (!problem) {
      SELFSAME_ASSIGN_OR_RETURN(key, keys_.Next(row));
    }
    if (number < options_.from_row) continue;
    tally_.CountRead();
    if (problem) {
      CountUnreadable(row, number, *problem);
    } else {
      SELFSAME_RETURN_IF_ERROR(AddRow(row, key, number));
    }
  }
  return SendBatch();
}

Status Importer::AddRow(const CsvRow& row, const std::string& key, std::uint64_t number) {
  StreamRecord record;
  if (const auto problem = mapper_.Map(row, key, record)) {
    CountUnreadable(row, number, *problem);
    return {};
  }
  const std::size_t bytes = record.ByteSizeLong() + kRecordOverheadBytes;
  if (batch_bytes_ + bytes > options_.request_bytes_max) SELFSAME_RETURN_IF_ERROR(SendBatch());
  sent_.emplace(KeyOf(record), SentRow{number, rejects_ == nullptr ? "" : row.raw});
  batch_bytes_ += bytes;
  *batch_.add_records() = std::move(record);
  if (static_cast<std::size_t>(batch_.records_size()) < options_.batch_rows) return {};
  return SendBatch();
}

Status Importer::SendBatch() {
  if (batch_.records_size() == 0) return {};
  const auto rows = static_cast<std::uint64_t>(batch_.records_size());
  SELFSAME_RETURN_IF_ERROR(sender_.Send(std::exchange(batch_, {})));
  batch_bytes_ = 0;
  tally_.CountSent(rows);
  return {};
}

// With the time of the import a row that comes again has another time, and so another body. Its key
// shows that it is the same row.
RecordOutcome Importer::Judged(const RecordOutcome& outcome) const {
  RecordOutcome judged = outcome;
  if (mapper_.map().takes_time_of_import() && outcome.reason() == "KEY_REUSED") {
    judged.set_outcome(Outcome::OUTCOME_DUPLICATE);
    judged.set_reason("IMPORTED_BEFORE");
    judged.clear_violations();
  }
  return judged;
}

void Importer::OnAnswer(const StreamRequest& request, const StreamResponse& response) {
  for (int i = 0; i < request.records_size(); ++i) {
    const RecordOutcome outcome = Judged(response.outcomes(i));
    tally_.CountOutcome(outcome);
    const auto sent = sent_.extract(sent_.find(KeyOf(request.records(i))));
    if (rejects_ == nullptr || !BelongsAmongRejects(outcome)) continue;
    const std::string name = OutcomeName(outcome.outcome());
    std::string reasons;
    std::string fields;
    Reject reject = ToReject(outcome, name, reasons, fields);
    reject.row = sent.mapped().number;
    reject.raw = sent.mapped().raw;
    rejects_->Add(reject);
  }
}

void Importer::CountUnreadable(const CsvRow& row, std::uint64_t number, const RowProblem& problem) {
  tally_.CountUnreadable(problem.reason);
  if (rejects_ == nullptr) return;
  rejects_->Add({.row = number,
                 .outcome = kUnreadableRow,
                 .reason = problem.reason,
                 .field = problem.reason == kTimeUnreadable ? "event_time" : "",
                 .raw = row.raw});
}

std::uint64_t Importer::first_unsettled_row() const {
  std::uint64_t first = next_row_;
  for (const auto& [key, row] : sent_) first = std::min(first, row.number);
  return first;
}

}  // namespace selfsame::cli
