// The reason in gRPC health: grpc.health.v1 has no room for one, so that its answers carry it as
// metadata: `selfsame-reason` and `selfsame-message`.
#ifndef SELFSAME_SERVER_EDGE_HEALTH_REASON_H_
#define SELFSAME_SERVER_EDGE_HEALTH_REASON_H_

#include <grpcpp/support/server_interceptor.h>

#include "server/observe/readiness.h"

namespace selfsame::edge {

// For ServerBuilder. Thread-safe.
class HealthReasons final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  // Requires: `readiness` outlives the server.
  explicit HealthReasons(const observe::Readiness& readiness) : readiness_(readiness) {}

  // Null for all methods but those of health.
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override;

 private:
  const observe::Readiness& readiness_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_HEALTH_REASON_H_
