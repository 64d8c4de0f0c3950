// The schemas this server knows, by name and version. An immutable snapshot: a change makes a new
// one. Payloads are decoded by server/schema/payload.h.
#ifndef SELFSAME_SERVER_SCHEMA_CATALOG_H_
#define SELFSAME_SERVER_SCHEMA_CATALOG_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"

namespace google::protobuf {
class Descriptor;
}

namespace selfsame::schema {

// What a schema's records are.
enum class Use { kEvent, kProfile };

struct Schema {
  SchemaId id;
  std::string name;  // Full name of the protobuf message.
  std::uint32_t version = 1;
  Use use = Use::kEvent;
  const google::protobuf::Descriptor* descriptor = nullptr;  // Lives as long as the process.
};

// The schemas that ship with the server, all at version 1 and without ids.
std::vector<Schema> BuiltInSchemas();

// Thread-safe after construction.
class Catalog {
 public:
  // Requires: ids are set and distinct; (name, version) are distinct.
  explicit Catalog(std::vector<Schema> schemas);

  // The given version, or the newest for version 0; null when there is none.
  const Schema* Find(std::string_view name, std::uint32_t version) const;
  const Schema* Find(SchemaId id) const;
  std::span<const Schema> schemas() const { return schemas_; }

 private:
  const std::vector<Schema> schemas_;
  std::unordered_map<std::string_view, std::vector<const Schema*>> by_name_;  // Newest last.
  std::unordered_map<SchemaId, const Schema*> by_id_;
};

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_CATALOG_H_
