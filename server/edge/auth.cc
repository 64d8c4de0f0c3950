#include "server/edge/auth.h"

#include <string_view>
#include <utility>

namespace selfsame::edge {
namespace {

constexpr std::string_view kBearer = "Bearer ";

const char* ScopeName(storage::Scope scope) {
  switch (scope) {
    case storage::Scope::kIngest: return "ingest";
    case storage::Scope::kRead: return "read";
    case storage::Scope::kAdmin: return "admin";
  }
  return "";
}

Result<const storage::ApiKey*> FindKey(const storage::Directory* directory,
                                       const std::string& token) {
  if (directory == nullptr) {
    return Error{.code = ErrorCode::kUnavailable,
                 .reason = "NOT_READY",
                 .message = "the server has not reached its database yet",
                 .retry_after = std::chrono::seconds(1)};
  }
  if (token.empty()) {
    return Error{.code = ErrorCode::kUnauthenticated,
                 .reason = "API_KEY_REQUIRED",
                 .message = "send an API key as authorization: Bearer <key>"};
  }
  const storage::ApiKey* key = directory->FindApiKey(token);
  if (key == nullptr) {
    return Error{.code = ErrorCode::kUnauthenticated,
                 .reason = "API_KEY_UNKNOWN",
                 .message = "this API key is not known or was revoked"};
  }
  return key;
}

Result<Caller> CallerOf(std::shared_ptr<const storage::Directory> directory,
                        const storage::ApiKey& key) {
  Caller caller{.directory = nullptr,
                .tenant = directory->FindTenant(key.tenant),
                .source = directory->FindSource(key.source)};
  if (caller.tenant == nullptr || caller.source == nullptr) {
    return Error{.code = ErrorCode::kUnavailable,
                 .reason = "TENANT_UNAVAILABLE",
                 .message =
                     "this server cannot read the tenant's ruleset or keys; try another "
                     "server, or ask its operator",
                 .retry_after = std::chrono::seconds(1)};
  }
  caller.directory = std::move(directory);
  return caller;
}

}  // namespace

std::string BearerToken(const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().find("authorization");
  if (found == context.client_metadata().end()) return {};
  const std::string_view value(found->second.data(), found->second.size());
  return value.starts_with(kBearer) ? std::string(value.substr(kBearer.size())) : std::string();
}

Result<Caller> Identify(std::shared_ptr<const storage::Directory> directory,
                        const std::string& token) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::ApiKey* key, FindKey(directory.get(), token));
  return CallerOf(std::move(directory), *key);
}

Result<Caller> Authenticate(std::shared_ptr<const storage::Directory> directory,
                            const std::string& token, storage::Scope needed) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::ApiKey* key, FindKey(directory.get(), token));
  if (!key->scopes.Has(needed)) {
    return Error{.code = ErrorCode::kPermissionDenied,
                 .reason = "SCOPE_MISSING",
                 .message = std::string("this API key lacks the scope ") + ScopeName(needed)};
  }
  return CallerOf(std::move(directory), *key);
}

}  // namespace selfsame::edge
