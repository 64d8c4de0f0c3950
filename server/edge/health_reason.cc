#include "server/edge/health_reason.h"

#include <string>
#include <string_view>

namespace selfsame::edge {
namespace {

using grpc::experimental::InterceptionHookPoints;

// gRPC ends the process for metadata that is not printable ASCII; the message may name a path.
std::string Printable(std::string text) {
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

class AddReason final : public grpc::experimental::Interceptor {
 public:
  explicit AddReason(const observe::Readiness& readiness) : readiness_(readiness) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      const auto standing = readiness_.Get();
      auto* metadata = methods->GetSendInitialMetadata();
      metadata->emplace("selfsame-reason", standing->reason);
      metadata->emplace("selfsame-message", Printable(standing->message));
    }
    methods->Proceed();
  }

 private:
  const observe::Readiness& readiness_;
};

}  // namespace

grpc::experimental::Interceptor* HealthReasons::CreateServerInterceptor(
    grpc::experimental::ServerRpcInfo* info) {
  if (!std::string_view(info->method()).starts_with("/grpc.health.v1.Health/")) return nullptr;
  return new AddReason(readiness_);  // gRPC deletes it.
}

}  // namespace selfsame::edge
