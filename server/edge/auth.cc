#include "server/edge/auth.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace selfsame::edge {
namespace {

constexpr std::string_view kBearer = "bearer";

bool IsSameLetter(char lower, char any) {
  return any == lower || (any >= 'A' && any <= 'Z' && any - 'A' + 'a' == lower);
}

const char* ScopeName(storage::Scope scope) {
  switch (scope) {
    case storage::Scope::kIngest: return "ingest";
    case storage::Scope::kRead: return "read";
    case storage::Scope::kAdmin: return "admin";
  }
  return "";
}

Error NotReady(const observe::Readiness* readiness) {
  std::string message = "the server does not serve";
  if (readiness != nullptr) {
    const auto standing = readiness->Get();
    message += ": " + standing->reason + ": " + standing->message;
  }
  return {.code = ErrorCode::kUnavailable,
          .reason = "NOT_READY",
          .message = std::move(message),
          .retry_after = std::chrono::seconds(1)};
}

Result<const storage::ApiKey*> FindKey(const storage::Directory* directory, const Credentials& sent,
                                       const observe::Readiness* readiness) {
  if (directory == nullptr) return NotReady(readiness);
  if (sent.key.empty()) {
    return Error{.code = ErrorCode::kUnauthenticated,
                 .reason = "API_KEY_REQUIRED",
                 .message = sent.lacks_scheme
                                ? "the authorization metadata holds an API key without its scheme; "
                                  "put \"Bearer \" in front of the key"
                                : "send an API key as authorization: Bearer <key>"};
  }
  const storage::ApiKey* key = directory->FindApiKey(sent.key);
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

Credentials CredentialsOf(const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().find("authorization");
  if (found == context.client_metadata().end()) return {};
  return ParseAuthorization({found->second.data(), found->second.size()});
}

Credentials ParseAuthorization(std::string_view value) {
  // The scheme's name has no case, and any number of spaces behind it (RFC 9110, 11.1 and 11.4).
  const bool is_bearer = value.size() > kBearer.size() && value[kBearer.size()] == ' ' &&
                         std::equal(kBearer.begin(), kBearer.end(), value.begin(), IsSameLetter);
  if (!is_bearer) return {.key = {}, .lacks_scheme = value.starts_with(storage::kApiKeyPrefix)};
  value.remove_prefix(std::min(value.size(), value.find_first_not_of(' ', kBearer.size())));
  return {.key = std::string(value)};
}

Result<Caller> Identify(std::shared_ptr<const storage::Directory> directory,
                        const Credentials& sent, const observe::Readiness* readiness) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::ApiKey* key, FindKey(directory.get(), sent, readiness));
  return CallerOf(std::move(directory), *key);
}

Result<Caller> Authenticate(std::shared_ptr<const storage::Directory> directory,
                            const Credentials& sent, storage::Scope needed,
                            const observe::Readiness* readiness) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::ApiKey* key, FindKey(directory.get(), sent, readiness));
  if (!key->scopes.Has(needed)) {
    return Error{.code = ErrorCode::kPermissionDenied,
                 .reason = "SCOPE_MISSING",
                 .message = std::string("this API key lacks the scope ") + ScopeName(needed)};
  }
  return CallerOf(std::move(directory), *key);
}

}  // namespace selfsame::edge
