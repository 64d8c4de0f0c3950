// Who may talk to this installation: tenants, their sources and API keys. Made by the operator's
// tool with the owner's session; read by every server as one snapshot, the Directory, under role
// selfsame_app.
//
// Names are public and appear in errors; keys are Secrets and appear nowhere.
#ifndef SELFSAME_STORAGE_TENANTS_H_
#define SELFSAME_STORAGE_TENANTS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "identity/ruleset.h"
#include "storage/master_key.h"
#include "storage/pg/session.h"
#include "storage/secret.h"

namespace selfsame::storage {

// The shard that leads every hot key of a tenant: StableHash64(tenant name) % 1024. The design's
// formula, (h(tenant) + h(anchor) % spread) % 1024, for a spread of 1, the only one the schema
// takes so far. A name never changes, so neither does its shard.
Shard ShardOf(std::string_view tenant_name);

// The least trust that a source can be given, and the place of one that does not exist: after all.
inline constexpr int kTrustMax = 1000;
inline constexpr int kTrustLast = kTrustMax + 1;

// What an API key may do. A set of them is the sum of their values.
enum class Scope : std::uint8_t { kIngest = 1, kRead = 2, kAdmin = 4 };

class Scopes {
 public:
  constexpr bool Has(Scope scope) const { return (bits_ & static_cast<std::uint8_t>(scope)) != 0; }
  constexpr void Add(Scope scope) { bits_ |= static_cast<std::uint8_t>(scope); }
  bool operator==(const Scopes&) const = default;

 private:
  std::uint8_t bits_ = 0;
};

// "ingest", "read" or "admin"; anything else is no scope.
std::optional<Scope> ParseScope(std::string_view name);

struct NewSource {
  std::string name;
  std::string owner;         // Who answers for it: a team, a person.
  std::string purpose;       // What its data is for. Without either nothing is stored.
  int trust_priority = 100;  // 1 to 1000; lower wins where sources disagree.
  std::string phone_region;  // ISO 3166 alpha-2 of numbers without country code; empty: none said.
  std::string date_order;    // "DMY", "MDY"; empty: none said.
};

// Makes a tenant with a node-id key and a sealing key of its own, sealed under the master key.
// Names are a lower-case letter, then at most 62 of a-z 0-9 _ -.
// Errors: kInvalidArgument FIELDS_INVALID, kFailedPrecondition TENANT_EXISTS.
Result<TenantId> CreateTenant(pg::Session& session, const MasterKey& master_key,
                              std::string_view name, TimeUs now);

// Errors: kInvalidArgument FIELDS_INVALID, kNotFound TENANT_UNKNOWN, kFailedPrecondition
// SOURCE_EXISTS.
Result<SourceId> CreateSource(pg::Session& session, std::string_view tenant,
                              const NewSource& source, TimeUs now);

// How a source writes what it could write in several ways; absent members stay as they are, empty
// ones are taken back. Servers know within a second.
// Errors: kInvalidArgument FIELDS_INVALID, kNotFound TENANT_UNKNOWN, SOURCE_UNKNOWN.
struct SourceCustoms {
  std::optional<std::string> phone_region;
  std::optional<std::string> date_order;
};
Status SetSourceCustoms(pg::Session& session, std::string_view tenant, std::string_view source,
                        const SourceCustoms& customs);

// The same of all sources of a tenant that say none of their own.
// Errors: kInvalidArgument FIELDS_INVALID, kNotFound TENANT_UNKNOWN.
Status SetTenantPhoneRegion(pg::Session& session, std::string_view tenant,
                            const std::string& phone_region);

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

struct Tenant {
  TenantId id;
  std::string name;
  std::string phone_region;  // As of a source.
  int spread = 1;
  Shard shard;
  Secret node_key;  // 32 bytes: keys node ids (identity/node_id.h).
  Secret seal_key;  // kSealKeyBytes: seals identifiers' values and quarantined bodies.
  std::shared_ptr<const identity::Ruleset> rules;  // In force. Never null.
};

struct Source {
  SourceId id;
  TenantId tenant;
  std::string name;
  int trust_priority = 0;
  std::string phone_region;
  std::string date_order;
};

struct ApiKey {
  TenantId tenant;
  SourceId source;
  Scopes scopes;
};

// Everything a server needs to know of who calls: a snapshot, never changed after LoadDirectory.
struct Directory {
  std::unordered_map<TenantId, Tenant> tenants;
  std::unordered_map<SourceId, Source> sources;
  std::unordered_map<std::string, ApiKey> api_keys;  // By ApiKeyHash; revoked ones are left out.

  // Null when unknown. Valid as long as the Directory.
  const Tenant* FindTenant(TenantId id) const;
  const Source* FindSource(SourceId id) const;
  // By what the caller sent.
  const ApiKey* FindApiKey(std::string_view key) const;
};

// BLAKE2b-256 of a key, in hex: the only form in which the database has it.
std::string ApiKeyHash(std::string_view key);

// Reads all of it; `before`, which may be null, saves reading rulesets that have not changed. Runs
// under role selfsame_app. May be retried.
// Errors: kFailedPrecondition MASTER_KEY_WRONG when a tenant's keys do not open with this one,
// SCHEMA_NOT_READY, RULESET_UNREADABLE.
Result<Directory> LoadDirectory(pg::Session& session, const MasterKey& master_key,
                                const Directory* before = nullptr);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_TENANTS_H_
