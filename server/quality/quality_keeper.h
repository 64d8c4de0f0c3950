// The quality keeper: adds what the meter counted to the database, folds the deltas that commits
// left there, and shows what is stored as levels.
#ifndef SELFSAME_SERVER_QUALITY_QUALITY_KEEPER_H_
#define SELFSAME_SERVER_QUALITY_QUALITY_KEEPER_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/snapshot.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "server/quality/levels.h"
#include "server/quality/mailbox_walk.h"
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

  // One pass over all tenants. What cannot be done now is done by the next; a tenant that cannot be
  // read keeps none of the others from being shown.
  void Pass(TimeUs now);

 private:
  // What is known of one tenant besides its levels.
  struct Progress {
    TimeUs read_at;
    TimeUs counted_at;  // Its quarantine.
    TimeUs swept_at;
    bool has_many_days = false;  // Its sums have so many rows that old days are joined.
    bool is_remembered = false;  // When its sources last sent anything.
    MailboxWalk mailboxes;
    std::string failing;  // The reason why its last pass failed; empty: it did not.
  };

  Status Connect();
  // Whether all tenants were passed over.
  bool PassOverAll(const storage::Directory& directory, TimeUs now);
  Status PassOver(const storage::Directory& directory, const storage::Tenant& tenant,
                  Progress& progress, TimeUs now);
  Status Fold(const storage::TenantShard& where, Progress& progress, TimeUs now);
  Status Read(const storage::TenantShard& where, Progress& progress, TimeUs now);
  Status Remember(const storage::Directory& directory, const storage::Tenant& tenant, TimeUs now);
  void Report(const storage::Tenant& tenant, Progress& progress, const Status& done) const;
  void Introduce(const storage::Directory& directory);
  void AddHours(TimeUs now);
  Status AddHoursOf(TenantId tenant, const QualityMeter::Hours& hours, TimeUs now);
  Surroundings LookAround(TimeUs now);
  void Show(const storage::Directory& directory, TimeUs now);

  const QualityKeeperContext context_;
  std::unique_ptr<pg::Session> session_;
  std::map<TenantId, TenantState> tenants_;
  std::map<TenantId, Progress> progress_;
  std::optional<TimeUs> complete_at_;  // When all tenants were last passed over.
  std::set<SourceId> introduced_;
  Surroundings around_;
  TimeUs looked_around_at_;
  bool has_news_ = true;      // Something was read since levels were last shown.
  std::size_t left_out_ = 0;  // The most levels that had no room.
  OutboxHold outbox_hold_;
};

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_QUALITY_KEEPER_H_
