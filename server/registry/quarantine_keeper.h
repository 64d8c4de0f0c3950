// Lets quarantined records go when their time is up: the bound on how much is kept.
#ifndef SELFSAME_SERVER_REGISTRY_QUARANTINE_KEEPER_H_
#define SELFSAME_SERVER_REGISTRY_QUARANTINE_KEEPER_H_

#include <map>
#include <memory>
#include <string>

#include "base/snapshot.h"
#include "base/time.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "storage/pg/session.h"
#include "storage/tenants.h"

namespace selfsame::registry {

// How many days records stay, by the reason of their first violation.
struct QuarantineDays {
  int days = 90;
  std::map<std::string, int> by_reason;

  int Of(const std::string& reason) const;
  TimeUs ExpiresAt(const std::string& reason, TimeUs received_at) const;
};

// Owned by one thread.
class QuarantineKeeper {
 public:
  // Requires: all outlive this.
  QuarantineKeeper(pg::SessionOptions database, const QuarantineDays& days,
                   const Snapshot<storage::Directory>& directory, observe::Metrics& metrics,
                   const observe::Logger& log)
      : database_(std::move(database)),
        days_(days),
        directory_(directory),
        metrics_(metrics),
        log_(log) {}

  // One pass over all tenants, in small batches; stops at the first error and goes on in the next.
  void Pass(TimeUs now);

 private:
  Status ExpireTenant(const storage::Tenant& tenant, TimeUs now);
  Status ExpireReason(const storage::Tenant& tenant, const std::string& reason, TimeUs now);

  const pg::SessionOptions database_;
  const QuarantineDays& days_;
  const Snapshot<storage::Directory>& directory_;
  observe::Metrics& metrics_;
  const observe::Logger& log_;
  std::unique_ptr<pg::Session> session_;
};

}  // namespace selfsame::registry

#endif  // SELFSAME_SERVER_REGISTRY_QUARANTINE_KEEPER_H_
