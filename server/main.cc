// selfsamed: the server. Reads its configuration, starts the parts, waits for a signal, stops.
#include <sodium.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <string>

#include "server/app.h"
#include "server/config.h"
#include "server/observe/log.h"
#include "server/open_files.h"
#include "server/version.h"

namespace {

using selfsame::Result;
using selfsame::Status;
using selfsame::server::App;
using selfsame::server::Config;

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kDeaf = 3;  // For the supervisor: start another one.

constexpr const char* kFooter = R"(Examples:
  selfsamed --data-dir /var/lib/selfsame            all on one machine, with a private PostgreSQL
  selfsamed --config /etc/selfsame/selfsamed.toml   production

Exit codes: 0 stopped on SIGTERM or SIGINT with nothing lost, 1 could not start, 2 usage,
3 stopped with nothing lost because the gRPC port no longer answered: start it again.)";

// Flags win over the file; both over the defaults.
void AddFlags(CLI::App& cli, Config& config, std::string& log_format, std::string& log_level) {
  cli.add_option("--data-dir", config.data_dir,
                 "folder for the private PostgreSQL and the master key");
  cli.add_option("--database-url", config.database_url,
                 "PostgreSQL 15+; without it a private one is started")
      ->envname("SELFSAME_DATABASE_URL");
  cli.add_option("--master-key-file", config.master_key_file, "default: DATA_DIR/master.key")
      ->envname("SELFSAME_MASTER_KEY_FILE");
  cli.add_flag("--migrate", config.migrate, "bring the database to head before serving");
  cli.add_flag("--allow-fsync-off", config.allow_fsync_off,
               "serve on a PostgreSQL with fsync off: a crash can lose acknowledged records");
  cli.add_option("--listen", config.listen, "gRPC address; port 0 takes a free one")
      ->capture_default_str();
  cli.add_option("--metrics-listen", config.metrics_listen, "address of /metrics")
      ->capture_default_str();
  cli.add_option(
         "--lanes", config.lanes.lanes,
         "committers, each with its own connection, beside that of tenants that send little")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  cli.add_option("--log-format", log_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  cli.add_option("--log-level", log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
}

// The file named by --config has to be read before the flags are laid over it.
std::string ConfigFileOf(int argc, char** argv) {
  CLI::App scan;
  std::string path;
  scan.allow_extras();
  scan.set_help_flag();
  scan.add_option("--config", path);
  try {
    scan.parse(argc, argv);
  } catch (const CLI::ParseError&) {
    return {};  // Reported by the full parse.
  }
  return path;
}

int Serve(const Config& config) {
  const selfsame::observe::Logger log(config.log);
  // Blocked before any thread starts, so that all inherit it and only sigwait gets them.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  log.Info("limits", {{"open_files", selfsame::server::RaiseOpenFilesLimit()}});
  std::atomic<bool> is_deaf{false};
  Result<std::unique_ptr<App>> app = App::Start(config, log, [&is_deaf] {
    is_deaf = true;
    kill(getpid(), SIGTERM);  // Stops as any other stop does.
  });
  if (!app.ok()) {
    log.Error("cannot start", {{"reason", app.error().reason}, {"what", app.error().message}});
    return kFailed;
  }
  int signal = 0;
  sigwait(&stop_signals, &signal);
  log.Info("stopping", {{"signal", signal}});
  (*app)->Stop();
  log.Info("stopped");
  return is_deaf ? kDeaf : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return kFailed;
  std::signal(SIGPIPE, SIG_IGN);
  Config config;
  const std::string file = ConfigFileOf(argc, argv);
  if (!file.empty()) {
    if (const Status loaded = LoadConfigFile(file, &config); !loaded.ok()) {
      std::fprintf(stderr, "selfsamed: %s\n", loaded.error().message.c_str());
      return kUsage;
    }
  }
  CLI::App cli{"Selfsame: a customer data ingestion server.", "selfsamed"};
  std::string ignored_file, log_format, log_level;
  cli.add_option("--config", ignored_file, "TOML file; flags win over it");
  AddFlags(cli, config, log_format, log_level);
  cli.set_version_flag("--version", selfsame::server::kVersion);
  cli.footer(kFooter);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    return cli.exit(stop) == 0 ? 0 : kUsage;
  }
  if (!log_format.empty()) config.log.format = *selfsame::observe::ParseLogFormat(log_format);
  if (!log_level.empty()) config.log.level = *selfsame::observe::ParseLogLevel(log_level);
  if (const Status checked = CheckConfig(config); !checked.ok()) {
    std::fprintf(stderr, "selfsamed: %s\n", checked.error().message.c_str());
    return kUsage;
  }
  return Serve(config);
}
