// QualityService: what the data is worth, and whether all of it arrived. Everything runs on the
// pool.
#ifndef SELFSAME_SERVER_EDGE_QUALITY_SERVICE_H_
#define SELFSAME_SERVER_EDGE_QUALITY_SERVICE_H_

#include "selfsame/quality/v1/quality.grpc.pb.h"
#include "server/edge/pool_call.h"

namespace selfsame::edge {

class QualityService final : public quality::v1::QualityService::CallbackService {
 public:
  explicit QualityService(const PoolContext& parts) : parts_(parts) {}

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;
  Reactor* GetQuality(Context* context, const quality::v1::GetQualityRequest* request,
                      quality::v1::GetQualityResponse* response) override;
  Reactor* CountRecords(Context* context, const quality::v1::CountRecordsRequest* request,
                        quality::v1::CountRecordsResponse* response) override;
  Reactor* FindKeys(Context* context, const quality::v1::FindKeysRequest* request,
                    quality::v1::FindKeysResponse* response) override;
  Reactor* DrawSample(Context* context, const quality::v1::DrawSampleRequest* request,
                      quality::v1::DrawSampleResponse* response) override;
  Reactor* ListAudits(Context* context, const quality::v1::ListAuditsRequest* request,
                      quality::v1::ListAuditsResponse* response) override;
  Reactor* ListSamples(Context* context, const quality::v1::ListSamplesRequest* request,
                       quality::v1::ListSamplesResponse* response) override;
  Reactor* SubmitVerdict(Context* context, const quality::v1::SubmitVerdictRequest* request,
                         quality::v1::SubmitVerdictResponse* response) override;

 private:
  const PoolContext parts_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_QUALITY_SERVICE_H_
