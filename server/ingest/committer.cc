#include "server/ingest/committer.h"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "server/ingest/identity_counts.h"
#include "server/ingest/rules_in_force.h"
#include "server/ingest/settle.h"
#include "storage/partitions.h"
#include "storage/pg/errors.h"

namespace selfsame::ingest {
namespace {

constexpr std::chrono::milliseconds kPauseFirst{2};
constexpr std::chrono::milliseconds kPauseMax{500};

// While records are parked, and while those that wait are told from those that do not, a lane waits
// this long for a lock. Records that are parked without need are tried again soon.
constexpr std::chrono::milliseconds kLockProbe{50};

// How many batches that wait for a lock are halved among the works of one call. Enough to find one
// record among two thousand, twice; what is left is parked together.
constexpr int kHalvingsMax = 24;

// How often a batch may find a table missing. Once is not enough: another server, or our own
// keeper, may make the partition between the error and our look at it.
constexpr int kNotReadyMax = 3;

// An unexpected error may be the connection's own, such as a prepared statement that is no longer
// there: so there is another try, on a fresh one.
constexpr int kUnexpectedMax = 2;

Error Locked() {
  return {.code = ErrorCode::kUnavailable,
          .reason = std::string(pg::kLockTimeout),
          .message = "another session holds rows of this person; send the records again",
          .retry_after = std::chrono::seconds(1)};
}

Error Unavailable() {
  return {.code = ErrorCode::kUnavailable,
          .reason = "DATABASE_UNAVAILABLE",
          .message = "the database did not answer in time; send the records again",
          .retry_after = std::chrono::seconds(1)};
}

std::string_view RetryReason(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAborted: return observe::kRetrySerialization;
    case ErrorCode::kInDoubt: return observe::kRetryInDoubt;
    default: return observe::kRetryUnavailable;
  }
}

void Reject(PreparedRecord& record) {
  record.outcome = {.kind = OutcomeKind::kRejected,
                    .reason = "NOT_STORABLE",
                    .violations = {{"", "NOT_STORABLE", "the database cannot store this record"}}};
}

// Its key is not settled: the caller may send it again for another revision.
void RejectStale(PreparedRecord& record) {
  const std::string reason(kRevisionMismatch);
  record.outcome = {
      .kind = OutcomeKind::kRejected,
      .reason = reason,
      .violations = {{"if_revision", reason, "the profile is at another revision by now"}}};
}

}  // namespace

Committer::Committer(const LaneContext& context, std::size_t lane)
    : context_(context), lane_(lane), cache_(context.limits.cache_anchors_max) {}

std::vector<LaneWork> Committer::Process(std::vector<LaneWork> works) {
  halvings_left_ = kHalvingsMax;
  is_probing_ = is_probing_ || !parking_.IsEmpty();
  const std::size_t parked_before = parking_.size();
  std::vector<Open> open;
  for (const LaneWork& work : works) {
    for (const std::uint32_t i : work.records) {
      open.push_back({&work, work.submission.get(), &work.submission->records()[i]});
    }
  }
  for (std::size_t i = 0; i < open.size(); ++i) {
    open[i].record->turn = static_cast<std::uint32_t>(i);
  }
  while (!open.empty()) {
    const std::vector<Open> taken = TakeDistinct(open);
    CommitAll(taken);
    SettleRepeats(taken, open);
  }
  is_probing_ = false;
  if (parking_.size() > parked_before) parking_.RemoveParked(works);
  CountParked();
  return works;
}

std::vector<LaneWork> Committer::ProcessParked() {
  if (!parking_.due() || !parking_.due()->Expired()) return {};
  Parking::Taken taken = parking_.TakeAll();
  retrying_ = taken.expired;
  for (const std::vector<LaneWork>& works : taken.batches) {
    retrying_.insert(retrying_.end(), works.begin(), works.end());
  }
  for (const LaneWork& work : taken.expired) work.submission->Fail(Locked());
  std::vector<LaneWork> settled = std::move(taken.expired);
  for (std::vector<LaneWork>& works : taken.batches) {
    is_probing_ = true;
    for (LaneWork& work : Process(std::move(works))) settled.push_back(std::move(work));
  }
  retrying_.clear();
  CountParked();
  return settled;
}

std::vector<LaneWork> Committer::Abandon(std::vector<LaneWork> at_hand) {
  connection_.reset();
  cache_.Clear();
  is_probing_ = false;
  std::vector<LaneWork> unsettled = std::move(at_hand);
  unsettled.insert(unsettled.end(), retrying_.begin(), retrying_.end());
  retrying_.clear();
  parking_.RemoveParked(unsettled);  // What is parked comes back below, once.
  Parking::Taken parked = parking_.TakeAll();
  for (LaneWork& work : parked.expired) unsettled.push_back(std::move(work));
  for (std::vector<LaneWork>& works : parked.batches) {
    for (LaneWork& work : works) unsettled.push_back(std::move(work));
  }
  CountParked();
  return unsettled;
}

void Committer::CountParked() {
  const auto now = static_cast<std::int64_t>(parking_.size());
  context_.metrics.parked_rows.Add(now - static_cast<std::int64_t>(counted_parked_));
  counted_parked_ = parking_.size();
}

void Committer::SettleRepeats(std::span<const Open> done, std::vector<Open>& open) {
  if (open.empty()) return;
  const auto key_of = [](const Open& o) { return std::tie(o.record->source, o.record->key); };
  const auto has_changed = [&](const PreparedRecord& first, const PreparedRecord& repeat) {
    return std::any_of(done.begin(), done.end(), [&](const Open& one) {
      return one.record->outcome.kind == OutcomeKind::kAccepted && one.record->turn > first.turn &&
             one.record->turn < repeat.turn;
    });
  };
  std::erase_if(open, [&](const Open& repeat) {
    const auto first =
        std::lower_bound(done.begin(), done.end(), repeat,
                         [&](const Open& a, const Open& b) { return key_of(a) < key_of(b); });
    if (first == done.end() || key_of(*first) != key_of(repeat)) return false;
    if (!first->record->IsSettled()) {
      // A repeat of a parked record is parked too, when its turn comes.
      if (parking_.Holds(*repeat.record)) return false;
      repeat.submission->Fail(failed_ ? *failed_ : Unavailable());
      return true;
    }
    return SettleRepeat(*first->record, has_changed(*first->record, *repeat.record),
                        *repeat.record);
  });
}

std::vector<Committer::Open> Committer::TakeDistinct(std::vector<Open>& open) {
  const auto key_of = [](const Open& o) { return std::tie(o.record->source, o.record->key); };
  const auto rules_of = [](const Open& o) { return o.submission->tenant().rules->version; };
  const int rules = rules_of(open.front());
  std::stable_sort(open.begin(), open.end(),
                   [&](const Open& a, const Open& b) { return key_of(a) < key_of(b); });
  std::vector<Open> distinct;
  std::vector<Open> rest;
  for (const Open& next : open) {
    const bool is_repeat = !distinct.empty() && key_of(distinct.back()) == key_of(next);
    (is_repeat || rules_of(next) != rules ? rest : distinct).push_back(next);
  }
  open = std::move(rest);
  return distinct;
}

// A batch that holds something the database cannot store is halved until that record stands alone:
// its neighbours are not touched by it.
void Committer::CommitAll(std::span<const Open> records) {
  std::vector<Open> free;
  if (!parking_.IsEmpty()) {
    free = HoldBack(records);
    records = free;
    if (records.empty()) return;
  }
  Batch batch;
  batch.reserve(records.size());
  for (const Open& open : records) batch.push_back({.record = open.record});
  const Status committed = CommitWithRetries(*records.front().submission, batch);
  if (committed.ok()) return Publish(records, batch);
  if (committed.error().reason == kRevisionMismatch) return CommitWithoutStale(records, batch);
  if (committed.error().reason == pg::kLockTimeout) return CommitWithoutWaiting(records);
  if (committed.error().code != ErrorCode::kInvalidArgument) {
    failed_ = committed.error();
    for (const Open& open : records) open.submission->Fail(committed.error());
    return;
  }
  if (records.size() == 1) {
    context_.log.Error("record cannot be stored", {{"reason", committed.error().message}});
    return Reject(*records.front().record);
  }
  CommitAll(records.first(records.size() / 2));
  CommitAll(records.subspan(records.size() / 2));
}

void Committer::CommitWithoutWaiting(std::span<const Open> records) {
  context_.metrics.commit_retries.Of(observe::kRetryLockTimeout).Add();
  if (records.size() == 1) return Park(records.front(), Parking::Standing::kWaits);
  if (halvings_left_ == 0) {
    for (const Open& open : records) Park(open, Parking::Standing::kUnsorted);
    return;
  }
  --halvings_left_;
  is_probing_ = true;
  CommitAll(records.first(records.size() / 2));
  CommitAll(records.subspan(records.size() / 2));
}

void Committer::Park(const Open& open, Parking::Standing standing) {
  const auto index = static_cast<std::uint32_t>(open.record - open.submission->records().data());
  parking_.Park(*open.work, index, standing, context_.limits.give_up);
}

std::vector<Committer::Open> Committer::HoldBack(std::span<const Open> records) {
  std::vector<Open> free;
  for (const Open& open : records) {
    if (parking_.Holds(*open.record)) {
      Park(open, Parking::Standing::kHeldBack);
    } else {
      free.push_back(open);
    }
  }
  return free;
}

void Committer::CommitWithoutStale(std::span<const Open> records, const Batch& batch) {
  std::vector<Open> rest;
  std::vector<Open> later;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (batch[i].is_stale) {
      RejectStale(*records[i].record);
    } else {
      if (batch[i].excess) records[i].record->violations.push_back(*batch[i].excess);
      (batch[i].is_later ? later : rest).push_back(records[i]);
    }
  }
  if (!rest.empty()) CommitAll(rest);
  if (!later.empty()) CommitAll(later);
}

Status Committer::CommitWithRetries(const Submission& any, Batch& batch) {
  const Deadline deadline = Deadline::After(context_.limits.give_up);
  int not_ready = 0;
  int unexpected = 0;
  for (auto pause = kPauseFirst;; pause = std::min(pause * 2, kPauseMax)) {
    if (context_.stop != nullptr && context_.stop->Expired()) return StoppingServer();
    for (BatchItem& item : batch) item = BatchItem{.record = item.record};
    const auto started = std::chrono::steady_clock::now();
    Result<CommitReport> report = TryOnce(any, batch);
    if (report.ok()) {
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
      generation_ = report->generation;
      Count(*report, any.tenant().name, batch.size(), took.count());
      return {};
    }
    const Error& error = report.error();
    if (error.reason == "SCHEMA_NOT_READY" && ++not_ready == kNotReadyMax) return Unavailable();
    if (error.code == ErrorCode::kInternal && ++unexpected == kUnexpectedMax) return error;
    SELFSAME_RETURN_IF_ERROR(PrepareRetry(report.error()));
    if (deadline.Expired()) return Unavailable();
    pause_.WaitFor(pause);
  }
}

Status Committer::PrepareRetry(const Error& error) {
  if (error.reason == kRevisionMismatch || error.reason == kRulesetChanged) return error;
  if (error.reason == pg::kLockTimeout) return error;
  context_.metrics.postgres_errors.Of(ErrorCodeName(error.code)).Add();
  switch (error.code) {
    case ErrorCode::kAborted:
      if (error.reason == kIdentifierVanished) cache_.Clear();
      break;
    case ErrorCode::kUnavailable:
    case ErrorCode::kInDoubt:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kInternal:
      LogRetry(error);
      connection_.reset();
      break;
    case ErrorCode::kFailedPrecondition:
      // The database refuses us, or is not the one it was. That is not the caller's doing.
      LogRetry(error);
      if (error.reason != "SCHEMA_NOT_READY" || connection_ == nullptr) break;
      // Should this fail, the next try finds the table still missing, or the connection broken.
      (void)storage::EnsureRecordPartitions(*connection_, Now(), 1);
      break;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kNotFound:
    case ErrorCode::kResourceExhausted: return error;
  }
  context_.metrics.commit_retries.Of(RetryReason(error.code)).Add();
  return {};
}

// A database that is away fails each try of each batch.
void Committer::LogRetry(const Error& error) {
  const auto left_out = retry_log_.Admit();
  if (!left_out) return;
  context_.log.Warn("commit will be tried again", {{"lane", lane_},
                                                   {"reason", error.reason},
                                                   {"what", error.message},
                                                   {"entries_left_out", *left_out}});
}

Result<CommitReport> Committer::TryOnce(const Submission& any, Batch& batch) {
  SELFSAME_RETURN_IF_ERROR(Connect());
  const CommitContext context{.tenant = any.tenant(),
                              .directory = any.directory(),
                              .rules = *any.tenant().rules,
                              .cache = cache_,
                              .where = {any.tenant().shard, any.tenant().id},
                              .now = Now(),
                              .counts_quality = context_.counts_quality,
                              .lock_wait = is_probing_ ? std::optional(kLockProbe) : std::nullopt};
  return CommitBatch(*connection_, context, batch);
}

Status Committer::Connect() {
  if (connection_ != nullptr && connection_->IsIdle()) return {};
  connection_.reset();
  cache_.Clear();
  SELFSAME_ASSIGN_OR_RETURN(connection_, pg::BulkConnection::Connect(context_.database));
  return {};
}

void Committer::Publish(std::span<const Open> records, const Batch& batch) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const BatchItem& item = batch[i];
    if (item.wants_profile && item.outcome.kind == OutcomeKind::kAccepted) {
      cache_.Learn(*item.record, item.outcome.profile_id, generation_);
    } else if (item.wants_profile && !item.outcome.profile_id.IsNil()) {
      cache_.LearnAnchor(*item.record, item.outcome.profile_id, generation_);
    }
    records[i].record->outcome = item.outcome;
    records[i].record->settled_as = item.settled_as;
  }
}

void Committer::Count(const CommitReport& report, const std::string& tenant, std::size_t rows,
                      double seconds) {
  observe::Metrics& metrics = context_.metrics;
  metrics.batch_rows.Observe(static_cast<double>(rows));
  metrics.commit_seconds.Of(lane_).Observe(seconds);
  metrics.identity_cache_hits.Add(report.known_records);
  metrics.identity_cache_misses.Add(report.fresh - report.known_records);
  CountIdentity(CountsOf(report.linked, report.profiles_created), metrics.ForTenant(tenant));
  for (const auto& [attribute, count] : report.conflicts) {
    metrics.quality.field_conflicts.Of({tenant, attribute}).Add(count);
  }
}

}  // namespace selfsame::ingest
