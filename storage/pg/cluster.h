// A private PostgreSQL: one folder, one unix socket, no network, started and stopped with us. What
// the server runs on when it is given no database, and what the tests run on.
#ifndef SELFSAME_STORAGE_PG_CLUSTER_H_
#define SELFSAME_STORAGE_PG_CLUSTER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/stop.h"
#include "base/time.h"
#include "storage/pg/child_process.h"

namespace selfsame::pg {

enum class Durability {
  kDurable,      // What was committed survives a power cut.
  kDiscardable,  // fsync off: for tests.
};

struct ClusterOptions {
  // Made and filled by initdb where absent or empty. Not a mount point itself: it is filled aside
  // and renamed, so that a half-made one is never taken for whole.
  std::string data_dir;
  // Where the socket goes; empty: the data_dir. A path too long for a socket (107 bytes) or with
  // quotes or commas is replaced by a fresh folder under /tmp.
  std::string socket_dir;
  Durability durability = Durability::kDurable;
  // Bound of all of Start: an earlier server's end, initdb, crash recovery.
  std::chrono::milliseconds start_wait{120'000};
  // Gives a start up once it is set; null: nothing does. Outlives the cluster.
  const StopSignal* stop = nullptr;
};

// Owned by one thread, and started from the main thread: PostgreSQL is told to shut down when the
// thread that started it ends, be it by kill -9. Its log is server.log in the data_dir and holds no
// statements or values (INV-10).
class Cluster {
 public:
  // Uses the newest PostgreSQL in /usr/lib/postgresql, or the one in $SELFSAME_PG_BIN. As root,
  // runs it as user postgres (or nobody), to whom the folders then belong.
  // Errors: kFailedPrecondition CLUSTER_NOT_FOUND (no PostgreSQL programs), CLUSTER_BUSY (another
  // server is still alive on the data_dir), CLUSTER_START_STOPPED (options.stop was set); kInternal
  // or kFailedPrecondition CLUSTER_START_FAILED, which names the log to read; kUnavailable
  // DATABASE_DISK_FULL, which names the folder whose disk is full and the log.
  static Result<std::unique_ptr<Cluster>> Start(ClusterOptions options);

  // Stops it.
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // Shuts down as PostgreSQL's "fast" does: sessions end, transactions roll back, all is written.
  // Where that takes more than 30 s, at once, leaving the rest to recovery. Idempotent.
  void Stop();

  // Whether the server has ended by itself: killed, or for want of disk space.
  bool Ended() { return server_ == nullptr || server_->AwaitExit(std::chrono::milliseconds(0)); }

  // Why it has ended, as far as that can be seen; names the log. Requires: Ended.
  Error WhyEnded() const { return Failure("postgres ended"); }

  // Starts it again, on the main thread as well. May be retried. Requires: Ended. Errors: as Start.
  Status Restart();

  // Connects as the superuser. Needs no password: the socket is open to its owner only.
  std::string url(std::string_view database) const;

  // Creates the database unless it is there. Errors: as OpenConnection and TranslateSqlState.
  Status EnsureDatabase(const std::string& database);

  // Of the postmaster.
  pid_t pid() const { return server_->pid(); }

 private:
  Cluster(ClusterOptions options, RunAs run_as, std::string bin_dir);

  std::string log_path() const { return options_.data_dir + "/server.log"; }
  // An error that says "disk full" where that is the cause.
  Error Failure(std::string_view what) const;
  Status Initialize(const Deadline& deadline);
  Status ChooseSocketDir();
  Status WriteSettings() const;
  Status Launch(const Deadline& deadline);

  ClusterOptions options_;
  const RunAs run_as_;
  const std::string bin_dir_;
  std::string made_socket_dir_;  // Under /tmp, ours to remove; empty: none.
  std::unique_ptr<ChildProcess> server_;
  std::uintmax_t log_begins_ = 0;  // What the log held before the server was started last.
};

}  // namespace selfsame::pg

#endif  // SELFSAME_STORAGE_PG_CLUSTER_H_
