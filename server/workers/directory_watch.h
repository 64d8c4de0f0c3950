// Keeps the directory of tenants, sources, keys and rulesets fresh, and knows whether the database
// answers: what the operator makes, revokes or activates counts on every server within a second.
#ifndef SELFSAME_SERVER_WORKERS_DIRECTORY_WATCH_H_
#define SELFSAME_SERVER_WORKERS_DIRECTORY_WATCH_H_

#include <functional>
#include <memory>

#include "base/snapshot.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "server/observe/standing.h"
#include "storage/master_key.h"
#include "storage/pg/session.h"
#include "storage/tenants.h"

namespace selfsame::workers {

// What the watch needs; all of it outlives it.
struct DirectoryWatchContext {
  pg::SessionOptions database;
  const storage::MasterKey& master_key;
  Snapshot<storage::Directory>& directory;
  observe::Metrics& metrics;
  const observe::Logger& log;
  bool allows_fsync_off = false;  // Whether to serve although a crash may lose what was committed.
};

// Owned by its task's thread.
class DirectoryWatch {
 public:
  using Refresh = std::function<Status(pg::Session&)>;

  // `refresh` runs on each pass that finds the database at head, after the directory was read: what
  // else is to be looked at.
  // `on_standing` is called on each pass: READY where the database answers, is at head and was
  // read, otherwise the reason.
  DirectoryWatch(DirectoryWatchContext context, Refresh refresh,
                 std::function<void(observe::Standing)> on_standing);

  // One look at the database.
  void Pass();

 private:
  Status Look();
  Status Connect();
  void Publish(const storage::Directory* before, storage::Directory directory);
  // Logs what has changed, and counts what has not.
  void ReportTroubles(const storage::Directory* before, const storage::Directory& now);
  // Whether the database takes writes and keeps them. A server does not serve otherwise.
  Status CheckStanding();
  void Count(const Status& looked);

  const DirectoryWatchContext context_;
  const Refresh refresh_;
  const std::function<void(observe::Standing)> on_standing_;
  std::unique_ptr<pg::Session> session_;
};

}  // namespace selfsame::workers

#endif  // SELFSAME_SERVER_WORKERS_DIRECTORY_WATCH_H_
