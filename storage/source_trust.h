// How far sources are trusted, also sources that are newer than the snapshot of the directory that
// a record or a call came with: another server may have stored claims of them already.
#ifndef SELFSAME_STORAGE_SOURCE_TRUST_H_
#define SELFSAME_STORAGE_SOURCE_TRUST_H_

#include <map>
#include <pqxx/transaction>
#include <set>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "identity/ruleset.h"
#include "storage/graph_reader.h"
#include "storage/pg/bulk.h"
#include "storage/tenants.h"

namespace selfsame::storage {

using Trusts = std::map<SourceId, int>;

// What sources are to be looked up by. `rules` may override a source's own priority.
struct TrustScope {
  TenantId tenant;
  const Directory& directory;
  const identity::Ruleset& rules;
};

// The trust priority of each source; lower wins. The database is asked only for sources that the
// directory does not know. A source that does not exist at all comes last.
// Errors: as TranslateSqlState.
Result<Trusts> FindTrusts(pg::BulkConnection& connection, const TrustScope& scope,
                          const std::set<SourceId>& sources);

// The same on a session: throws what libpqxx throws, see pg::Exec.
Trusts ReadTrusts(pqxx::work& tx, const TrustScope& scope, const std::set<SourceId>& sources);

// Gives claims that were read the trust of their sources. Throws as ReadTrusts.
void SetTrust(pqxx::work& tx, const TrustScope& scope, std::vector<NamedClaim>& claims);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_SOURCE_TRUST_H_
