// Schemas: names and versions as the small integers that records carry.
#ifndef SELFSAME_STORAGE_SCHEMAS_H_
#define SELFSAME_STORAGE_SCHEMAS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/session.h"

namespace selfsame::storage {

// The tenant that owns the schemas every tenant may use.
inline constexpr TenantId kAllTenants{0};

struct SchemaName {
  std::string name;
  std::uint32_t version = 1;
};

// The ids of the schemas of all tenants, in the order given; those that have none get one. May be
// retried, and run by several servers at once. Errors: as Session::InTransaction.
Result<std::vector<SchemaId>> EnsureSharedSchemas(pg::Session& session,
                                                  std::span<const SchemaName> schemas, TimeUs now);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_SCHEMAS_H_
