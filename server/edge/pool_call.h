// What calls that need SQL share: through the gate, authenticated, run on a thread of the pool,
// answered and counted.
#ifndef SELFSAME_SERVER_EDGE_POOL_CALL_H_
#define SELFSAME_SERVER_EDGE_POOL_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <string>

#include "base/result.h"
#include "server/edge/auth.h"
#include "server/edge/intake.h"
#include "server/edge/read_pool.h"

namespace selfsame::edge {

// The services' share of the parts list. Everything outlives them.
struct PoolContext {
  const EdgeContext& edge;
  ReadPool& pool;
};

// Runs on the pool; may block on SQL and on the lanes.
using PoolCall = std::function<Status(pg::Session& session, const Caller& caller)>;

// Answers the call of `context`: as soon as it can be refused, or when `call` has run.
grpc::ServerUnaryReactor* RunOnPool(const PoolContext& parts, grpc::CallbackServerContext* context,
                                    observe::Method method, storage::Scope scope, PoolCall call);

// An INVALID_ARGUMENT that names one field.
Error InvalidField(std::string field, std::string reason, std::string message);

// A page's size: 0 means the default. Errors: kInvalidArgument PAGE_SIZE_OUT_OF_RANGE.
inline constexpr std::uint32_t kPageSizeMax = 1000;
Result<int> PageSizeOf(std::uint32_t page_size, int page_size_default);

// The name of a source of the caller's tenant; empty when the directory does not know it yet.
std::string SourceName(SourceId id, const Caller& caller);

// The caller's tenant's source of that name. Errors: kInvalidArgument SOURCE_UNKNOWN.
Result<SourceId> FindSourceByName(const std::string& name, const Caller& caller,
                                  const std::string& field);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_POOL_CALL_H_
