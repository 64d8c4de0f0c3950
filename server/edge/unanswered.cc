#include "server/edge/unanswered.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "server/edge/status.h"

namespace selfsame::edge {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::InterceptorBatchMethods;
using observe::Method;

constexpr Method kTakingBytes[] = {Method::kTrackEvents, Method::kUpdateProfiles, Method::kStream};

// "/selfsame.profile.v1.ProfileService/GetProfile"; nothing for methods of others.
std::optional<Method> MethodOf(std::string_view path) {
  if (!path.starts_with("/selfsame.")) return std::nullopt;
  std::string name(path.substr(path.rfind('/') + 1));
  // Its methods go by short names; measured ones are named in full.
  if (path.starts_with("/selfsame.quarantine.")) name += "Quarantine";
  const auto* found = std::find(observe::kMethodLabels.begin(), observe::kMethodLabels.end(), name);
  if (found == observe::kMethodLabels.end()) return std::nullopt;
  return static_cast<Method>(found - observe::kMethodLabels.begin());
}

class AnswerInstead final : public grpc::experimental::Interceptor {
 public:
  AnswerInstead(const EdgeContext& edge, Method method) : edge_(edge), method_(method) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_MESSAGE)) {
      is_malformed_ = methods->GetRecvMessage() == nullptr;
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      const grpc::Status status = methods->GetSendStatus();
      // No handler of ours answers so.
      if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED &&
          status.error_message().empty()) {
        const RequestWatch watch(edge_, method_);
        const Error error = Answer();
        watch.Failed(error);
        methods->ModifySendStatus(GrpcStatus(error, watch.request_id()));
      }
    }
    methods->Proceed();
  }

 private:
  Error Answer() const {
    if (is_malformed_) {
      return {.code = ErrorCode::kInvalidArgument,
              .reason = "REQUEST_MALFORMED",
              .message = "not a request of this method"};
    }
    return {
        .code = ErrorCode::kInternal, .reason = "INTERNAL", .message = "the call did not begin"};
  }

  const EdgeContext& edge_;
  const Method method_;
  bool is_malformed_ = false;
};

}  // namespace

grpc::experimental::Interceptor* UnansweredCalls::CreateServerInterceptor(
    grpc::experimental::ServerRpcInfo* info) {
  const std::optional<Method> method = MethodOf(info->method());
  if (!method || std::find(std::begin(kTakingBytes), std::end(kTakingBytes), *method) !=
                     std::end(kTakingBytes)) {
    return nullptr;
  }
  return new AnswerInstead(edge_, *method);  // gRPC deletes it.
}

}  // namespace selfsame::edge
