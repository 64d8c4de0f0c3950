// The activity keeper: folds what commits left of their anchors' activity into the sums
// (storage/activity.h). Readers take both, so a keeper that falls behind makes reads slower and no
// answer wrong.
#ifndef SELFSAME_SERVER_WORKERS_ACTIVITY_KEEPER_H_
#define SELFSAME_SERVER_WORKERS_ACTIVITY_KEEPER_H_

#include <memory>
#include <string>
#include <utility>

#include "base/snapshot.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "storage/pg/session.h"
#include "storage/tenants.h"

namespace selfsame::workers {

// Everything outlives the keeper.
struct ActivityKeeperContext {
  pg::SessionOptions database;
  const Snapshot<storage::Directory>& directory;
  observe::Metrics& metrics;
  const observe::Logger& log;
};

// Owned by one thread.
class ActivityKeeper {
 public:
  explicit ActivityKeeper(ActivityKeeperContext context) : context_(std::move(context)) {}

  // One pass over all tenants, in bounded transactions. What cannot be done now is done by the
  // next; a tenant that fails keeps none of the others from being folded.
  void Pass(TimeUs now);

 private:
  Status Fold(const storage::Tenant& tenant);
  void Report(const std::string& failing);

  const ActivityKeeperContext context_;
  std::unique_ptr<pg::Session> session_;
  std::int64_t waiting_ = 0;  // Rows that this pass left, of all tenants.
  std::string failing_;       // The reason why the last pass failed; empty: it did not.
};

}  // namespace selfsame::workers

#endif  // SELFSAME_SERVER_WORKERS_ACTIVITY_KEEPER_H_
