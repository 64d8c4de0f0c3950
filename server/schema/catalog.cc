#include "server/schema/catalog.h"

#include <algorithm>

#include "base/check.h"
#include "selfsame/schemas/account/v1/account.pb.h"
#include "selfsame/schemas/commerce/v1/commerce.pb.h"
#include "selfsame/schemas/web/v1/web.pb.h"

namespace selfsame::schema {
namespace {

template <typename Message>
Schema BuiltIn(Use use) {
  const google::protobuf::Descriptor* descriptor = Message::descriptor();
  return {.id = {}, .name = descriptor->full_name(), .version = 1, .use = use,
          .descriptor = descriptor};
}

}  // namespace

std::vector<Schema> BuiltInSchemas() {
  namespace schemas = ::selfsame::schemas;
  return {
      BuiltIn<schemas::account::v1::SignedUp>(Use::kEvent),
      BuiltIn<schemas::account::v1::Traits>(Use::kProfile),
      BuiltIn<schemas::commerce::v1::OrderLine>(Use::kEvent),
      BuiltIn<schemas::commerce::v1::ProductViewed>(Use::kEvent),
      BuiltIn<schemas::web::v1::PageViewed>(Use::kEvent),
      BuiltIn<schemas::web::v1::ScreenViewed>(Use::kEvent),
  };
}

Catalog::Catalog(std::vector<Schema> schemas) : schemas_(std::move(schemas)) {
  for (const Schema& schema : schemas_) {
    SELFSAME_CHECK(schema.id.value != 0 && schema.descriptor != nullptr);
    SELFSAME_CHECK(by_id_.emplace(schema.id, &schema).second);
    by_name_[schema.name].push_back(&schema);
  }
  for (auto& [name, versions] : by_name_) {
    std::sort(versions.begin(), versions.end(),
              [](const Schema* a, const Schema* b) { return a->version < b->version; });
  }
}

const Schema* Catalog::Find(std::string_view name, std::uint32_t version) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return nullptr;
  if (version == 0) return found->second.back();
  for (const Schema* schema : found->second) {
    if (schema->version == version) return schema;
  }
  return nullptr;
}

const Schema* Catalog::Find(SchemaId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

}  // namespace selfsame::schema
