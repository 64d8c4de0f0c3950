#include "storage/directory.h"

#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "storage/rulesets.h"
#include "storage/sql/statements.h"
#include "storage/tenant_secrets.h"

namespace selfsame::storage {
namespace {

constexpr std::uint64_t kShards = 1024;

Scopes ReadScopes(const std::vector<std::string>& names) {
  Scopes scopes;
  for (const std::string& name : names) {
    if (const auto scope = ParseScope(name)) scopes.Add(*scope);
  }
  return scopes;
}

std::optional<TimeUs> TimeOrNone(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<TimeUs>();
}

std::shared_ptr<const identity::Ruleset> ShippedRules() {
  // Lives as long as the process: nothing to own.
  return {std::shared_ptr<const identity::Ruleset>(), &identity::DefaultRuleset()};
}

// A source's trust as the ruleset in force has it.
void ApplyTrust(Directory& directory) {
  for (auto& [id, source] : directory.sources) {
    const auto tenant = directory.tenants.find(source.tenant);
    if (tenant == directory.tenants.end()) continue;
    const auto& trust = tenant->second.rules->source_trust;
    if (const auto found = trust.find(source.name); found != trust.end()) {
      source.trust_priority = found->second;
    }
  }
}

// The work of one LoadDirectory call.
class Loader {
 public:
  Loader(pqxx::work& tx, const MasterKey& master_key, const Directory* before)
      : tx_(tx), master_key_(master_key), before_(before) {}

  // Keys before sources before tenants: whatever a key refers to was committed before the key, so
  // the later statements see it.
  Result<Directory> Run() {
    if (before_ == nullptr) SELFSAME_RETURN_IF_ERROR(CompareMasterKey(tx_, master_key_));
    ReadApiKeys();
    ReadSources();
    SELFSAME_RETURN_IF_ERROR(ReadTenants());
    ReadRulesets();
    ApplyTrust(directory_);
    return std::move(directory_);
  }

 private:
  void ReadApiKeys() {
    for (const pqxx::row& row : pg::Exec(tx_, sql::kDirectoryApiKeys)) {
      directory_.api_keys[row["key_hash"].as<std::string>()] = {
          .tenant = row["tenant_id"].as<TenantId>(),
          .source = row["source_id"].as<SourceId>(),
          .scopes = ReadScopes(row["scopes"].as<std::vector<std::string>>())};
    }
  }

  void ReadSources() {
    for (const pqxx::row& row : pg::Exec(tx_, sql::kDirectorySources)) {
      const auto id = row["source_id"].as<SourceId>();
      directory_.sources[id] = {.id = id,
                                .tenant = row["tenant_id"].as<TenantId>(),
                                .name = row["name"].as<std::string>(),
                                .trust_priority = row["trust_priority"].as<int>(),
                                .phone_region = row["phone_region"].as<std::string>(),
                                .date_order = row["date_order"].as<std::string>(),
                                .after_logout = row["after_logout"].as<std::string>(),
                                .invalid_optional = row["invalid_optional"].as<std::string>(),
                                .event_time_min = TimeOrNone(row["event_time_min"])};
    }
  }

  Status ReadTenants() {
    int tenants = 0;
    for (const pqxx::row& row : pg::Exec(tx_, sql::kDirectoryTenants)) {
      ++tenants;
      ReadTenant(row);
    }
    // No tenant at all opens: it is the master key that is wrong, not a tenant.
    if (tenants == 0 || !directory_.tenants.empty()) return {};
    return Error{.code = ErrorCode::kFailedPrecondition,
                 .reason = "MASTER_KEY_WRONG",
                 .message = "no tenant's keys open with this master key"};
  }

  void ReadTenant(const pqxx::row& row) {
    const auto id = row["tenant_id"].as<TenantId>();
    const auto name = row["name"].as<std::string>();
    auto secrets = OpenSecrets(master_key_, name, row["secrets_sealed"].as<pg::Bytea>().bytes);
    const Tenant* known = Known(id);
    if (!secrets.ok()) {
      Note(id, name, secrets.error(), known == nullptr);
      if (known == nullptr) return;
      secrets = TenantSecrets{known->node_key, known->seal_key};
    }
    directory_.tenants.emplace(id, Tenant{.id = id,
                                          .name = name,
                                          .phone_region = row["phone_region"].as<std::string>(),
                                          .spread = row["spread"].as<int>(),
                                          .shard = ShardOf(name),
                                          .node_key = secrets->node_key,
                                          .seal_key = secrets->seal_key,
                                          .rules = ShippedRules()});
  }

  void ReadRulesets() {
    for (const pqxx::row& row : pg::Exec(tx_, sql::kDirectoryRulesets)) {
      const auto found = directory_.tenants.find(row["tenant_id"].as<TenantId>());
      if (found == directory_.tenants.end()) continue;
      ReadRulesOf(found->second, row["version"].as<int>(), row["since"].as<int>());
    }
  }

  void ReadRulesOf(Tenant& tenant, int version, int activation) {
    const Tenant* known = Known(tenant.id);
    if (known != nullptr && known->rules->version == version &&
        known->rules->activation == activation) {
      tenant.rules = known->rules;
      return;
    }
    auto rules = ReadRuleset(tx_, tenant.id, version, activation);
    if (rules.ok()) {
      tenant.rules = *std::move(rules);
      return;
    }
    // What is left of the ruleset before serves reads and records that need no rules; what does
    // need them is refused by CheckRulesInForce, since another ruleset is in force.
    Note(tenant.id, tenant.name, rules.error(), known == nullptr);
    if (known != nullptr) {
      tenant.rules = known->rules;
    } else {
      directory_.tenants.erase(tenant.id);  // Last: `tenant` is in it.
    }
  }

  const Tenant* Known(TenantId id) const {
    return before_ == nullptr ? nullptr : before_->FindTenant(id);
  }

  void Note(TenantId id, const std::string& name, const Error& error, bool is_shut_out) {
    directory_.troubles[id] = {
        .name = name, .reason = error.reason, .message = error.message, .is_shut_out = is_shut_out};
  }

  pqxx::work& tx_;
  const MasterKey& master_key_;
  const Directory* const before_;
  Directory directory_;
};

template <typename Map, typename Key>
const typename Map::mapped_type* Find(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

Shard ShardOf(std::string_view tenant_name) {
  return {static_cast<std::int32_t>(StableHash64(tenant_name) % kShards)};
}

std::optional<Scope> ParseScope(std::string_view name) {
  if (name == "ingest") return Scope::kIngest;
  if (name == "read") return Scope::kRead;
  if (name == "admin") return Scope::kAdmin;
  return std::nullopt;
}

std::string ApiKeyHash(std::string_view key) { return HexDigest256(key); }

const Tenant* Directory::FindTenant(TenantId id) const { return Find(tenants, id); }

const Source* Directory::FindSource(SourceId id) const { return Find(sources, id); }

const ApiKey* Directory::FindApiKey(std::string_view key) const {
  return Find(api_keys, ApiKeyHash(key));
}

Result<Directory> LoadDirectory(pg::Session& session, const MasterKey& master_key,
                                const Directory* before) {
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<Directory> {
    return Loader(tx, master_key, before).Run();
  });
}

}  // namespace selfsame::storage
