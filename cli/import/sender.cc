#include "cli/import/sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/rpc_error.h"

namespace selfsame::cli {

using ingest::v1::StreamRequest;
using ingest::v1::StreamResponse;
using std::chrono::milliseconds;

namespace {

// How long one step waits at most, so that interruptions are noticed and progress is shown.
constexpr milliseconds kStepWait{100};
// What a refusal without advice costs.
constexpr milliseconds kResendWait{100};
constexpr milliseconds kResendWaitMax{5'000};

}  // namespace

Sender::Sender(SenderOptions options, SenderHooks hooks)
    : options_(options), hooks_(std::move(hooks)), reopen_wait_(options.reopen_wait_min) {}

Status Sender::Send(StreamRequest request) {
  while (true) {
    if (hooks_.interrupted(milliseconds(0))) {
      return Error{ErrorCode::kAborted, "INTERRUPTED", "the import was interrupted"};
    }
    if (pending_.size() < options_.in_flight_max) break;
    SELFSAME_RETURN_IF_ERROR(Step());
  }
  if (pending_.empty()) progress_at_ = Clock::now();  // Nobody waited until now.
  request.set_sequence(++last_sequence_);
  auto shared = std::make_shared<const StreamRequest>(std::move(request));
  pending_[last_sequence_].request = shared;
  if (stream_ != nullptr) stream_->Write(std::move(shared));
  return {};
}

Status Sender::Finish() {
  while (!pending_.empty()) {
    if (hooks_.interrupted(milliseconds(0))) {
      return Error{ErrorCode::kAborted, "INTERRUPTED", "the import was interrupted"};
    }
    SELFSAME_RETURN_IF_ERROR(Step());
  }
  return {};
}

Status Sender::FinishBy(Deadline deadline) {
  while (!pending_.empty() && stream_ != nullptr && !deadline.Expired()) {
    SELFSAME_RETURN_IF_ERROR(Step());
  }
  return {};
}

Status Sender::Step() {
  SELFSAME_RETURN_IF_ERROR(CheckPatience());
  if (!EnsureStream()) {
    hooks_.interrupted(kStepWait);
    return {};
  }
  ResendDue();
  StreamResponse response;
  switch (stream_->Next(Deadline::After(kStepWait), response)) {
    case RecordStream::Event::kResponse: return HandleResponse(response);
    case RecordStream::Event::kEnded: return HandleEnd();
    case RecordStream::Event::kNothing: return {};
  }
  return {};
}

Status Sender::CheckPatience() {
  if (Clock::now() - progress_at_ < options_.give_up_after) return {};
  const std::string last = last_trouble_.message.empty() ? "no answer" : last_trouble_.message;
  return Error{ErrorCode::kUnavailable, "GAVE_UP",
               fmt::format("nothing was answered for {} s; last: {}",
                           options_.give_up_after.count() / 1'000, last)};
}

bool Sender::EnsureStream() {
  if (stream_ != nullptr) return true;
  if (Clock::now() < reopen_at_) return false;
  stream_ = hooks_.open_stream();
  for (auto& [sequence, pending] : pending_) {
    if (!pending.resend_at) stream_->Write(pending.request);
  }
  return true;
}

void Sender::ResendDue() {
  const auto now = Clock::now();
  for (auto& [sequence, pending] : pending_) {
    if (!pending.resend_at || *pending.resend_at > now) continue;
    pending.resend_at.reset();
    stream_->Write(pending.request);
  }
}

Status Sender::HandleResponse(const StreamResponse& response) {
  const auto found = pending_.find(response.sequence());
  if (found == pending_.end() || found->second.resend_at) {
    return Error{ErrorCode::kInternal, "RESPONSE_BROKEN",
                 fmt::format("the server answered request {}, which waits for no answer",
                             response.sequence())};
  }
  if (response.has_status()) return HandleRefusal(found->second, response);
  if (response.outcomes_size() != found->second.request->records_size()) {
    return Error{ErrorCode::kInternal, "RESPONSE_BROKEN",
                 fmt::format("the server sent {} outcomes for {} records", response.outcomes_size(),
                             found->second.request->records_size())};
  }
  if (std::exchange(broken_before_, false)) hooks_.on_trouble("the server answers again");
  progress_at_ = Clock::now();
  reopen_wait_ = options_.reopen_wait_min;
  hooks_.on_answer(*found->second.request, response);
  pending_.erase(found);
  return {};
}

Status Sender::HandleRefusal(Pending& pending, const StreamResponse& response) {
  Error error = ErrorOf(response.status());
  if (!MayRetry(error.code)) return error;
  last_trouble_ = error;
  if (++pending.refusals > options_.refusals_max) {
    return Error{
        ErrorCode::kUnavailable, "GAVE_UP",
        fmt::format("one request was refused {} times; last: {}", pending.refusals, error.message)};
  }
  const milliseconds advised = error.retry_after.count() > 0
                                   ? error.retry_after
                                   : kResendWait * std::min(pending.refusals, 50);
  pending.resend_at = Clock::now() + std::min(advised, kResendWaitMax);
  return {};
}

Status Sender::HandleEnd() {
  const Status status = stream_->status();
  stream_.reset();
  if (!status.ok() && !MayRetry(status.error().code)) return status;
  last_trouble_ = status.ok() ? Error{.message = "the server closed the stream"} : status.error();
  if (!std::exchange(broken_before_, true)) {
    hooks_.on_trouble(
        fmt::format("the stream broke ({}); connecting again", last_trouble_.message));
  }
  reopen_at_ = Clock::now() + std::max(reopen_wait_, std::min(last_trouble_.retry_after,
                                                              options_.reopen_wait_max));
  reopen_wait_ = std::min(reopen_wait_ * 2, options_.reopen_wait_max);
  return {};
}

}  // namespace selfsame::cli
