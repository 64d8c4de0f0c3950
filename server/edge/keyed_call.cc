#include "server/edge/keyed_call.h"

#include "server/edge/status.h"

namespace selfsame::edge {
namespace {

Error Malformed() {
  return {.code = ErrorCode::kInvalidArgument,
          .reason = "REQUEST_MALFORMED",
          .message = "the message is not a request of this method"};
}

}  // namespace

void KeyedCall::Begin() {
  const Result<Caller> caller =
      Identify(parts_.edge.directory.Get(), CredentialsOf(*context_), parts_.edge.readiness);
  if (!caller.ok()) return Refuse(caller.error());
  tenant_ = caller->tenant->id;
  if (const Status begun = parts_.reads.Begin(this, tenant_); !begun.ok()) {
    Refuse(begun.error());
  }
}

void KeyedCall::OnReadDone(bool ok) {
  if (!parts_.reads.End(this)) return;  // Refused meanwhile, which ended the read.
  if (!ok && context_->IsCancelled()) return Finish(grpc::Status::CANCELLED);
  if (!ok) return Refuse(Malformed());  // The client sent no message.
  const auto take = [this] { TakeMessage(); };
  if (!parts_.long_messages.Take(tenant_, message_.Length(), take)) take();
}

void KeyedCall::TakeMessage() {
  grpc::ServerUnaryReactor* reactor = nullptr;
  const Status handled = parts_.edge.barrier.Run(observe::Entry::kCall, "",
                                                 [&] { reactor = Handle(context_, message_); });
  if (!handled.ok()) return Refuse(handled.error());
  if (reactor == nullptr) return Refuse(Malformed());
  end_.Bind(reactor);
}

void KeyedCall::OnCancel() {
  if (parts_.reads.Withdraw(this)) Finish(grpc::Status::CANCELLED);
}

void KeyedCall::Refuse(const Error& error) {
  const RequestWatch watch(parts_.edge, method_);
  watch.Failed(error);
  Finish(GrpcStatus(error, watch.request_id()));
}

// gRPC may delete this at once, on another thread, when the last line has run.
void KeyedCall::Answer(grpc::Status status) {
  if (status.ok()) {
    message_.Clear();
    status = Encode(&message_);
  }
  if (!status.ok()) return Finish(std::move(status));
  StartWriteAndFinish(&message_, grpc::WriteOptions(), std::move(status));
}

}  // namespace selfsame::edge
