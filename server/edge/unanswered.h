// Calls that gRPC answers itself, because their bytes are not a request or because a handler could
// not begin: an empty UNIMPLEMENTED, which tells the caller nothing. They get an answer of ours.
#ifndef SELFSAME_SERVER_EDGE_UNANSWERED_H_
#define SELFSAME_SERVER_EDGE_UNANSWERED_H_

#include <grpcpp/support/server_interceptor.h>

#include "server/edge/intake.h"

namespace selfsame::edge {

// For ServerBuilder. Not for the methods that take their requests as bytes, which parse them
// themselves and are called most: these pay nothing. Thread-safe.
class UnansweredCalls final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  // Requires: `edge` outlives the server.
  explicit UnansweredCalls(const EdgeContext& edge) : edge_(edge) {}

  // Answers INVALID_ARGUMENT REQUEST_MALFORMED, or INTERNAL, with details as every call of ours
  // has. Null for methods of others.
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override;

 private:
  const EdgeContext& edge_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_UNANSWERED_H_
