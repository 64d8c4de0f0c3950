#include "server/edge/listener_probe.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <utility>

#include "grpc/health/v1/health.grpc.pb.h"

namespace selfsame::edge {
namespace {

constexpr std::chrono::seconds kProbeWait{5};

grpc::Status AskHealth(const std::string& address) {
  grpc::ChannelArguments arguments;
  // A connection of its own: an existing one would answer although nobody can connect any more.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto stub = grpc::health::v1::Health::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kProbeWait);
  grpc::health::v1::HealthCheckResponse response;
  return stub->Check(&context, grpc::health::v1::HealthCheckRequest(), &response);
}

}  // namespace

std::string LoopbackOf(const std::string& listen_address) {
  const std::size_t colon = listen_address.rfind(':');
  const std::string host = listen_address.substr(0, colon);
  const std::string port = colon == std::string::npos ? "" : listen_address.substr(colon);
  if (host == "0.0.0.0") return "127.0.0.1" + port;
  if (host == "[::]") return "[::1]" + port;
  return listen_address;
}

ListenerProbe::ListenerProbe(const std::string& listen_address, observe::Metrics& metrics,
                             const observe::Logger& log, std::function<void()> on_deaf)
    : address_(LoopbackOf(listen_address)),
      metrics_(metrics),
      log_(log),
      on_deaf_(std::move(on_deaf)) {}

void ListenerProbe::Pass() {
  if (failures_ >= kProbeFailuresMax) return;  // Said once; the process is ending.
  const grpc::Status status = AskHealth(address_);
  if (status.ok()) {
    failures_ = 0;
    return;
  }
  ++failures_;
  metrics_.listener_probe_failures.Add();
  log_.Warn("the server's own port does not answer", {{"address", address_},
                                                      {"failures", failures_},
                                                      {"code", int{status.error_code()}},
                                                      {"what", status.error_message()}});
  if (failures_ < kProbeFailuresMax) return;
  log_.Error("the server's own port is deaf: stopping, to be started again",
             {{"address", address_}, {"failures", failures_}});
  on_deaf_();
}

}  // namespace selfsame::edge
