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
  return outcome.outcome() != Outcome::OUTCOME_ACCEPTED &&
         outcome.outcome() != Outcome::OUTCOME_DUPLICATE;
}

}  // namespace

Importer::Importer(CsvFile& file, RowMapper mapper, ImporterOptions options, SenderHooks hooks,
                   RejectsFile* rejects)
    : file_(file),
      mapper_(std::move(mapper)),
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
    if (number < options_.from_row) continue;
    tally_.CountRead();
    SELFSAME_RETURN_IF_ERROR(AddRow(row, number));
  }
  return SendBatch();
}

Status Importer::AddRow(const CsvRow& row, std::uint64_t number) {
  StreamRecord record;
  if (const auto reason = mapper_.Map(row, number, record)) {
    CountUnreadable(row, number, *reason);
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

void Importer::OnAnswer(const StreamRequest& request, const StreamResponse& response) {
  for (int i = 0; i < request.records_size(); ++i) {
    const RecordOutcome& outcome = response.outcomes(i);
    tally_.CountOutcome(outcome);
    const auto sent = sent_.extract(KeyOf(request.records(i)));
    if (rejects_ == nullptr || !BelongsAmongRejects(outcome)) continue;
    rejects_->Add({.row = sent.mapped().number,
                   .outcome = OutcomeName(outcome.outcome()),
                   .reason = outcome.reason(),
                   .field = outcome.violations().empty() ? "" : outcome.violations(0).field(),
                   .raw = sent.mapped().raw});
  }
}

void Importer::CountUnreadable(const CsvRow& row, std::uint64_t number, std::string_view reason) {
  tally_.CountUnreadable(reason);
  if (rejects_ == nullptr) return;
  rejects_->Add(
      {.row = number, .outcome = kUnreadableRow, .reason = reason, .field = "", .raw = row.raw});
}

std::uint64_t Importer::first_unsettled_row() const {
  std::uint64_t first = next_row_;
  for (const auto& [key, row] : sent_) first = std::min(first, row.number);
  return first;
}

}  // namespace selfsame::cli
