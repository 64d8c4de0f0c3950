// The catalog of the schemas that ship with the server, for tests without a database.
#ifndef SELFSAME_TESTS_SUPPORT_BUILT_IN_CATALOG_H_
#define SELFSAME_TESTS_SUPPORT_BUILT_IN_CATALOG_H_

#include <utility>
#include <vector>

#include "server/schema/catalog.h"

namespace selfsame::test {

// Version 1 of each, with ids from 1 on.
inline std::vector<schema::Schema> BuiltInVersions() {
  std::vector<schema::Schema> schemas;
  for (schema::BuiltInSchema& built_in : schema::BuiltInSchemas()) {
    schemas.push_back({.id = SchemaId{static_cast<int>(schemas.size()) + 1},
                       .tenant = schema::kEveryTenant,
                       .name = std::move(built_in.name),
                       .compiled = std::move(built_in.compiled)});
  }
  return schemas;
}

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_BUILT_IN_CATALOG_H_
