// Schemas from the registry, ready to be looked into.
#ifndef SELFSAME_CLI_SCHEMA_FETCH_H_
#define SELFSAME_CLI_SCHEMA_FETCH_H_

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/client.h"
#include "server/schema/descriptors.h"

namespace selfsame::cli {

struct FetchedSchema {
  schema::v1::Schema schema;
  std::unique_ptr<schema::MessageType> type;
};

// A version of a schema; 0 is the newest that is not retired. May be retried.
// Errors: as SchemaService.GetSchema and MessageType::Build.
Result<FetchedSchema> FetchSchema(const Client& client, const std::string& name,
                                  std::uint32_t version);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_SCHEMA_FETCH_H_
