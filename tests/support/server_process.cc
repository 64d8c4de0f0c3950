#include "tests/support/server_process.h"

#include <sodium.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "tests/support/http_get.h"
#include "tests/support/ingest_client.h"

namespace selfsame::test {
namespace {

constexpr std::chrono::seconds kStartWait{60};
constexpr std::chrono::milliseconds kLookEvery{10};

}  // namespace

void WriteMasterKey(const std::string& path, const storage::MasterKey& key) {
  const std::string_view bytes = key.reveal();
  std::string hex(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  hex.back() = '\n';
  std::ofstream(path) << hex;
  chmod(path.c_str(), 0600);
}

std::unique_ptr<ServerProcess> ServerProcess::Start(const ServerOptions& options) {
  std::unique_ptr<ServerProcess> server(new ServerProcess(options));
  server->Launch();
  return server;
}

std::unique_ptr<ServerProcess> ServerProcess::Start(const TestDatabase& database,
                                                    std::vector<std::string> flags) {
  return Start({.database_url = database.url(),
                .master_key = &database.master_key(),
                .config_toml = {},
                .flags = std::move(flags)});
}

ServerProcess::ServerProcess(const ServerOptions& options)
    : master_key_file_(folder_.path() + "/master.key") {
  arguments_ = {"selfsamed",   "--data-dir",        folder_.path() + "/data", "--metrics-listen",
                "127.0.0.1:0", "--master-key-file", master_key_file_};
  if (options.master_key != nullptr) WriteMasterKey(master_key_file_, *options.master_key);
  if (!options.database_url.empty()) {
    // Databases of tests are thrown away: they have fsync off.
    arguments_.insert(arguments_.end(),
                      {"--database-url", options.database_url, "--allow-fsync-off"});
  }
  if (!options.config_toml.empty()) {
    std::ofstream(folder_.path() + "/selfsamed.toml") << options.config_toml;
    arguments_.insert(arguments_.end(), {"--config", folder_.path() + "/selfsamed.toml"});
  }
  arguments_.insert(arguments_.end(), options.flags.begin(), options.flags.end());
}

ServerProcess::~ServerProcess() = default;

void ServerProcess::Launch() {
  const std::string endpoint = folder_.path() + "/data/endpoint.json";
  std::remove(endpoint.c_str());  // Of an earlier life.
  std::vector<std::string> arguments = arguments_;
  arguments.insert(arguments.end(), {"--listen", listen_});
  program_ = Program::Start(
      {.arguments = std::move(arguments), .output_path = folder_.path() + "/server.log"});
  AwaitEndpoint();
}

void ServerProcess::AwaitEndpoint() {
  const std::string path = folder_.path() + "/data/endpoint.json";
  const Deadline deadline = Deadline::After(kStartWait);
  std::string text;
  while ((text = ReadWholeFile(path)).empty()) {
    if (program_->AwaitExit(kLookEvery)) Abort("the server ended while starting");
    if (deadline.Expired()) Abort("the server does not start");
  }
  const nlohmann::json endpoint = nlohmann::json::parse(text);
  listen_ = grpc_address_ = endpoint.at("grpc").get<std::string>();
  metrics_address_ = endpoint.at("metrics").get<std::string>();
  database_url_ = endpoint.at("database_url").get<std::string>();
  if (!AwaitServing(grpc_address_, deadline.Left())) Abort("the server does not say SERVING");
}

void ServerProcess::Abort(std::string_view why) const {
  std::fprintf(stderr, "%s\n%s", std::string(why).c_str(), Log().c_str());
  std::abort();
}

void ServerProcess::Kill9() {
  program_->Signal(SIGKILL);
  if (!program_->AwaitExit(kStartWait)) Abort("the server does not die");
}

void ServerProcess::BeginTerminate() { program_->Signal(SIGTERM); }

std::optional<int> ServerProcess::Terminate(std::chrono::milliseconds wait) {
  BeginTerminate();
  return AwaitExit(wait);
}

void ServerProcess::Restart() {
  if (program_->IsRunning()) Abort("the server still runs");
  Launch();
}

std::string ServerProcess::Metrics() const { return HttpGet(metrics_address_, "/metrics"); }

double ServerProcess::Metric(std::string_view series) const {
  const std::string text = "\n" + Metrics();
  const std::size_t at = text.find("\n" + std::string(series) + " ");
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + series.size() + 2, nullptr);
}

}  // namespace selfsame::test
