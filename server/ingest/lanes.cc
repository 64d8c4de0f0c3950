#include "server/ingest/lanes.h"

#include <algorithm>
#include <utility>

namespace selfsame::ingest {
namespace {

using Clock = std::chrono::steady_clock;

QueueLoad LoadOf(const LaneWork& work) {
  QueueLoad load{.rows = work.records.size(), .bytes = 0};
  for (const std::uint32_t i : work.records) {
    load.bytes += work.submission->records()[i].body.size();
  }
  return load;
}

std::size_t RowsOf(const std::vector<LaneWork>& works) {
  std::size_t rows = 0;
  for (const LaneWork& work : works) rows += work.records.size();
  return rows;
}

QueueLoad LoadOf(const Submission& submission) {
  QueueLoad load;
  for (const PreparedRecord& record : submission.records()) {
    if (!record.IsSettled()) load += {.rows = 1, .bytes = record.body.size()};
  }
  return load;
}

QueueLoad CommonOf(const LaneLimits& limits) {
  return {.rows = limits.queue_rows_max, .bytes = limits.queue_bytes_max};
}

QueueLoad ShareOf(const LaneLimits& limits) {
  return {.rows = std::min(limits.queue_rows_share, limits.queue_rows_max / 10),
          .bytes = std::min(limits.queue_bytes_share, limits.queue_bytes_max / 10)};
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

Lanes::Lanes(const LaneContext& context)
    : context_(context), shares_(CommonOf(context.limits), ShareOf(context.limits)) {
  context_.metrics.queue_rows.Set(0);
  for (int i = 0; i < context.limits.lanes + 1; ++i) {
    lanes_.push_back(std::make_unique<Lane>(context, static_cast<std::size_t>(i)));
    Lane& lane = *lanes_.back();
    lane.thread = std::thread([this, &lane] { Run(lane); });
  }
}

Lanes::~Lanes() { Stop(); }

Status Lanes::Submit(const std::shared_ptr<Submission>& submission) {
  const QueueLoad load = LoadOf(*submission);
  SELFSAME_RETURN_IF_ERROR(Reserve(submission->tenant().id, load));
  const std::size_t settled = submission->records().size() - load.rows;
  if (load.rows > 0) {
    const auto place = tenants_.Enter(submission, load.rows, Clock::now());
    if (place) Push(submission, *place);
  }
  if (settled > 0 || load.rows == 0) submission->Finish(settled);
  return {};
}

void Lanes::Push(const std::shared_ptr<Submission>& submission, Place place) {
  // Counted before any is pushed: a lane may be done with its part before the next has got its own.
  std::vector<LaneWork> works = WorksOf(submission, lanes_.size(), [&](const auto& record) {
    return LaneOf(submission->tenant().id, record, place);
  });
  for (std::size_t i = 0; i < works.size(); ++i) {
    if (works[i].submission == nullptr) continue;
    const LaneWork work = works[i];
    if (lanes_[i]->queue.Push(std::move(works[i]))) continue;
    // Stopped since Reserve. Other lanes may have taken their part, so this is an error of the
    // submission, not of a call to Submit.
    submission->Fail(StoppingServer());
    FinishWork(work);
  }
}

void Lanes::Push(TenantId tenant, TenantLanes::Release release) {
  while (!release.submissions.empty()) {
    for (const auto& submission : release.submissions) Push(submission, release.place);
    release = tenants_.Released(tenant);
  }
}

Status Lanes::Reserve(TenantId tenant, const QueueLoad& load) {
  if (is_stopping_) return StoppingServer();
  if (!shares_.Take(tenant, load)) {
    return Error{.code = ErrorCode::kResourceExhausted,
                 .reason = "QUEUE_FULL",
                 .message = "too many records are waiting to be committed",
                 .retry_after = std::chrono::milliseconds(200)};
  }
  context_.metrics.queue_rows.Add(static_cast<std::int64_t>(load.rows));
  context_.metrics.queue_bytes.Add(static_cast<std::int64_t>(load.bytes));
  return {};
}

void Lanes::Leave(TenantId tenant, const QueueLoad& load) {
  shares_.Give(tenant, load);
  context_.metrics.queue_rows.Add(-static_cast<std::int64_t>(load.rows));
  context_.metrics.queue_bytes.Add(-static_cast<std::int64_t>(load.bytes));
  Push(tenant, tenants_.Leave(tenant, load.rows));
}

std::size_t Lanes::LaneOf(TenantId tenant, const PreparedRecord& record, Place place) const {
  const std::size_t wide = lanes_.size() - 1;
  if (place == Place::kNarrow) return wide;
  // A record without an anchor is bound for quarantine; any lane will do, but always the same.
  const std::size_t hash =
      record.mentions.empty() ? Id128Hash()(record.fingerprint) : Id128Hash()(record.anchor());
  if (place == Place::kAll) return hash % wide;
  const std::size_t half = (wide + 1) / 2;
  const std::size_t first = tenant.value % 2 == 0 ? 0 : wide - half;
  return first + hash % half;
}

std::vector<LaneWork> Lanes::TakeNext(Lane& lane) {
  const auto rows_max = [&](TenantId tenant) { return lane.turns.RowsFor(tenant, Clock::now()); };
  return lane.queue.Take(rows_max, context_.limits.linger, lane.committer.parked_due());
}

void Lanes::Run(Lane& lane) {
  for (;;) {
    std::vector<LaneWork> taken = TakeNext(lane);
    if (taken.empty() && !lane.committer.parked_due()) return;
    const std::vector<LaneWork> works = Wanted(std::move(taken));
    if (!works.empty()) {
      const TenantId tenant = works.front().submission->tenant().id;
      const std::size_t rows = RowsOf(works);
      const auto started = Clock::now();
      Settle(lane, works, [&] { return lane.committer.Process(works); });
      const auto ended = Clock::now();
      const auto time = std::chrono::duration_cast<std::chrono::microseconds>(ended - started);
      lane.turns.Took(tenant, rows, time, ended);
      tenants_.Used(tenant, time, ended);
    }
    if (lane.committer.parked_due()) {
      Settle(lane, {}, [&] { return lane.committer.ProcessParked(); });
      for (auto& [tenant, release] : tenants_.Overdue(Clock::now())) {
        Push(tenant, std::move(release));
      }
    }
  }
}

void Lanes::Settle(Lane& lane, const std::vector<LaneWork>& at_hand,
                   const std::function<std::vector<LaneWork>()>& step) {
  std::vector<LaneWork> settled;
  const Status done = context_.barrier.Run(observe::Entry::kLane, "", [&] { settled = step(); });
  if (!done.ok()) {
    settled = lane.committer.Abandon(at_hand);
    for (const LaneWork& work : settled) work.submission->Fail(done.error());
  }
  for (const LaneWork& work : settled) FinishWork(work);
}

std::vector<LaneWork> Lanes::Wanted(std::vector<LaneWork> works) {
  std::vector<LaneWork> wanted;
  const bool is_over = context_.stop != nullptr && context_.stop->Expired();
  for (LaneWork& work : works) {
    if (is_over || work.submission->HasFailed() || work.submission->IsAbandoned()) {
      work.submission->Fail(is_over ? StoppingServer() : AbandonedCall());
      FinishWork(work);
    } else {
      wanted.push_back(std::move(work));
    }
  }
  return wanted;
}

void Lanes::FinishWork(const LaneWork& work) {
  Leave(work.submission->tenant().id, LoadOf(work));
  (void)context_.barrier.Run(observe::Entry::kLane, "",
                             [&] { work.submission->Finish(work.records.size()); });
}

void Lanes::Stop() {
  is_stopping_ = true;
  for (const auto& lane : lanes_) lane->queue.Stop();
  for (const auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
}

}  // namespace selfsame::ingest
