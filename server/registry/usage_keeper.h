// Adds what the usage meter has counted to the database.
#ifndef SELFSAME_SERVER_REGISTRY_USAGE_KEEPER_H_
#define SELFSAME_SERVER_REGISTRY_USAGE_KEEPER_H_

#include <memory>

#include "base/snapshot.h"
#include "server/observe/log.h"
#include "server/registry/usage_meter.h"
#include "server/schema/catalog.h"
#include "storage/pg/session.h"

namespace selfsame::registry {

// Owned by one thread.
class UsageKeeper {
 public:
  // Requires: all outlive this.
  UsageKeeper(pg::SessionOptions database, UsageMeter& meter,
              const Snapshot<schema::Catalog>& catalog, const observe::Logger& log)
      : database_(std::move(database)), meter_(meter), catalog_(catalog), log_(log) {}

  // One pass. What cannot be added now is kept for the next; what may have been added is not added
  // again.
  void Pass();

 private:
  Status Add(TenantId tenant, const storage::Usage& usage);

  const pg::SessionOptions database_;
  UsageMeter& meter_;
  const Snapshot<schema::Catalog>& catalog_;
  const observe::Logger& log_;
  std::unique_ptr<pg::Session> session_;
};

}  // namespace selfsame::registry

#endif  // SELFSAME_SERVER_REGISTRY_USAGE_KEEPER_H_
