// The server's configuration: what the command line and a TOML file can say, with every bound
// named.
#ifndef SELFSAME_SERVER_CONFIG_H_
#define SELFSAME_SERVER_CONFIG_H_

#include <chrono>
#include <string>

#include "base/result.h"
#include "server/ingest/limits.h"
#include "server/observe/log.h"
#include "server/registry/quarantine_keeper.h"

namespace selfsame::server {

struct Config {
  // Holds the private PostgreSQL, the master key and endpoint.json; empty: none of these.
  std::string data_dir;
  // Empty: a private PostgreSQL within data_dir.
  std::string database_url;
  // Empty: data_dir/master.key.
  std::string master_key_file;
  // Whether to bring a database of database_url to head at start; a private one always is.
  bool migrate = false;
  // Whether to serve on a PostgreSQL with fsync off: a crash may lose records that were
  // acknowledged. For tests.
  bool allow_fsync_off = false;

  std::string listen = "127.0.0.1:7430";
  std::string metrics_listen = "127.0.0.1:9464";
  observe::LogOptions log;

  ingest::LaneLimits lanes;
  registry::QuarantineDays quarantine;
  bool quality_measures = true;  // Off: sums of profiles have to be recounted afterwards.
  int read_threads = 4;
  std::size_t read_queue_max = 1'000;
  std::chrono::milliseconds connect_wait{5'000};
  std::chrono::milliseconds statement_wait{30'000};
  std::chrono::milliseconds directory_refresh{500};
  std::chrono::milliseconds drain_wait{20'000};  // For open calls to end at a stop (server/app.cc).
  std::chrono::milliseconds probe_interval{10'000};  // Between probes of the own gRPC port.
};

// Lays a TOML file over `config`. Tables and keys are those of deploy/selfsamed.toml; an unknown
// key is an error, so that a misspelt bound does not go unnoticed.
// Errors: kInvalidArgument CONFIG_MALFORMED, naming the file and the key.
Status LoadConfigFile(const std::string& path, Config* config);

// Checks what must hold between settings. Errors: kInvalidArgument CONFIG_MALFORMED.
Status CheckConfig(const Config& config);

}  // namespace selfsame::server

#endif  // SELFSAME_SERVER_CONFIG_H_
