// What a server stands on: its data folder, its master key, and its database, be it a private one
// that this process starts, watches and stops, or a given one.
#ifndef SELFSAME_SERVER_HOME_H_
#define SELFSAME_SERVER_HOME_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/time.h"
#include "server/config.h"
#include "server/data_folder.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "storage/master_key.h"
#include "storage/pg/cluster.h"

namespace selfsame::server {

// All of it outlives the home.
struct HomeContext {
  const Config& config;
  const observe::Logger& log;
  observe::Metrics& metrics;
  const StopSignal* stop = nullptr;  // Gives up starting PostgreSQL once set; null: nothing does.
};

// Owned by the main thread, which starts PostgreSQL: that ends with the thread that started it.
class Home {
 public:
  // Locks the data folder before it touches anything in it, finds the master key, starts a private
  // PostgreSQL, and migrates it; a given one only where the configuration says so.
  //
  // Makes a master key for a private database that is made now. For another only if the
  // configuration asks for it and the database has no key yet: otherwise a missing file is a
  // mistyped path, and records under a second key could not be read by the other servers.
  // Errors: as DataFolder::Open, storage::MasterKey::Load, pg::Cluster::Start, storage::MigrateUp.
  static Result<std::unique_ptr<Home>> Open(const HomeContext& context);

  // Stops, as Stop does.
  ~Home();
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  const std::string& database_url() const { return database_url_; }
  const storage::MasterKey& master_key() const { return *master_key_; }

  // Writes endpoint.json, by which the tool finds this server; without a data folder nothing.
  Status Publish(const std::string& grpc, const std::string& metrics) const;
  // Removes it.
  void Withdraw() const;

  // Starts a private PostgreSQL again that has ended, with back-off. To be called a few times a
  // second, by the main thread. Waits while PostgreSQL recovers.
  void Supervise();

  // Why the private PostgreSQL does not run; nothing while it does. Thread-safe.
  std::optional<Error> Trouble() const;

  // Stops the private PostgreSQL. Idempotent.
  void Stop();

 private:
  explicit Home(const HomeContext& context) : context_(context) {}

  bool IsPrivate() const { return context_.config.database_url.empty(); }
  std::string KeyPath() const;
  Status FindMasterKey();
  Status StartDatabase();
  Status CreateMasterKey();
  Status Migrate() const;
  void SetTrouble(std::optional<Error> trouble);

  const HomeContext context_;
  std::unique_ptr<DataFolder> folder_;
  std::optional<storage::MasterKey> master_key_;
  std::unique_ptr<pg::Cluster> cluster_;
  std::string database_url_;
  std::chrono::milliseconds pause_{0};  // Before the next try to start PostgreSQL.
  Deadline next_try_ = Deadline::After(pause_);
  mutable Mutex mutex_;
  std::optional<Error> trouble_ SELFSAME_GUARDED_BY(mutex_);
};

}  // namespace selfsame::server

#endif  // SELFSAME_SERVER_HOME_H_
