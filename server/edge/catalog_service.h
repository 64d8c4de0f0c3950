// CatalogService: what is stored, for what, from whom and for whom. Everything runs on the pool.
#ifndef SELFSAME_SERVER_EDGE_CATALOG_SERVICE_H_
#define SELFSAME_SERVER_EDGE_CATALOG_SERVICE_H_

#include "selfsame/catalog/v1/catalog.grpc.pb.h"
#include "server/edge/pool_call.h"

namespace selfsame::edge {

class CatalogService final : public catalog::v1::CatalogService::CallbackService {
 public:
  explicit CatalogService(const PoolContext& parts) : parts_(parts) {}

  grpc::ServerUnaryReactor* ListFields(grpc::CallbackServerContext* context,
                                       const catalog::v1::ListFieldsRequest* request,
                                       catalog::v1::ListFieldsResponse* response) override;
  grpc::ServerUnaryReactor* GetLineage(grpc::CallbackServerContext* context,
                                       const catalog::v1::GetLineageRequest* request,
                                       catalog::v1::GetLineageResponse* response) override;
  grpc::ServerUnaryReactor* ListDrift(grpc::CallbackServerContext* context,
                                      const catalog::v1::ListDriftRequest* request,
                                      catalog::v1::ListDriftResponse* response) override;

 private:
  const PoolContext parts_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_CATALOG_SERVICE_H_
