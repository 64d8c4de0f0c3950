#include "cli/demo/provision.h"

#include <utility>

#include "storage/master_key.h"
#include "storage/pg/session.h"
#include "storage/tenants.h"

namespace selfsame::cli {
namespace {

// Whether the thing was made now; false when it was there already.
template <typename T>
Result<bool> MadeNow(Result<T> made, std::string_view exists_reason) {
  if (made.ok()) return true;
  if (made.error().reason == exists_reason) return false;
  return std::move(made).error();
}

// All of one priority: only times decide between them.
storage::NewSource SourceNamed(const std::string& name) {
  return {.name = name, .owner = "demo@example.com", .purpose = "Showing how Selfsame works"};
}

// Of the run before this one. Without credentials nobody knows how often an older tenant's story
// was told: the clock makes a number that has not been.
Result<Credentials> LastRun(const std::string& data_dir, bool tenant_is_new, TimeUs now) {
  auto credentials = ReadCredentials(data_dir);
  if (credentials.ok() && !tenant_is_new) return credentials;
  if (!credentials.ok() && credentials.error().code != ErrorCode::kNotFound) return credentials;
  Credentials fresh;
  if (!tenant_is_new) fresh.runs = static_cast<int>(now.us / 1'000'000);
  return fresh;
}

}  // namespace

Result<Credentials> Provision(const Endpoint& endpoint, const std::string& data_dir) {
  const TimeUs now = Now();
  SELFSAME_ASSIGN_OR_RETURN(
      const auto session,
      pg::Session::Connect({.url = endpoint.database_url, .application_name = "selfsame-demo"}));
  SELFSAME_ASSIGN_OR_RETURN(const auto master_key,
                            storage::MasterKey::Load(endpoint.master_key_file));
  SELFSAME_ASSIGN_OR_RETURN(
      const bool tenant_is_new,
      MadeNow(storage::CreateTenant(*session, master_key, kDemoTenant, now), "TENANT_EXISTS"));
  SELFSAME_ASSIGN_OR_RETURN(Credentials credentials, LastRun(data_dir, tenant_is_new, now));
  for (const char* source : kDemoSources) {
    SELFSAME_RETURN_IF_ERROR(MadeNow(
        storage::CreateSource(*session, kDemoTenant, SourceNamed(source), now), "SOURCE_EXISTS"));
    if (credentials.source_keys.contains(source)) continue;
    SELFSAME_ASSIGN_OR_RETURN(const auto key, storage::CreateApiKey(*session, kDemoTenant, source,
                                                                    {"ingest", "read"}, now));
    credentials.source_keys[source] = key.reveal();
  }
  credentials.api_key = credentials.source_keys.at("web");
  ++credentials.runs;
  SELFSAME_RETURN_IF_ERROR(WriteCredentials(data_dir, credentials));
  return credentials;
}

}  // namespace selfsame::cli
