// QuarantineService: what people look at, repair, replay and throw away. Everything runs on the
// pool.
#ifndef SELFSAME_SERVER_EDGE_QUARANTINE_SERVICE_H_
#define SELFSAME_SERVER_EDGE_QUARANTINE_SERVICE_H_

#include "selfsame/quarantine/v1/quarantine.grpc.pb.h"
#include "server/edge/pool_call.h"

namespace selfsame::edge {

class QuarantineService final : public quarantine::v1::QuarantineService::CallbackService {
 public:
  explicit QuarantineService(const PoolContext& parts) : parts_(parts) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const quarantine::v1::ListRequest* request,
                                 quarantine::v1::ListResponse* response) override;
  grpc::ServerUnaryReactor* Count(grpc::CallbackServerContext* context,
                                  const quarantine::v1::CountRequest* request,
                                  quarantine::v1::CountResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const quarantine::v1::GetRequest* request,
                                quarantine::v1::GetResponse* response) override;
  grpc::ServerUnaryReactor* Patch(grpc::CallbackServerContext* context,
                                  const quarantine::v1::PatchRequest* request,
                                  quarantine::v1::PatchResponse* response) override;
  grpc::ServerUnaryReactor* Replay(grpc::CallbackServerContext* context,
                                   const quarantine::v1::ReplayRequest* request,
                                   quarantine::v1::ReplayResponse* response) override;
  grpc::ServerUnaryReactor* Discard(grpc::CallbackServerContext* context,
                                    const quarantine::v1::DiscardRequest* request,
                                    quarantine::v1::DiscardResponse* response) override;
  grpc::ServerUnaryReactor* ListLeftOut(grpc::CallbackServerContext* context,
                                        const quarantine::v1::ListLeftOutRequest* request,
                                        quarantine::v1::ListLeftOutResponse* response) override;
  grpc::ServerUnaryReactor* CountLeftOut(grpc::CallbackServerContext* context,
                                         const quarantine::v1::CountLeftOutRequest* request,
                                         quarantine::v1::CountLeftOutResponse* response) override;
  grpc::ServerUnaryReactor* GetLeftOut(grpc::CallbackServerContext* context,
                                       const quarantine::v1::GetLeftOutRequest* request,
                                       quarantine::v1::GetLeftOutResponse* response) override;

 private:
  const PoolContext parts_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_QUARANTINE_SERVICE_H_
