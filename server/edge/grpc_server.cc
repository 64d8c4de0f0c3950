#include "server/edge/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <utility>
#include <vector>

#include "server/edge/unanswered.h"

namespace selfsame::edge {
namespace {

// How long callers are still told to come back later, and then how long connections have to close.
constexpr std::chrono::milliseconds kQuiet{100};
constexpr std::chrono::milliseconds kQuietMax{1'000};
constexpr std::chrono::milliseconds kGoodbye{500};

constexpr const char* kServices[] = {
    "selfsame.ingest.v1.IngestService",   "selfsame.profile.v1.ProfileService",
    "selfsame.schema.v1.SchemaService",   "selfsame.quarantine.v1.QuarantineService",
    "selfsame.catalog.v1.CatalogService", "selfsame.identity.v1.IdentityService",
    "selfsame.quality.v1.QualityService"};

}  // namespace

Result<std::unique_ptr<GrpcServer>> GrpcServer::Start(const std::string& address,
                                                      const EdgeContext& edge, ReadPool& reads,
                                                      decisions::Desk& desk) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  std::unique_ptr<GrpcServer> server(new GrpcServer(edge, reads, desk));
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&server->ingest_);
  builder.RegisterService(&server->profile_);
  builder.RegisterService(&server->schema_);
  builder.RegisterService(&server->quarantine_);
  builder.RegisterService(&server->catalog_);
  builder.RegisterService(&server->identity_);
  builder.RegisterService(&server->quality_);
  builder.SetMaxReceiveMessageSize(kRequestBytesMax);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<UnansweredCalls>(edge));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  // Two servers on one port would share its connections without a word.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || port == 0) {
    return Error{.code = ErrorCode::kFailedPrecondition,
                 .reason = "LISTEN_FAILED",
                 .message = "cannot listen on " + address};
  }
  server->address_ = address.substr(0, address.rfind(':') + 1) + std::to_string(port);
  server->SetServing(false);
  return server;
}

void GrpcServer::SetServing(bool is_serving) {
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  health->SetServingStatus(is_serving);
  for (const char* service : kServices) health->SetServingStatus(service, is_serving);
}

void GrpcServer::Stop(std::chrono::milliseconds wait) {
  SetServing(false);
  gate_.Close();
  ingest_.Stop();
  gate_.AwaitEmpty(Deadline::After(wait));
  gate_.AwaitQuiet(kQuiet, Deadline::After(kQuietMax));
  server_->Shutdown(std::chrono::system_clock::now() + kGoodbye);
  server_->Wait();
}

}  // namespace selfsame::edge
