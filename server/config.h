// The server's configuration: what the command line, the environment and a TOML file can say, with
// every bound named.
#ifndef SELFSAME_SERVER_CONFIG_H_
#define SELFSAME_SERVER_CONFIG_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

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
  // Whether to make a master key where the file is missing and the database has no tenants yet. A
  // fresh private database always gets one.
  bool create_master_key = false;
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

// One setting of a command line: its name as "table.key", its value, and the flag it came from.
struct FlagSetting {
  std::string name;
  std::string value;
  std::string flag;
};

struct ConfigSources {
  std::string file;  // TOML; tables and keys are those of deploy/selfsamed.toml. Empty: none.
  // The value of a variable; nothing where it is unset or empty. Null: no environment.
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::vector<FlagSetting> flags;
};

struct LoadedConfig {
  Config config;
  // What is wrong, all of it, each with its place: "selfsamed.toml:12", a variable or a flag. The
  // values of settings that may hold a secret are not repeated.
  std::vector<std::string> faults;
  // Settings that another one, of higher precedence, made void.
  std::vector<std::string> notes;
};

// The first of flag, environment, file and default counts, setting by setting. A data folder makes
// void a database url and a master key file of lower precedence: `--data-dir` alone names a whole
// installation. An unknown key of the file is a fault, so that a misspelt bound does not go
// unnoticed.
LoadedConfig LoadConfig(const ConfigSources& sources);

// The environment variable of a setting: server.listen is SELFSAME_LISTEN, security.master_key_file
// is SELFSAME_MASTER_KEY_FILE, lanes.count is SELFSAME_LANES_COUNT; server.data_dir is
// SELFSAME_HOME.
std::string VariableOf(const std::string& setting);

// Checks what must hold between settings. Errors: kInvalidArgument CONFIG_MALFORMED.
Status CheckConfig(const Config& config);

}  // namespace selfsame::server

#endif  // SELFSAME_SERVER_CONFIG_H_
