// Decoding requests: bytes from the wire to incoming records, each on its own, so that a broken one
// cannot take its neighbours with it.
#ifndef SELFSAME_SERVER_EDGE_DECODE_H_
#define SELFSAME_SERVER_EDGE_DECODE_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "selfsame/wire/v1/wire.pb.h"
#include "server/ingest/record.h"

namespace selfsame::edge {

// A request's records. They are views into `batch` or `stream_batch` and `decoded`.
struct DecodedRequest {
  wire::v1::RecordBatch batch;
  wire::v1::StreamBatch stream_batch;
  std::vector<wire::v1::StreamRecord> stream_records;
  std::vector<wire::v1::Record> decoded;
  std::vector<ingest::IncomingRecord> records;
};

// One Event or ProfileUpdate. `scratch` is where it is decoded to; the result is views into it and
// into `body`. Thread-safe.
ingest::IncomingRecord DecodeRecord(ingest::RecordKind kind, std::string_view body,
                                    wire::v1::Record* scratch);

// TrackEventsRequest or UpdateProfilesRequest. Errors: kInvalidArgument REQUEST_MALFORMED,
// RECORDS_REQUIRED, TOO_MANY_RECORDS. Thread-safe.
Result<std::shared_ptr<const DecodedRequest>> DecodeBatch(grpc::ByteBuffer& bytes,
                                                          ingest::RecordKind kind);

// StreamRequest. Sets `sequence` in any case but REQUEST_MALFORMED: the answer needs it also where
// the request is refused. Errors: as DecodeBatch.
Result<std::shared_ptr<const DecodedRequest>> DecodeStreamRequest(grpc::ByteBuffer& bytes,
                                                                  std::uint64_t* sequence);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_DECODE_H_
