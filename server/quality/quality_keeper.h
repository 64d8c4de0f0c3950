// The quality keeper: adds what the meter counted to the database, folds the deltas that commits
// left there, and shows what is stored as levels.
#ifndef SELFSAME_SERVER_QUALITY_QUALITY_KEEPER_H_
#define SELFSAME_SERVER_QUALITY_QUALITY_KEEPER_H_

#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/snapshot.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "server/quality/levels.h"
#include "server/quality/outbox_hold.h"
#include "server/quality/quality_meter.h"
#include "storage/pg/session.h"

namespace selfsame::quality {

// Everything outlives the keeper.
struct QualityKeeperContext {
  pg::SessionOptions database;
  QualityMeter& meter;
  const Snapshot<storage::Directory>& directory;
  observe::Metrics& metrics;
  const observe::Logger& log;
  std::string data_dir;  // Empty: none.
};

// Owned by one thread.
class QualityKeeper {
 public:
  explicit QualityKeeper(QualityKeeperContext context) : context_(std::move(context)) {}

  // One pass over all tenants. What cannot be done now is done by the next.
  void Pass(TimeUs now);

 private:
  Status Connect();
  Status PassOver(const storage::Tenant& tenant, TimeUs now);
  void Introduce(const storage::Directory& directory);
  void AddHours(TimeUs now);
  Status AddHoursOf(TenantId tenant, const QualityMeter::Hours& hours, TimeUs now);
  Surroundings LookAround(TimeUs now);

  const QualityKeeperContext context_;
  std::unique_ptr<pg::Session> session_;
  std::map<TenantId, TenantState> tenants_;
  std::map<TenantId, TimeUs> read_at_;  // When the state of a tenant was read.
  std::set<SourceId> introduced_;
  Surroundings around_;
  TimeUs looked_around_at_;
  OutboxHold outbox_hold_;
};

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_QUALITY_KEEPER_H_
