#include "server/edge/encode.h"

#include <google/protobuf/timestamp.pb.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include "base/check.h"
#include "base/uuid.h"
#include "selfsame/ingest/v1/ingest.pb.h"
#include "server/edge/status.h"

namespace selfsame::edge {
namespace {

using ingest::Outcome;
using ingest::OutcomeKind;
using ingest::PreparedRecord;

namespace pb = ::selfsame::ingest::v1;

void FillFirst(const Outcome& outcome, pb::RecordOutcome* reply) {
  reply->set_first_outcome(static_cast<pb::Outcome>(outcome.first_kind));
  const std::int64_t us = outcome.first_received_at.us;
  reply->mutable_first_received_at()->set_seconds(us / 1'000'000);
  reply->mutable_first_received_at()->set_nanos(static_cast<int>(us % 1'000'000 * 1000));
}

void Add(const Violation& violation, pb::FieldViolation* added) {
  added->set_field(violation.field);
  added->set_reason(violation.reason);
  added->set_message(violation.message);
}

void Fill(const PreparedRecord& record, pb::RecordOutcome* reply) {
  const Outcome& outcome = record.outcome;
  SELFSAME_CHECK(outcome.kind != OutcomeKind::kPending);
  reply->set_outcome(static_cast<pb::Outcome>(outcome.kind));
  if (!outcome.profile_id.IsNil()) reply->set_profile_id(FormatUuid(outcome.profile_id));
  if (!outcome.record_id.IsNil()) reply->set_record_id(FormatUuid(outcome.record_id));
  reply->set_reason(outcome.reason);
  for (const Violation& violation : outcome.violations) Add(violation, reply->add_violations());
  if (outcome.kind == OutcomeKind::kAccepted) {
    for (const Violation& ignored : record.ignored) Add(ignored, reply->add_ignored());
  }
  for (const Violation& field : outcome.left_out) Add(field, reply->add_left_out());
  if (outcome.first_kind != OutcomeKind::kPending) FillFirst(outcome, reply);
}

template <typename Message>
grpc::ByteBuffer Serialize(const Message& message) {
  grpc::ByteBuffer bytes;
  bool own = false;
  SELFSAME_CHECK(grpc::SerializationTraits<Message>::Serialize(message, &bytes, &own).ok());
  return bytes;
}

}  // namespace

grpc::ByteBuffer EncodeOutcomes(const std::vector<PreparedRecord>& records) {
  pb::TrackEventsResponse response;
  response.mutable_outcomes()->Reserve(static_cast<int>(records.size()));
  for (const PreparedRecord& record : records) Fill(record, response.add_outcomes());
  return Serialize(response);
}

grpc::ByteBuffer EncodeStreamOutcomes(std::uint64_t sequence,
                                      const std::vector<PreparedRecord>& records) {
  pb::StreamResponse response;
  response.set_sequence(sequence);
  response.mutable_outcomes()->Reserve(static_cast<int>(records.size()));
  for (const PreparedRecord& record : records) Fill(record, response.add_outcomes());
  return Serialize(response);
}

grpc::ByteBuffer EncodeStreamError(std::uint64_t sequence, const Error& error,
                                   std::string_view request_id) {
  pb::StreamResponse response;
  response.set_sequence(sequence);
  *response.mutable_status() = RpcStatus(error, request_id);
  return Serialize(response);
}

}  // namespace selfsame::edge
