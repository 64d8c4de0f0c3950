#include "server/edge/decode.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <map>
#include <string>
#include <string_view>

#include "server/ingest/limits.h"

namespace selfsame::edge {
namespace {

using ingest::IncomingRecord;
using ingest::PayloadFormat;
using ingest::RecordKind;

Error Invalid(const char* reason, const char* message) {
  return {.code = ErrorCode::kInvalidArgument, .reason = reason, .message = message};
}

template <typename Message>
bool Parse(grpc::ByteBuffer& bytes, Message* message) {
  grpc::ProtoBufferReader reader(&bytes);
  return reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
}

Status CheckCount(int count) {
  if (count == 0) return Invalid("RECORDS_REQUIRED", "the request holds no record");
  if (static_cast<std::size_t>(count) > ingest::kRecordsPerCallMax) {
    return Invalid("TOO_MANY_RECORDS", "the request holds more than 1,000 records");
  }
  return {};
}

void FillPayload(const wire::v1::Record& record, IncomingRecord* incoming) {
  switch (record.payload_case()) {
    case wire::v1::Record::kProtobuf:
      incoming->format = PayloadFormat::kProtobuf;
      incoming->payload = record.protobuf();
      break;
    case wire::v1::Record::kJson:
      incoming->format = PayloadFormat::kJson;
      incoming->payload = record.json();
      break;
    case wire::v1::Record::PAYLOAD_NOT_SET: break;
  }
}

void FillConsent(const wire::v1::Record& record, IncomingRecord* incoming) {
  incoming->consent = record.consent();
  if (record.consent().empty()) return;
  wire::v1::Consent consent;
  incoming->is_consent_malformed = !consent.ParseFromString(record.consent());
  incoming->consent_purposes = static_cast<std::size_t>(consent.purposes_size());
}

void FillUpdate(const wire::v1::Record& record, IncomingRecord* incoming) {
  // Of a map's entries with one key the last one counts; their order says nothing.
  std::map<std::string_view, int> operations;
  for (const auto& entry : record.operations()) {
    // Left unspecified, it is simply set.
    if (entry.value() != 0) operations[entry.key()] = entry.value();
  }
  for (const auto& [attribute, operation] : operations) {
    incoming->operations.push_back({attribute, operation});
  }
  if (record.has_if_revision()) incoming->if_revision = record.if_revision();
}

IncomingRecord DecodeStreamRecord(std::string_view body, wire::v1::StreamRecord* envelope,
                                  wire::v1::Record* scratch) {
  if (envelope->ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    switch (envelope->record_case()) {
      case wire::v1::StreamRecord::kEvent:
        return DecodeRecord(RecordKind::kEvent, envelope->event(), scratch);
      case wire::v1::StreamRecord::kProfileUpdate:
        return DecodeRecord(RecordKind::kProfileUpdate, envelope->profile_update(), scratch);
      case wire::v1::StreamRecord::RECORD_NOT_SET: break;
    }
  }
  return {.is_malformed = true, .body = body};
}

}  // namespace

IncomingRecord DecodeRecord(RecordKind kind, std::string_view body, wire::v1::Record* scratch) {
  IncomingRecord incoming{.kind = kind, .body = body};
  if (!scratch->ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    incoming.is_malformed = true;
    return incoming;
  }
  incoming.key = scratch->key();
  incoming.has_event_time = scratch->has_event_time();
  incoming.event_seconds = scratch->event_time().seconds();
  incoming.event_nanos = scratch->event_time().nanos();
  incoming.identifiers.reserve(scratch->identifiers_size());
  for (const auto& identifier : scratch->identifiers()) {
    incoming.identifiers.push_back({identifier.kind(), identifier.value()});
  }
  incoming.schema_name = scratch->schema().name();
  incoming.schema_version = scratch->schema().version();
  FillPayload(*scratch, &incoming);
  FillConsent(*scratch, &incoming);
  if (kind == RecordKind::kProfileUpdate) FillUpdate(*scratch, &incoming);
  return incoming;
}

Result<std::shared_ptr<const DecodedRequest>> DecodeBatch(grpc::ByteBuffer& bytes,
                                                          RecordKind kind) {
  auto request = std::make_shared<DecodedRequest>();
  if (!Parse(bytes, &request->batch)) return Invalid("REQUEST_MALFORMED", "not a request");
  const int count = request->batch.records_size();
  SELFSAME_RETURN_IF_ERROR(CheckCount(count));
  request->decoded.resize(count);
  request->records.reserve(count);
  for (int i = 0; i < count; ++i) {
    request->records.push_back(DecodeRecord(kind, request->batch.records(i), &request->decoded[i]));
  }
  return std::shared_ptr<const DecodedRequest>(std::move(request));
}

Result<std::shared_ptr<const DecodedRequest>> DecodeStreamRequest(grpc::ByteBuffer& bytes,
                                                                  std::uint64_t* sequence) {
  auto request = std::make_shared<DecodedRequest>();
  if (!Parse(bytes, &request->stream_batch)) return Invalid("REQUEST_MALFORMED", "not a request");
  *sequence = request->stream_batch.sequence();
  const int count = request->stream_batch.records_size();
  SELFSAME_RETURN_IF_ERROR(CheckCount(count));
  request->stream_records.resize(count);
  request->decoded.resize(count);
  request->records.reserve(count);
  for (int i = 0; i < count; ++i) {
    request->records.push_back(DecodeStreamRecord(
        request->stream_batch.records(i), &request->stream_records[i], &request->decoded[i]));
  }
  return std::shared_ptr<const DecodedRequest>(std::move(request));
}

}  // namespace selfsame::edge
