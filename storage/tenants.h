// Who may talk to this installation: tenants, their sources and API keys. Made by the operator's
// tool with the owner's session; read by every server as one snapshot (storage/directory.h).
//
// Names are public and appear in errors; keys are Secrets and appear nowhere.
#ifndef SELFSAME_STORAGE_TENANTS_H_
#define SELFSAME_STORAGE_TENANTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/directory.h"
#include "storage/master_key.h"
#include "storage/pg/session.h"
#include "storage/secret.h"

namespace selfsame::storage {

struct NewSource {
  std::string name;
  std::string owner;         // Who answers for it: a team, a person.
  std::string purpose;       // What its data is for. Without either nothing is stored.
  int trust_priority = 100;  // 1 to 1000; lower wins where sources disagree.
  std::string phone_region;  // ISO 3166 alpha-2 of numbers without country code; empty: none said.
  std::string date_order;    // "DMY", "MDY"; empty: none said.
  // "new_person" (kNewPersonAfterLogout), or empty: what the ruleset says.
  std::string after_logout;
  // "leave-out": invalid optional fields are left out of its records; empty: as their schemas say.
  std::string invalid_optional;
  // The earliest event time of its records, a date or time of RFC 3339; empty: none said.
  std::string event_time_min;
};

// The setting after_logout with which an anonymous id belongs to one customer at most.
inline constexpr std::string_view kNewPersonAfterLogout = "new_person";

// Makes a tenant with a node-id key and a sealing key of its own, sealed under the master key.
// Names are a lower-case letter, then at most 62 of a-z 0-9 _ -.
// Writes nothing unless the master key is the installation's (storage/tenant_secrets.h).
// Errors: kInvalidArgument FIELDS_INVALID, kFailedPrecondition TENANT_EXISTS, MASTER_KEY_WRONG.
Result<TenantId> CreateTenant(pg::Session& session, const MasterKey& master_key,
                              std::string_view name, TimeUs now);

// Errors: kInvalidArgument FIELDS_INVALID, kNotFound TENANT_UNKNOWN, kFailedPrecondition
// SOURCE_EXISTS.
Result<SourceId> CreateSource(pg::Session& session, std::string_view tenant,
                              const NewSource& source, TimeUs now);

// How a source writes what it could write in several ways, and whose its anonymous ids are after a
// log-out; absent members stay as they are, empty ones are taken back. Servers know within a
// second. Errors: kInvalidArgument FIELDS_INVALID, kNotFound TENANT_UNKNOWN, SOURCE_UNKNOWN.
struct SourceCustoms {
  std::optional<std::string> phone_region;
  std::optional<std::string> date_order;
  std::optional<std::string> after_logout;
  std::optional<std::string> invalid_optional;
  std::optional<std::string> event_time_min;
};
Status SetSourceCustoms(pg::Session& session, std::string_view tenant, std::string_view source,
                        const SourceCustoms& customs);

// The same of all sources of a tenant that say none of their own.
// Errors: kInvalidArgument FIELDS_INVALID, kNotFound TENANT_UNKNOWN.
Status SetTenantPhoneRegion(pg::Session& session, std::string_view tenant,
                            const std::string& phone_region);

inline constexpr std::string_view kApiKeyPrefix = "sfs_";

// Returns the key, "sfs_" and 43 letters, for its owner; only its hash is stored, so it cannot be
// shown again. Names of scopes as ParseScope takes them, at least one.
// Errors: kInvalidArgument FIELDS_INVALID, kNotFound TENANT_UNKNOWN, SOURCE_UNKNOWN.
Result<Secret> CreateApiKey(pg::Session& session, std::string_view tenant, std::string_view source,
                            const std::vector<std::string>& scopes, TimeUs now);

// Servers refuse the key from their next look at the directory on. Revoking again changes nothing.
// Errors: kNotFound API_KEY_UNKNOWN, also for a key of another tenant.
Status RevokeApiKey(pg::Session& session, std::string_view tenant, std::int32_t api_key_id,
                    TimeUs now);

struct TenantRow {
  TenantId id;
  std::string name;
  TimeUs created_at;
};
struct SourceRow {
  SourceId id;
  std::string name;
  std::string owner;
  std::string purpose;
  int trust_priority = 0;
  std::string phone_region;
  std::string date_order;
  std::string after_logout;
  std::string invalid_optional;
  std::optional<TimeUs> event_time_min;
  TimeUs created_at;
};
struct ApiKeyRow {
  std::int32_t id = 0;
  std::string source;
  std::vector<std::string> scopes;
  TimeUs created_at;
  std::optional<TimeUs> revoked_at;
};

// For people, in order of name or of making. Errors of the latter two: kNotFound TENANT_UNKNOWN.
Result<std::vector<TenantRow>> ListTenants(pg::Session& session);
Result<std::vector<SourceRow>> ListSources(pg::Session& session, std::string_view tenant);
Result<std::vector<ApiKeyRow>> ListApiKeys(pg::Session& session, std::string_view tenant);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_TENANTS_H_
