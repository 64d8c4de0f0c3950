// Registering a schema: everything that is asked of it before it is stored.
#ifndef SELFSAME_SERVER_REGISTRY_REGISTER_SCHEMA_H_
#define SELFSAME_SERVER_REGISTRY_REGISTER_SCHEMA_H_

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "server/schema/catalog.h"
#include "server/schema/finding.h"
#include "storage/pg/session.h"
#include "storage/schemas.h"

namespace google::protobuf {
class FileDescriptorSet;
}

namespace selfsame::registry {

struct Registration {
  TenantId tenant;
  const google::protobuf::FileDescriptorSet& files;
  std::string message;
  std::string registered_by;
  storage::RegisterMode mode = storage::RegisterMode::kStore;
  const schema::Catalog& catalog;  // Knows the tenant's vocabularies.
  TimeUs now;
};

struct Registered {
  storage::SchemaVersion version;  // version 0: it would be refused.
  schema::Use use = schema::Use::kEvent;
  std::vector<schema::Finding> findings;  // Of a dry run; at most kFindingsMax.
};

// Compiles the schema, holds it to the gate (CATALOG_ENTRY_REQUIRED, OPTION_INVALID), compares it
// with all live versions (server/schema/compatibility.h), and stores it. May be retried: the same
// content is the same version. Errors: kFailedPrecondition SCHEMA_REFUSED with as many findings as
// violations as an error can carry (of a dry run they are a value, at most kFindingsMax),
// SCHEMA_NAME_RESERVED; kInvalidArgument as MessageType::Build; as Session::InTransaction.
Result<Registered> RegisterSchema(pg::Session& session, const Registration& registration);

}  // namespace selfsame::registry

#endif  // SELFSAME_SERVER_REGISTRY_REGISTER_SCHEMA_H_
