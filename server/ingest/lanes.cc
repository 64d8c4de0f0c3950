#include "server/ingest/lanes.h"

#include <utility>

namespace selfsame::ingest {
namespace {

std::size_t BytesOf(const LaneWork& work) {
  std::size_t bytes = 0;
  for (const std::uint32_t i : work.records) bytes += work.submission->records()[i].body.size();
  return bytes;
}

// Splits what a submission has to settle by lane.
template <typename LaneOf>
std::vector<LaneWork> WorksOf(const std::shared_ptr<Submission>& submission, std::size_t lanes,
                              const LaneOf& lane_of) {
  std::vector<LaneWork> works(lanes);
  const std::vector<PreparedRecord>& records = submission->records();
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    if (!records[i].IsSettled()) works[lane_of(records[i])].records.push_back(i);
  }
  for (LaneWork& work : works) {
    if (!work.records.empty()) work.submission = submission;
  }
  return works;
}

}  // namespace

Lanes::Lanes(const LaneContext& context) : context_(context) {
  context_.metrics.queue_rows.Set(0);
  for (int i = 0; i < context.limits.lanes; ++i) {
    lanes_.push_back(std::make_unique<Lane>(context, static_cast<std::size_t>(i)));
    Lane& lane = *lanes_.back();
    lane.thread = std::thread([this, &lane] { Run(lane); });
  }
}

Lanes::~Lanes() { Stop(); }

Status Lanes::Submit(const std::shared_ptr<Submission>& submission) {
  std::vector<LaneWork> works =
      WorksOf(submission, lanes_.size(), [this](const auto& record) { return LaneOf(record); });
  std::size_t rows = 0;
  std::size_t bytes = 0;
  for (const LaneWork& work : works) {
    rows += work.records.size();
    bytes += work.submission == nullptr ? 0 : BytesOf(work);
  }
  SELFSAME_RETURN_IF_ERROR(Reserve(rows, bytes));
  // Counted before any is pushed: a lane may be done with its part before the next has got its own.
  const std::size_t settled = submission->records().size() - rows;
  for (std::size_t i = 0; i < works.size(); ++i) {
    if (works[i].submission == nullptr) continue;
    const std::size_t count = works[i].records.size();
    const std::size_t work_bytes = BytesOf(works[i]);
    if (lanes_[i]->queue.Push(std::move(works[i]))) continue;
    // Stopped between Reserve and here. Other lanes may have taken their part, so this is an error
    // of the submission, not of this call.
    Release(count, work_bytes);
    submission->Fail({.code = ErrorCode::kUnavailable,
                      .reason = "SHUTTING_DOWN",
                      .message = "the server is stopping",
                      .retry_after = std::chrono::seconds(1)});
    submission->Finish(count);
  }
  if (settled > 0 || rows == 0) submission->Finish(settled);
  return {};
}

Status Lanes::Reserve(std::size_t rows, std::size_t bytes) {
  if (is_stopping_) {
    return Error{.code = ErrorCode::kUnavailable,
                 .reason = "SHUTTING_DOWN",
                 .message = "the server is stopping",
                 .retry_after = std::chrono::seconds(1)};
  }
  const LaneLimits& limits = context_.limits;
  const std::size_t rows_now = queued_rows_.fetch_add(rows) + rows;
  const std::size_t bytes_now = queued_bytes_.fetch_add(bytes) + bytes;
  context_.metrics.queue_rows.Add(static_cast<std::int64_t>(rows));
  context_.metrics.queue_bytes.Add(static_cast<std::int64_t>(bytes));
  if (rows_now <= limits.queue_rows_max && bytes_now <= limits.queue_bytes_max) return {};
  Release(rows, bytes);
  return Error{.code = ErrorCode::kResourceExhausted,
               .reason = "QUEUE_FULL",
               .message = "too many records are waiting to be committed",
               .retry_after = std::chrono::milliseconds(200)};
}

void Lanes::Release(std::size_t rows, std::size_t bytes) {
  queued_rows_ -= rows;
  queued_bytes_ -= bytes;
  context_.metrics.queue_rows.Add(-static_cast<std::int64_t>(rows));
  context_.metrics.queue_bytes.Add(-static_cast<std::int64_t>(bytes));
}

std::size_t Lanes::LaneOf(const PreparedRecord& record) const {
  // A record without an anchor is bound for quarantine; any lane will do, but always the same.
  return record.mentions.empty() ? Id128Hash()(record.fingerprint) % lanes_.size()
                                 : Id128Hash()(record.anchor()) % lanes_.size();
}

void Lanes::Run(Lane& lane) {
  const LaneLimits& limits = context_.limits;
  for (;;) {
    const std::vector<LaneWork> works = lane.queue.Take(limits.batch_rows_max, limits.linger);
    if (works.empty()) return;
    lane.committer.Process(works);
    for (const LaneWork& work : works) {
      Release(work.records.size(), BytesOf(work));
      work.submission->Finish(work.records.size());
    }
  }
}

void Lanes::Stop() {
  is_stopping_ = true;
  for (const auto& lane : lanes_) lane->queue.Stop();
  for (const auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
}

}  // namespace selfsame::ingest
