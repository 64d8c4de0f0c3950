// The directory: what a server knows of who may talk to it, as one snapshot. How operators change
// it is storage/tenants.h.
#ifndef SELFSAME_STORAGE_DIRECTORY_H_
#define SELFSAME_STORAGE_DIRECTORY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/ids.h"
#include "base/result.h"
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
  std::string after_logout;
  std::string invalid_optional;          // "leave-out"; empty: as its records' schemas say.
  std::optional<TimeUs> event_time_min;  // Its records' event times are refused before this.
};

struct ApiKey {
  TenantId tenant;
  SourceId source;
  Scopes scopes;
};

// Why a tenant's newest ruleset or keys could not be read.
struct TenantTrouble {
  std::string name;    // The tenant's.
  std::string reason;  // RULESET_UNREADABLE, RULESET_UNKNOWN or MASTER_KEY_WRONG.
  std::string message;
  bool is_shut_out = false;  // Otherwise the tenant goes by what was last readable.

  bool operator==(const TenantTrouble&) const = default;
};

// Everything a server needs to know of who calls: a snapshot, never changed after LoadDirectory.
struct Directory {
  std::unordered_map<TenantId, Tenant> tenants;
  std::unordered_map<SourceId, Source> sources;
  std::unordered_map<std::string, ApiKey> api_keys;  // By ApiKeyHash; revoked ones are left out.
  // Tenants that could not be read as they are now. Those that are shut out are not in `tenants`.
  std::map<TenantId, TenantTrouble> troubles;

  // Null when unknown. Valid as long as the Directory.
  const Tenant* FindTenant(TenantId id) const;
  const Source* FindSource(SourceId id) const;
  // By what the caller sent.
  const ApiKey* FindApiKey(std::string_view key) const;
};

// BLAKE2b-256 of a key, in hex: the only form in which the database has it.
std::string ApiKeyHash(std::string_view key);

// Reads all of it, each tenant on its own: one whose ruleset or keys cannot be read keeps those of
// `before`, or is shut out where there are none, and is named in `troubles`. API keys, their
// revocation and sources depend on nothing but their own tables. `before` may be null; it also
// saves reading rulesets that have not changed. Runs under role selfsame_app. May be retried.
// Errors: kFailedPrecondition MASTER_KEY_WRONG when the master key is not this installation's and
// nothing was readable before, SCHEMA_NOT_READY; as Session::InTransaction.
Result<Directory> LoadDirectory(pg::Session& session, const MasterKey& master_key,
                                const Directory* before = nullptr);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_DIRECTORY_H_
