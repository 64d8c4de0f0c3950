// selfsamed: the server. Reads its configuration, starts the parts, waits for a signal, stops.
#include <sodium.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "base/arguments.h"
#include "server/app.h"
#include "server/config.h"
#include "server/notify.h"
#include "server/observe/log.h"
#include "server/open_files.h"
#include "server/signals.h"
#include "server/version.h"
#include "storage/master_key.h"

namespace {

using selfsame::Result;
using selfsame::StopSignal;
using selfsame::server::App;
using selfsame::server::Config;
using selfsame::server::ConfigSources;
using selfsame::server::LoadedConfig;
using selfsame::server::NotifySupervisor;
using selfsame::server::Signals;

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kDeaf = 3;  // For the supervisor: start another one.

constexpr std::chrono::milliseconds kSuperviseEvery{200};
// How long a start goes on after a signal to stop, for steps that cannot be interrupted.
constexpr std::chrono::milliseconds kStartGiveUp{10'000};

constexpr const char* kFooter =
    R"(Each setting of the file can be given as an environment variable: lanes.queue_rows_max is
SELFSAME_LANES_QUEUE_ROWS_MAX; of [server] and [security] the table is left out: SELFSAME_LISTEN;
the data folder is SELFSAME_HOME.
Flags win over the environment, the environment over the file. --data-dir alone names a whole
installation: a database url or master key file of the environment or the file is then not used.

Signals: SIGTERM and SIGINT stop the server, SIGHUP reads the configuration again and applies
log.level; other settings take a restart.

Examples:
  selfsamed --data-dir /var/lib/selfsame            all on one machine, with a private PostgreSQL
  selfsamed --config /etc/selfsame/selfsamed.toml   production
  selfsamed --config /etc/selfsame/selfsamed.toml --check-config

Exit codes: 0 stopped on SIGTERM or SIGINT with nothing lost, 1 could not start, 2 usage,
3 stopped with nothing lost because the gRPC port no longer answered: start it again.)";

struct CommandLine {
  ConfigSources sources;
  bool checks_config = false;
};

std::optional<std::string> Variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

// The flags that stand for a setting of the file.
struct SettingFlag {
  const char* flag;
  const char* setting;
  const char* help;
};
constexpr SettingFlag kSettingFlags[] = {
    {"--data-dir", "server.data_dir",
     "folder for the private PostgreSQL, the master key and endpoint.json"},
    {"--database-url", "database.url", "PostgreSQL 15+; without it a private one is started"},
    {"--master-key-file", "security.master_key_file", "default: DATA_DIR/master.key"},
    {"--listen", "server.listen",
     "gRPC address, host:port [127.0.0.1:7430]; port 0 takes a free one"},
    {"--metrics-listen", "server.metrics_listen",
     "address of /metrics, /healthz and /readyz [127.0.0.1:9464]"},
    {"--lanes", "lanes.count", "committers, each with its own connection [2]"},
    {"--log-format", "log.format", "text or json [text]"},
    {"--log-level", "log.level", "debug, info, warn or error [info]"}};
constexpr SettingFlag kSwitches[] = {
    {"--create-master-key", "security.create_master_key",
     "make the master key file where it is missing and the database has no tenants yet"},
    {"--migrate", "database.migrate", "bring the database to head before serving"},
    {"--allow-fsync-off", "database.allow_fsync_off",
     "serve on a PostgreSQL with fsync off: a crash can lose acknowledged records"}};

// Fills `line`; a code to exit with when there is nothing to run.
std::optional<int> Parse(int argc, char** argv, CommandLine& line) {
  const std::string empty = selfsame::OptionWithoutValue(argc, argv);
  if (!empty.empty()) {
    std::fprintf(stderr, "selfsamed: %s: expected a value, got an empty one\n", empty.c_str());
    return kUsage;
  }
  CLI::App cli{"Selfsame: a customer data ingestion server.", "selfsamed"};
  std::map<std::string, std::string> values;
  std::map<std::string, bool> switches;
  cli.add_option("--config", line.sources.file, "TOML file with settings (env SELFSAME_CONFIG)");
  cli.add_flag("--check-config", line.checks_config,
               "report every fault of the configuration, with its line, and exit");
  for (const SettingFlag& flag : kSettingFlags) {
    cli.add_option(flag.flag, values[flag.flag], flag.help);
  }
  for (const SettingFlag& flag : kSwitches) cli.add_flag(flag.flag, switches[flag.flag], flag.help);
  cli.set_version_flag("--version", std::string("selfsamed ") + selfsame::server::kVersion +
                                        " (commit " + selfsame::server::kCommit + ")");
  cli.footer(kFooter);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    return cli.exit(stop) == 0 ? 0 : kUsage;
  }
  for (const SettingFlag& flag : kSettingFlags) {
    if (cli.count(flag.flag) > 0) {
      line.sources.flags.push_back({flag.setting, values[flag.flag], flag.flag});
    }
  }
  for (const SettingFlag& flag : kSwitches) {
    if (switches[flag.flag]) line.sources.flags.push_back({flag.setting, "true", flag.flag});
  }
  line.sources.environment = Variable;
  if (line.sources.file.empty()) line.sources.file = Variable("SELFSAME_CONFIG").value_or("");
  return std::nullopt;
}

// What can only be seen on this machine, besides what loading has found.
void CheckMasterKey(LoadedConfig& loaded) {
  const Config& config = loaded.config;
  if (config.master_key_file.empty() || config.create_master_key) return;
  const auto key = selfsame::storage::MasterKey::Load(config.master_key_file);
  // A missing one is made with a private database.
  const bool is_made =
      !key.ok() && key.error().reason == "MASTER_KEY_MISSING" && config.database_url.empty();
  if (!key.ok() && !is_made) loaded.faults.push_back(key.error().message);
}

int ReportFaults(const LoadedConfig& loaded) {
  for (const std::string& fault : loaded.faults) {
    std::fprintf(stderr, "selfsamed: %s\n", fault.c_str());
  }
  return loaded.faults.empty() ? 0 : kUsage;
}

int CheckConfiguration(const ConfigSources& sources) {
  LoadedConfig loaded = LoadConfig(sources);
  CheckMasterKey(loaded);
  if (ReportFaults(loaded) != 0) return kUsage;
  for (const std::string& note : loaded.notes) std::printf("%s\n", note.c_str());
  std::printf("the configuration is valid\n");
  return 0;
}

// Only the level of the log can change under a running server.
void Reload(const ConfigSources& sources, selfsame::observe::Logger& log) {
  const LoadedConfig loaded = LoadConfig(sources);
  if (loaded.faults.empty()) {
    log.SetLevel(loaded.config.log.level);
    return log.Info("configuration reloaded; log.level applies, other settings take a restart");
  }
  for (const std::string& fault : loaded.faults) {
    log.Error("configuration not reloaded", {{"what", fault}});
  }
}

// Ends the process should a start not notice that it is to stop, in a migration for example, which
// is rolled back then.
std::jthread WatchStart(const StopSignal& stop, const StopSignal& is_started,
                        const selfsame::observe::Logger& log) {
  return std::jthread([&stop, &is_started, &log] {
    while (!stop.IsSet()) {
      if (is_started.WaitFor(kSuperviseEvery)) return;
    }
    if (is_started.WaitFor(kStartGiveUp)) return;
    log.Error("the start takes too long to stop; the process ends now");
    std::_Exit(kFailed);
  });
}

Result<std::unique_ptr<App>> Start(const Config& config, const selfsame::observe::Logger& log,
                                   const Signals& signals, std::atomic<bool>& is_deaf) {
  StopSignal is_started;
  const std::jthread watch = WatchStart(signals.stop(), is_started, log);
  auto app = App::Start(
      config, log,
      [&is_deaf] {
        is_deaf = true;
        kill(getpid(), SIGTERM);  // Stops as any other stop does.
      },
      nullptr, &signals.stop());
  is_started.Set();
  return app;
}

int Serve(const ConfigSources& sources, const LoadedConfig& loaded) {
  selfsame::observe::Logger log(loaded.config.log);
  const auto open_files = selfsame::server::RaiseOpenFilesLimit();
  const Signals signals([&] { Reload(sources, log); });
  for (const std::string& note : loaded.notes) log.Warn("setting not used", {{"what", note}});
  log.Info("limits", {{"open_files", open_files}});
  std::atomic<bool> is_deaf{false};
  Result<std::unique_ptr<App>> app = Start(loaded.config, log, signals, is_deaf);
  if (!app.ok()) {
    if (signals.stop().IsSet()) {
      log.Info("stopped before serving", {{"signal", signals.number()}});
      return 0;
    }
    log.Error("cannot start", {{"reason", app.error().reason}, {"what", app.error().message}});
    NotifySupervisor("STATUS=cannot start: " + app.error().message);
    return kFailed;
  }
  NotifySupervisor("READY=1");
  while (!signals.stop().WaitFor(kSuperviseEvery)) (*app)->Supervise();
  log.Info("stopping", {{"signal", signals.number()}});
  NotifySupervisor("STOPPING=1");
  (*app)->Stop();
  log.Info("stopped");
  return is_deaf ? kDeaf : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return kFailed;
  std::signal(SIGPIPE, SIG_IGN);
  CommandLine line;
  if (const auto code = Parse(argc, argv, line)) return *code;
  if (line.checks_config) return CheckConfiguration(line.sources);
  const LoadedConfig loaded = LoadConfig(line.sources);
  if (ReportFaults(loaded) != 0) return kUsage;
  return Serve(line.sources, loaded);
}
