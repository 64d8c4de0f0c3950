// The schemas this server knows, by tenant, name and version, and the vocabularies they refer to.
// An immutable snapshot: a change makes a new one.
#ifndef SELFSAME_SERVER_SCHEMA_CATALOG_H_
#define SELFSAME_SERVER_SCHEMA_CATALOG_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "server/schema/canonical.h"
#include "server/schema/compiled_schema.h"

namespace selfsame::schema {

// The tenant that owns the schemas every tenant may use.
inline constexpr TenantId kEveryTenant{0};

// Values of schemas.state and of selfsame.schema.v1.SchemaState.
enum class State : std::int16_t { kActive = 1, kDeprecated = 2, kRetired = 3 };

struct Schema {
  SchemaId id;
  TenantId tenant;
  std::string name;  // Full name of the protobuf message.
  std::uint32_t version = 1;
  State state = State::kActive;
  std::shared_ptr<const CompiledSchema> compiled;  // Never null.

  Use use() const { return compiled->use(); }
};

// A schema that ships with the server.
struct BuiltInSchema {
  std::string name;
  std::shared_ptr<const CompiledSchema> compiled;
};
std::vector<BuiltInSchema> BuiltInSchemas();

using TenantVocabularies = std::unordered_map<TenantId, Vocabularies>;

// Thread-safe after construction.
class Catalog {
 public:
  // Requires: ids are set and distinct; (tenant, name, version) are distinct.
  explicit Catalog(std::vector<Schema> schemas, TenantVocabularies vocabularies = {});
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  // The tenant's own or everybody's schema: the given version, whatever its state, or for version
  // 0 the newest that is not retired. Null when there is none.
  const Schema* Find(TenantId tenant, std::string_view name, std::uint32_t version) const;
  const Schema* Find(SchemaId id) const;
  // All versions, oldest first; empty when there are none.
  std::span<const Schema* const> Versions(TenantId tenant, std::string_view name) const;
  // Everything the tenant may use, by name, then version.
  std::vector<const Schema*> SchemasOf(TenantId tenant) const;
  // Null: the tenant has none.
  const Vocabularies* VocabulariesOf(TenantId tenant) const;
  std::span<const Schema> schemas() const { return schemas_; }

 private:
  using Key = std::pair<TenantId, std::string_view>;
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::string_view>()(key.second) ^ std::hash<TenantId>()(key.first);
    }
  };

  const std::vector<Schema> schemas_;
  const TenantVocabularies vocabularies_;
  std::unordered_map<Key, std::vector<const Schema*>, KeyHash> by_name_;  // Newest last.
  std::unordered_map<SchemaId, const Schema*> by_id_;
};

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_CATALOG_H_
