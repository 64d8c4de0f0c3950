// Encoding replies: outcomes as clients see them, in the order of the request.
#ifndef SELFSAME_SERVER_EDGE_ENCODE_H_
#define SELFSAME_SERVER_EDGE_ENCODE_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "server/ingest/record.h"

namespace selfsame::edge {

// TrackEventsResponse and UpdateProfilesResponse, which are the same on the wire.
// Requires: every record is settled.
grpc::ByteBuffer EncodeOutcomes(const std::vector<ingest::PreparedRecord>& records);

// StreamResponse with outcomes. Requires: every record is settled.
grpc::ByteBuffer EncodeStreamOutcomes(std::uint64_t sequence,
                                      const std::vector<ingest::PreparedRecord>& records);

// StreamResponse of a request that failed as a whole.
grpc::ByteBuffer EncodeStreamError(std::uint64_t sequence, const Error& error,
                                   std::string_view request_id);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_ENCODE_H_
