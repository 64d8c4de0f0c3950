// Unary calls whose API key is checked as soon as their metadata arrives. gRPC's own unary methods
// reach a server only with the whole message, so that anybody could have it hold one of the largest
// size per call, without a key. On the wire a unary call is a stream of one message each way: taken
// as such, it is read only once it is known whose it is, and when there is room.
//
// Not for gRPC's own health and reflection, which ask for no key.
#ifndef SELFSAME_SERVER_EDGE_KEYED_CALL_H_
#define SELFSAME_SERVER_EDGE_KEYED_CALL_H_

#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <type_traits>
#include <utility>

#include "server/edge/intake.h"
#include "server/edge/long_messages.h"
#include "server/edge/message_reads.h"

namespace selfsame::edge {

struct KeyedContext {
  const EdgeContext& edge;
  MessageReads& reads;
  LongMessages& long_messages;
};

// One call. Deletes itself when gRPC is done with it.
class KeyedCall : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                  private MessageReader {
 public:
  KeyedCall(const KeyedContext& parts, grpc::CallbackServerContext* context, observe::Method method)
      : parts_(parts), context_(context), method_(method), end_(*this) {}

  // Refuses the call or waits for its message.
  void Begin();

  void OnReadDone(bool ok) final;
  void OnCancel() final;
  void OnDone() final { delete this; }

 protected:
  // Hands the message to the service's method; null where it is not one.
  virtual grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context,
                                           grpc::ByteBuffer& message) = 0;
  virtual grpc::Status Encode(grpc::ByteBuffer* message) = 0;

 private:
  // What the method's reactor believes to be a unary call.
  class UnaryEnd final : public grpc::ServerCallbackUnary {
   public:
    explicit UnaryEnd(KeyedCall& call) : call_(call) {}
    void Bind(grpc::ServerUnaryReactor* reactor) {
      reactor_ = reactor;
      BindReactor(reactor);
    }
    void Finish(grpc::Status status) override { call_.Answer(std::move(status)); }
    void SendInitialMetadata() override {}  // Goes with the answer.

   private:
    grpc::internal::ServerReactor* reactor() override { return reactor_; }
    void CallOnDone() override {}  // Calls of ours use the context's reactor: nothing to free.

    KeyedCall& call_;
    grpc::ServerUnaryReactor* reactor_ = nullptr;
  };

  void Read() override { StartRead(&message_); }
  void Refuse(const Error& error) override;
  void TakeMessage();
  void Answer(grpc::Status status);

  const KeyedContext parts_;
  grpc::CallbackServerContext* const context_;
  const observe::Method method_;
  UnaryEnd end_;
  TenantId tenant_;           // Once its key is known.
  grpc::ByteBuffer message_;  // The request, then the response.
};

// A method of a service, as it was generated: Service::Name(context, request, response).
template <typename Service, typename Request, typename Response>
struct UnaryMethod {
  using Pointer = grpc::ServerUnaryReactor* (Service::*)(grpc::CallbackServerContext*,
                                                         const Request*, Response*);
  observe::Method label;
  Pointer pointer;
};
template <typename Service, typename Request, typename Response>
UnaryMethod(observe::Method, grpc::ServerUnaryReactor* (Service::*)(grpc::CallbackServerContext*,
                                                                    const Request*, Response*))
    -> UnaryMethod<Service, Request, Response>;

// In place of a method that is a stream: it checks its key itself.
struct StreamMethod {};

template <typename Service, typename Request, typename Response>
class KeyedCallOf final : public KeyedCall {
 public:
  KeyedCallOf(const KeyedContext& parts, grpc::CallbackServerContext* context, Service& service,
              const UnaryMethod<Service, Request, Response>& method)
      : KeyedCall(parts, context, method.label), service_(service), pointer_(method.pointer) {}

 private:
  grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context,
                                   grpc::ByteBuffer& message) override {
    if constexpr (std::is_same_v<Request, grpc::ByteBuffer>) {
      request_.Swap(&message);  // gRPC's own conversion would leave two owners.
    } else if (!grpc::SerializationTraits<Request>::Deserialize(&message, &request_).ok()) {
      return nullptr;
    }
    return (service_.*pointer_)(context, &request_, &response_);
  }
  grpc::Status Encode(grpc::ByteBuffer* message) override {
    bool is_owned = false;
    return grpc::SerializationTraits<Response>::Serialize(response_, message, &is_owned);
  }

  Service& service_;
  const typename UnaryMethod<Service, Request, Response>::Pointer pointer_;
  Request request_;
  Response response_;
};

// Opens what gRPC keeps for the classes it generates.
struct ServiceAccess : grpc::Service {
  using grpc::Service::MarkMethodStreamed;
};

template <typename Service, typename Request, typename Response>
void KeyOne(const KeyedContext& parts, Service& service, int index,
            UnaryMethod<Service, Request, Response> method) {
  // The service owns the handler.
  auto* handler = new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
      [parts, &service, method](grpc::CallbackServerContext* context) {
        auto* call = new KeyedCallOf<Service, Request, Response>(parts, context, service, method);
        call->Begin();
        return call;
      });
  (service.*&ServiceAccess::MarkMethodStreamed)(index, handler);
}
template <typename Service>
void KeyOne(const KeyedContext&, Service&, int, StreamMethod) {}

// Takes over all methods of a service, which are given in the order of its .proto.
// Requires: not registered yet; methods answer by their context's DefaultReactor. What `parts`
// refers to outlives the service.
template <typename Service, typename... Methods>
void KeyMethods(const KeyedContext& parts, Service& service, Methods... methods) {
  int index = 0;
  (KeyOne(parts, service, index++, methods), ...);
}

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_KEYED_CALL_H_
