#include "storage/schemas.h"

#include <map>
#include <pqxx/result>
#include <utility>

#include "storage/sql/statements.h"

namespace selfsame::storage {

Result<std::vector<SchemaId>> EnsureSharedSchemas(pg::Session& session,
                                                  std::span<const SchemaName> schemas, TimeUs now) {
  using Ids = std::vector<SchemaId>;
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<Ids> {
    for (const SchemaName& schema : schemas) {
      pg::Exec(tx, sql::kInsertSchema, kAllTenants, schema.name, static_cast<int>(schema.version),
               now);
    }
    std::map<std::pair<std::string, int>, SchemaId> ids;
    for (const auto& row : pg::Exec(tx, sql::kListSchemas, kAllTenants)) {
      ids[{row[1].as<std::string>(), row[2].as<int>()}] = row[0].as<SchemaId>();
    }
    Ids found;
    for (const SchemaName& schema : schemas) {
      found.push_back(ids.at({schema.name, static_cast<int>(schema.version)}));
    }
    return found;
  });
}

}  // namespace selfsame::storage
