#include "server/schema/catalog.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace selfsame::schema {

Catalog::Catalog(std::vector<Schema> schemas, TenantVocabularies vocabularies)
    : schemas_(std::move(schemas)), vocabularies_(std::move(vocabularies)) {
  for (const Schema& schema : schemas_) {
    SELFSAME_CHECK(schema.id.value != 0 && schema.compiled != nullptr);
    SELFSAME_CHECK(by_id_.emplace(schema.id, &schema).second);
    by_name_[{schema.tenant, schema.name}].push_back(&schema);
  }
  for (auto& [name, versions] : by_name_) {
    std::sort(versions.begin(), versions.end(),
              [](const Schema* a, const Schema* b) { return a->version < b->version; });
  }
}

std::span<const Schema* const> Catalog::Versions(TenantId tenant, std::string_view name) const {
  auto found = by_name_.find({tenant, name});
  if (found == by_name_.end()) found = by_name_.find({kEveryTenant, name});
  if (found == by_name_.end()) return {};
  return found->second;
}

const Schema* Catalog::Find(TenantId tenant, std::string_view name, std::uint32_t version) const {
  const std::span<const Schema* const> versions = Versions(tenant, name);
  for (auto schema = versions.rbegin(); schema != versions.rend(); ++schema) {
    if (version == 0 ? (*schema)->state != State::kRetired : (*schema)->version == version) {
      return *schema;
    }
  }
  return nullptr;
}

const Schema* Catalog::Find(SchemaId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<const Schema*> Catalog::SchemasOf(TenantId tenant) const {
  std::vector<const Schema*> found;
  for (const Schema& schema : schemas_) {
    if (schema.tenant == tenant || schema.tenant == kEveryTenant) found.push_back(&schema);
  }
  std::sort(found.begin(), found.end(), [](const Schema* a, const Schema* b) {
    return std::tie(a->name, a->version) < std::tie(b->name, b->version);
  });
  return found;
}

const Vocabularies* Catalog::VocabulariesOf(TenantId tenant) const {
  const auto found = vocabularies_.find(tenant);
  return found == vocabularies_.end() ? nullptr : &found->second;
}

}  // namespace selfsame::schema
