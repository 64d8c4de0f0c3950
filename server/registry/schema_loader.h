// Keeps the catalog of schemas at what the database says: registers what ships with this server,
// then looks, a few times a second, for versions, states and vocabularies that are new.
#ifndef SELFSAME_SERVER_REGISTRY_SCHEMA_LOADER_H_
#define SELFSAME_SERVER_REGISTRY_SCHEMA_LOADER_H_

#include <map>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/snapshot.h"
#include "server/observe/log.h"
#include "server/schema/catalog.h"
#include "storage/pg/session.h"
#include "storage/schemas.h"
#include "storage/vocabularies.h"

namespace selfsame::registry {

// Owned by one thread. What it holds is bounded by what may be registered (storage/schemas.h,
// storage/vocabularies.h): of each tenant 32 MiB of contents, compiled, and 64 MiB of vocabularies.
class SchemaLoader {
 public:
  // Requires: both outlive this.
  SchemaLoader(Snapshot<schema::Catalog>& catalog, const observe::Logger& log)
      : catalog_(catalog), log_(log) {}

  // A version that cannot be compiled (a newer server's) is left out, and said so once in the log.
  // May be retried. Errors: as Session::InTransaction.
  Status Refresh(pg::Session& session);

 private:
  using Compiled = std::shared_ptr<const schema::CompiledSchema>;

  Status EnsureBuiltIns(pg::Session& session);
  Status CompileNew(pg::Session& session, const std::vector<storage::SchemaHead>& heads);
  void Compile(const storage::SchemaHead& head, const std::string& content);
  Status LoadVocabularies(pg::Session& session, const std::vector<storage::VocabularyHead>& heads);
  void Publish();

  Snapshot<schema::Catalog>& catalog_;
  const observe::Logger& log_;
  bool has_built_ins_ = false;
  std::vector<storage::SchemaHead> heads_;                 // As published.
  std::vector<storage::VocabularyHead> vocabulary_heads_;  // Likewise.
  std::map<SchemaId, Compiled> compiled_;                  // Null: cannot be compiled.
  schema::TenantVocabularies vocabularies_;
};

}  // namespace selfsame::registry

#endif  // SELFSAME_SERVER_REGISTRY_SCHEMA_LOADER_H_
