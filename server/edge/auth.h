// Who is calling, and what that caller may do.
#ifndef SELFSAME_SERVER_EDGE_AUTH_H_
#define SELFSAME_SERVER_EDGE_AUTH_H_

#include <grpcpp/server_context.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/observe/readiness.h"
#include "storage/tenants.h"

namespace selfsame::edge {

// An authenticated caller. The directory keeps tenant and source alive.
struct Caller {
  std::shared_ptr<const storage::Directory> directory;
  const storage::Tenant* tenant = nullptr;
  const storage::Source* source = nullptr;
};

// What a call brought as `authorization: Bearer <key>`.
struct Credentials {
  std::string key;            // Empty: none.
  bool lacks_scheme = false;  // An API key, but not behind "Bearer".
};
Credentials CredentialsOf(const grpc::CallbackServerContext& context);
// Takes any bytes.
Credentials ParseAuthorization(std::string_view value);

// Whose key this is, whatever it may do. Errors: as Authenticate, but for SCOPE_MISSING.
Result<Caller> Identify(std::shared_ptr<const storage::Directory> directory,
                        const Credentials& sent, const observe::Readiness* readiness = nullptr);

// A null directory is one that has not been read yet; `readiness` says why.
// Errors: kUnavailable NOT_READY, TENANT_UNAVAILABLE (the tenant is shut out); kUnauthenticated
// API_KEY_REQUIRED, API_KEY_UNKNOWN; kPermissionDenied SCOPE_MISSING, which names the scope. Never
// blocks. Thread-safe.
Result<Caller> Authenticate(std::shared_ptr<const storage::Directory> directory,
                            const Credentials& sent, storage::Scope needed,
                            const observe::Readiness* readiness = nullptr);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_AUTH_H_
