#include "server/edge/pool_call.h"

#include <utility>

#include "server/edge/status.h"

namespace selfsame::edge {

using observe::Entry;

grpc::ServerUnaryReactor* RunOnPool(const PoolContext& parts, grpc::CallbackServerContext* context,
                                    observe::Method method, storage::Scope scope, PoolCall call) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const RequestWatch watch(parts.edge, method);
  const auto finish = [reactor, watch](const Status& done) {
    done.ok() ? watch.Succeeded() : watch.Failed(done.error());
    reactor->Finish(done.ok() ? grpc::Status::OK : GrpcStatus(done.error(), watch.request_id()));
    return reactor;
  };
  const observe::Barrier& barrier = parts.edge.barrier;
  const Status queued = barrier.Run(Entry::kCall, watch.request_id(), [&]() -> Status {
    SELFSAME_ASSIGN_OR_RETURN(Gate::Pass pass, parts.edge.gate.Enter());
    SELFSAME_ASSIGN_OR_RETURN(
        Caller caller, Authenticate(parts.edge.directory.Get(), CredentialsOf(*context), scope,
                                    parts.edge.readiness));
    const TenantId tenant = caller.tenant->id;
    return parts.pool.Submit(
        tenant, [context] { return context->IsCancelled(); },
        [&barrier, finish, watch, call = std::move(call), caller = std::move(caller),
         pass = std::move(pass)](Result<pg::Session*> session) {
          Status done = barrier.Run(Entry::kRead, watch.request_id(), [&]() -> Status {
            return session.ok() ? call(**session, caller) : Status(session.error());
          });
          finish(done);
          return done;
        });
  });
  return queued.ok() ? reactor : finish(queued);
}

Error InvalidField(std::string field, std::string reason, std::string message) {
  return {.code = ErrorCode::kInvalidArgument,
          .reason = reason,
          .message = message,
          .violations = {{std::move(field), std::move(reason), std::move(message)}}};
}

Result<int> PageSizeOf(std::uint32_t page_size, int page_size_default) {
  if (page_size > kPageSizeMax) {
    return InvalidField("page_size", "PAGE_SIZE_OUT_OF_RANGE",
                        "must be 1 to 1,000, or 0 for " + std::to_string(page_size_default));
  }
  return page_size == 0 ? page_size_default : static_cast<int>(page_size);
}

std::string SourceName(SourceId id, const Caller& caller) {
  const storage::Source* source = caller.directory->FindSource(id);
  return source == nullptr ? "" : source->name;
}

Result<SourceId> FindSourceByName(const std::string& name, const Caller& caller,
                                  const std::string& field) {
  for (const auto& [id, source] : caller.directory->sources) {
    if (source.tenant == caller.tenant->id && source.name == name) return id;
  }
  return InvalidField(field, "SOURCE_UNKNOWN", "no such source");
}

}  // namespace selfsame::edge
