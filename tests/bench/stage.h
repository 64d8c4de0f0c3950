// What any benchmark of the server stands on, all its own: a durable private PostgreSQL, a tenant
// with an API key of every scope, selfsamed, and the client that loads it from a process apart.
#ifndef SELFSAME_TESTS_BENCH_STAGE_H_
#define SELFSAME_TESTS_BENCH_STAGE_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "storage/master_key.h"
#include "storage/pg/cluster.h"
#include "tests/bench/load.h"
#include "tests/bench/meter.h"
#include "tests/support/server_process.h"
#include "tests/support/temp_folder.h"

namespace selfsame::bench {

// Owned by the main thread: what it starts ends with the thread that started it.
class Stage {
 public:
  // `program` is the path of this very program, which is the client too when called with "load".
  static Result<std::unique_ptr<Stage>> Start(const std::string& program);
  ~Stage();

  // Loads some server in a process of its own, which begins anew with each call.
  Result<Slice> Load(const LoadOptions& options);

  // A migrated database; that of the server is there already.
  Status MakeDatabase(const std::string& name);
  std::string DatabaseUrl() const;
  std::string DatabaseUrl(const std::string& name) const { return cluster_->url(name); }
  // As PostgreSQL says it: "15.14 (Debian ...)".
  std::string PostgresVersion() const;
  // Whether its files are on a real disk: in memory a durable commit costs nothing.
  bool IsOnDisk() const;

  const std::string& folder() const { return folder_.path(); }
  const std::string& api_key() const { return api_key_; }
  test::ServerProcess& server() { return *server_; }
  // Another one that keeps no measures of quality; started when first asked for.
  test::ServerProcess& unmeasured_server();
  // The server and its PostgreSQL.
  Watched watched() const { return WatchedOf(*server_); }
  Watched WatchedOf(const test::ServerProcess& server) const {
    return {.server = server.pid(), .postmaster = cluster_->pid()};
  }

 private:
  explicit Stage(std::string program) : program_(std::move(program)) {}

  std::unique_ptr<test::ServerProcess> StartServer(const std::string& config_toml) const;
  Status SeedTenant();

  const std::string program_;
  const test::TempFolder folder_;
  const storage::MasterKey master_key_ = storage::MasterKey::Generate();
  std::unique_ptr<pg::Cluster> cluster_;
  std::string api_key_;
  std::unique_ptr<test::ServerProcess> server_;
  std::unique_ptr<test::ServerProcess> unmeasured_server_;
};

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_STAGE_H_
