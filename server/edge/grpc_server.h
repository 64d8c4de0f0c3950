// The gRPC server: services, health and reflection on one port.
#ifndef SELFSAME_SERVER_EDGE_GRPC_SERVER_H_
#define SELFSAME_SERVER_EDGE_GRPC_SERVER_H_

#include <grpcpp/server.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/edge/catalog_service.h"
#include "server/edge/identity_service.h"
#include "server/edge/ingest_service.h"
#include "server/edge/intake.h"
#include "server/edge/long_messages.h"
#include "server/edge/message_reads.h"
#include "server/edge/profile_service.h"
#include "server/edge/quality_service.h"
#include "server/edge/quarantine_service.h"
#include "server/edge/read_pool.h"
#include "server/edge/reflection_service.h"
#include "server/edge/schema_service.h"

namespace selfsame::edge {

// Thread-safe after construction. Starts NOT_SERVING.
class GrpcServer {
 public:
  // Listens on host:port; port 0 takes a free one.
  // Requires: edge, reads and desk outlive this. Errors: kFailedPrecondition LISTEN_FAILED.
  static Result<std::unique_ptr<GrpcServer>> Start(const std::string& address,
                                                   const EdgeContext& edge, ReadPool& reads,
                                                   decisions::Desk& desk);

  // "host:port" as it is reachable.
  const std::string& address() const { return address_; }

  // What grpc.health.v1 answers for the server as a whole and for each service.
  void SetServing(bool is_serving);

  // Refuses calls whose messages take too long to arrive. To be called every second or so.
  void RefuseSlowCalls() { message_reads_.RefuseSlow(); }

  // Refuses new calls, lets open ones finish, and cuts off what is left after `wait`. Calls that
  // are not of our services are not waited for.
  void Stop(std::chrono::milliseconds wait);

 private:
  GrpcServer(const EdgeContext& edge, ReadPool& reads, decisions::Desk& desk);

  // Has the API keys of all calls checked before their messages are read (keyed_call.h).
  void KeyServices();

  const EdgeContext& edge_;
  Gate& gate_;
  MessageReads message_reads_;
  LongMessages long_messages_;
  IngestService ingest_;
  ProfileService profile_;
  SchemaService schema_;
  QuarantineService quarantine_;
  CatalogService catalog_;
  IdentityService identity_;
  QualityService quality_;
  ReflectionService reflection_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_GRPC_SERVER_H_
