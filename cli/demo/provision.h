// What the demonstration needs in the database before records can be sent: a tenant, its sources,
// an API key for each.
#ifndef SELFSAME_CLI_DEMO_PROVISION_H_
#define SELFSAME_CLI_DEMO_PROVISION_H_

#include <string>

#include "base/result.h"
#include "cli/credentials.h"
#include "cli/settings.h"

namespace selfsame::cli {

inline constexpr const char* kDemoTenant = "demo";
inline constexpr const char* kDemoSources[] = {"web", "ios", "crm"};

// Makes what is missing and counts one more run; what is there is left as it is. Returns what
// DIR/credentials.json holds now. May be retried.
// Errors: as pg::Session::Connect, storage/tenants.h and WriteCredentials.
Result<Credentials> Provision(const Endpoint& endpoint, const std::string& data_dir);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_DEMO_PROVISION_H_
