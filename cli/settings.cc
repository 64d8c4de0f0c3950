#include "cli/settings.h"

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/host_port.h"
#include "cli/credentials.h"
#include "cli/text_file.h"

namespace selfsame::cli {
namespace {

void TakeFirst(std::string& setting, const std::string& value) {
  if (setting.empty()) setting = value;
}

// A process of another user counts as alive too.
bool IsAlive(int pid) { return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM); }

Error NotRunning(const std::string& data_dir) {
  return {ErrorCode::kUnavailable, "SERVER_NOT_RUNNING",
          fmt::format("no server is running in {}", data_dir)};
}

}  // namespace

Result<Endpoint> ReadEndpoint(const std::string& data_dir) {
  const auto text = ReadTextFile(data_dir + "/endpoint.json");
  if (!text.ok()) return NotRunning(data_dir);
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  const auto member = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (!json.is_object() || !json.contains("pid") || !json["pid"].is_number_integer() ||
      member("grpc").empty()) {
    return Error{ErrorCode::kFailedPrecondition, "ENDPOINT_MALFORMED",
                 fmt::format("{}/endpoint.json is not what a server writes", data_dir)};
  }
  Endpoint endpoint{.pid = json["pid"].get<int>(),
                    .grpc = member("grpc"),
                    .metrics = member("metrics"),
                    .database_url = member("database_url"),
                    .master_key_file = member("master_key_file")};
  if (!IsAlive(endpoint.pid)) return NotRunning(data_dir);
  return endpoint;
}

std::optional<std::string> ProcessEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Settings::Settings(const ConnectionFlags& flags, const Environment& environment)
    : server_(flags.server),
      api_key_(flags.api_key),
      database_url_(flags.database_url),
      master_key_file_(flags.master_key_file),
      data_dir_(flags.data_dir) {
  if (!data_dir_.empty()) TakeFolder(data_dir_);
  TakeFirst(server_, environment("SELFSAME_SERVER").value_or(""));
  TakeFirst(api_key_, environment("SELFSAME_API_KEY").value_or(""));
  TakeFirst(database_url_, environment("SELFSAME_DATABASE_URL").value_or(""));
  TakeFirst(master_key_file_, environment("SELFSAME_MASTER_KEY_FILE").value_or(""));
  if (data_dir_.empty()) {
    data_dir_ = environment("SELFSAME_HOME").value_or("");
    if (!data_dir_.empty()) TakeFolder(data_dir_);
  }
  if (!data_dir_.empty()) {
    const auto credentials = ReadCredentials(data_dir_);
    if (credentials.ok()) TakeFirst(api_key_, credentials->api_key);
  }
  if (!folder_error_) TakeFirst(server_, kDefaultServer);
}

void Settings::TakeFolder(const std::string& data_dir) {
  const auto endpoint = ReadEndpoint(data_dir);
  if (endpoint.ok()) {
    TakeFirst(server_, endpoint->grpc);
    TakeFirst(database_url_, endpoint->database_url);
    TakeFirst(master_key_file_, endpoint->master_key_file);
  } else {
    folder_error_ = endpoint.error();
  }
}

Result<std::string> Settings::Need(const std::string& value, const char* how) const {
  if (!value.empty()) return value;
  if (folder_error_) return *folder_error_;
  return Error{ErrorCode::kInvalidArgument, "SETTING_MISSING", how};
}

Result<std::string> Settings::Server() const {
  SELFSAME_ASSIGN_OR_RETURN(const std::string server, Need(server_, "no server is named"));
  // gRPC would take a missing port for 443. Its other forms, such as dns:///name:port, are its own.
  if (server.find(":/") == std::string::npos && !server.starts_with("unix:")) {
    SELFSAME_RETURN_IF_ERROR(ToStatus(ParseHostPort(server)));
  }
  return server;
}

Result<std::string> Settings::ApiKey() const {
  return Need(api_key_,
              "an API key is needed: set SELFSAME_API_KEY, or give --api-key or --data-dir");
}

Result<std::string> Settings::DatabaseUrl() const {
  return Need(database_url_,
              "a database is needed: give --database-url, SELFSAME_DATABASE_URL or --data-dir");
}

Result<std::string> Settings::MasterKeyFile() const {
  return Need(master_key_file_,
              "the master key is needed: give --master-key-file, SELFSAME_MASTER_KEY_FILE or "
              "--data-dir");
}

}  // namespace selfsame::cli
