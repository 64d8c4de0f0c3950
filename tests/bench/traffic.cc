#include "tests/bench/traffic.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "selfsame/ingest/v1/ingest.pb.h"

namespace selfsame::bench {
namespace {

using google::protobuf::internal::WireFormatLite;

// No answer takes this long, run in and all.
constexpr std::chrono::seconds kPatience{60};
constexpr std::uint32_t kTrackEventsOutcomes =
    WireFormatLite::MakeTag(1, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
constexpr std::uint32_t kStreamOutcomes =
    WireFormatLite::MakeTag(2, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
// RecordOutcome.outcome, the first field there is, with the value ACCEPTED.
constexpr char kAccepted[] = {0x08, 0x01};

// Why a response is not what it should be; in public words only.
std::string Describe(const grpc::ByteBuffer& response, bool is_stream) {
  grpc::Slice bytes;
  if (!response.DumpToSingleSlice(&bytes).ok()) return "unreadable";
  const std::string text(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  ingest::v1::StreamResponse streamed;
  ingest::v1::TrackEventsResponse tracked;
  if (!(is_stream ? streamed.ParseFromString(text) : tracked.ParseFromString(text)))
    return "malformed";
  if (streamed.has_status()) return streamed.status().message();
  for (const auto& outcome : is_stream ? streamed.outcomes() : tracked.outcomes()) {
    if (outcome.outcome() == ingest::v1::OUTCOME_ACCEPTED) continue;
    return ingest::v1::Outcome_Name(outcome.outcome()) + " " + outcome.reason();
  }
  return "too few outcomes";
}

}  // namespace

Traffic::Traffic(const LoadOptions& options, const std::string& api_key)
    : options_(options),
      authorization_("Bearer " + api_key),
      meter_(options.watched, SecondsDouble(options.run_in_seconds),
             SecondsDouble(options.seconds)),
      next_number_(options.first_number) {}

void Traffic::Authorize(grpc::ClientContext& context) const {
  context.AddMetadata("authorization", authorization_);
}

bool Traffic::Stamp(RequestTemplate& request) {
  const std::uint64_t sent = next_number_ - options_.first_number;
  const bool is_over =
      options_.records_exactly == 0 ? meter_.IsOver() : sent >= options_.records_exactly;
  if (is_over || error_) return false;
  request.Stamp(options_.people, next_number_, Now());
  next_number_ += request.records();
  return true;
}

void Traffic::Answered(Clock::time_point sent_at, std::uint64_t records,
                       const grpc::ByteBuffer& response) {
  if (CountAccepted(response, options_.shape.is_stream) != records) {
    return Fail("not all records were ACCEPTED: " + Describe(response, options_.shape.is_stream));
  }
  meter_.Done(records, Clock::now() - sent_at);
}

void Traffic::Ended(const grpc::Status& status) {
  if (status.ok()) return;
  Fail(fmt::format("a call ended with code {}: {}", static_cast<int>(status.error_code()),
                   status.error_message()));
}

void Traffic::Fail(const std::string& what) {
  if (!error_) error_ = Error{.reason = "LOAD_REFUSED", .message = what};
}

Status Traffic::Run() {
  const auto deadline = std::chrono::system_clock::now() + kPatience +
                        std::chrono::milliseconds(
                            static_cast<long>(1000 * (options_.run_in_seconds + options_.seconds)));
  while (open_calls_ > 0) {
    void* tag = nullptr;
    bool ok = false;
    if (queue_.AsyncNext(&tag, &ok, deadline) != grpc::CompletionQueue::GOT_EVENT) {
      return Error{.code = ErrorCode::kDeadlineExceeded,
                   .reason = "LOAD_STUCK",
                   .message = "the server does not answer"};
    }
    (*static_cast<Tag*>(tag))(ok);
  }
  return {};
}

Result<Slice> Traffic::TakeSlice() {
  if (error_) return *error_;
  if (options_.records_exactly == 0) return meter_.TakeSlice();
  return Slice{.records_in_all = next_number_ - options_.first_number};
}

std::optional<std::uint64_t> CountAccepted(const grpc::ByteBuffer& response, bool is_stream) {
  grpc::Slice bytes;
  if (!response.DumpToSingleSlice(&bytes).ok()) return std::nullopt;
  google::protobuf::io::CodedInputStream in(bytes.begin(), static_cast<int>(bytes.size()));
  std::uint64_t accepted = 0;
  while (const std::uint32_t tag = in.ReadTag()) {
    if (tag != (is_stream ? kStreamOutcomes : kTrackEventsOutcomes)) {
      if (!WireFormatLite::SkipField(&in, tag)) return std::nullopt;
      continue;
    }
    std::uint32_t size = 0;
    if (!in.ReadVarint32(&size) || size < sizeof(kAccepted)) return std::nullopt;
    const std::uint8_t* outcome = bytes.begin() + in.CurrentPosition();
    if (!in.Skip(static_cast<int>(size))) return std::nullopt;
    if (outcome[0] != kAccepted[0] || outcome[1] != kAccepted[1]) return std::nullopt;
    ++accepted;
  }
  return accepted;
}

}  // namespace selfsame::bench
