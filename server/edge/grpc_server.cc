#include "server/edge/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <iterator>
#include <utility>
#include <vector>

#include "server/edge/health_reason.h"
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

// Bounds of one connection. gRPC 1.51 has none for the number of connections: that is the front's.
constexpr int kStreamsPerConnectionMax = 100;
constexpr int kMetadataBytesMax = 8 * 1024;
// What a stream may send before it is read. Fixed: gRPC's estimate of the network's capacity grows
// to the size of a message, and calls that wait to be read would hold one each.
constexpr int kStreamAheadBytes = 256 * 1024;
constexpr std::chrono::milliseconds kIdleMax = std::chrono::minutes(10);
// Clients are then asked to connect again, and calls still open after the grace are cut: a stream
// ends UNAVAILABLE, and what it has not been answered is sent again.
constexpr std::chrono::milliseconds kAgeMax = std::chrono::hours(2);
constexpr std::chrono::milliseconds kAgeGrace = std::chrono::minutes(30);
// A client that is gone without a word is noticed, and one that pings more often than this is cut.
constexpr std::chrono::milliseconds kKeepaliveEvery = std::chrono::minutes(1);
constexpr std::chrono::milliseconds kKeepaliveWait = std::chrono::seconds(20);
constexpr std::chrono::milliseconds kPingEveryMin = std::chrono::seconds(10);
constexpr int kPingStrikesMax = 2;
constexpr std::chrono::milliseconds kHandshakeWait = std::chrono::seconds(10);

void BoundConnections(grpc::ServerBuilder& builder) {
  const auto ms = [](std::chrono::milliseconds wait) { return static_cast<int>(wait.count()); };
  builder.SetMaxReceiveMessageSize(kRequestBytesMax);
  // A message is unpacked whole before its size is checked: a megabyte would become a gigabyte.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnectionMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kStreamAheadBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, ms(kIdleMax));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, ms(kAgeMax));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, ms(kAgeGrace));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, ms(kKeepaliveEvery));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, ms(kKeepaliveWait));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             ms(kPingEveryMin));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kPingStrikesMax);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, ms(kHandshakeWait));
}

// What reflection lists.
std::vector<std::string> ReflectedServices() {
  std::vector<std::string> services{"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                                    "grpc.reflection.v1alpha.ServerReflection"};
  services.insert(services.end(), std::begin(kServices), std::end(kServices));
  return services;
}

}  // namespace

GrpcServer::GrpcServer(const EdgeContext& edge, ReadPool& reads, decisions::Desk& desk)
    : edge_(edge),
      gate_(edge.gate),
      ingest_(edge, long_messages_),
      profile_(edge, reads),
      schema_({edge, reads}),
      quarantine_({edge, reads}),
      catalog_({edge, reads}),
      identity_(edge, reads, desk),
      quality_({edge, reads}),
      reflection_(ReflectedServices()) {}

Result<std::unique_ptr<GrpcServer>> GrpcServer::Start(const std::string& address,
                                                      const EdgeContext& edge, ReadPool& reads,
                                                      decisions::Desk& desk) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  std::unique_ptr<GrpcServer> server(new GrpcServer(edge, reads, desk));
  server->KeyServices();
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
  builder.RegisterService(&server->reflection_);
  BoundConnections(builder);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<UnansweredCalls>(edge));
  if (edge.readiness != nullptr) {
    interceptors.push_back(std::make_unique<HealthReasons>(*edge.readiness));
  }
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
