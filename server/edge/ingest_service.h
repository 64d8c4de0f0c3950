// IngestService: the thin edge between gRPC and the lanes.
#ifndef SELFSAME_SERVER_EDGE_INGEST_SERVICE_H_
#define SELFSAME_SERVER_EDGE_INGEST_SERVICE_H_

#include <memory>

#include "selfsame/ingest/v1/ingest.grpc.pb.h"
#include "server/edge/intake.h"
#include "server/edge/stream_call.h"

namespace selfsame::edge {

// The most bytes a request may have; enforced by gRPC.
inline constexpr int kRequestBytesMax = 8 * 1024 * 1024;

// Requests arrive as bytes: records are decoded one by one (server/edge/decode.h).
using IngestServiceBase = ingest::v1::IngestService::WithRawCallbackMethod_TrackEvents<
    ingest::v1::IngestService::WithRawCallbackMethod_UpdateProfiles<
        ingest::v1::IngestService::WithRawCallbackMethod_Stream<
            ingest::v1::IngestService::WithCallbackMethod_GetLimits<
                ingest::v1::IngestService::Service>>>>;

class IngestService final : public IngestServiceBase {
 public:
  // Requires: both outlive this.
  IngestService(const EdgeContext& edge, LongMessages& long_messages)
      : edge_(edge), streams_(edge, long_messages) {}

  grpc::ServerUnaryReactor* TrackEvents(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateProfiles(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Stream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* GetLimits(grpc::CallbackServerContext* context,
                                      const ingest::v1::GetLimitsRequest* request,
                                      ingest::v1::GetLimitsResponse* response) override;

  // Ends every stream once what it has sent is answered.
  void Stop() { streams_.Stop(); }

 private:
  grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer& request, grpc::ByteBuffer* response,
                                   ingest::RecordKind kind, observe::Method method);

  const EdgeContext& edge_;
  Streams streams_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_INGEST_SERVICE_H_
