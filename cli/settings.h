// Where the server and the database are and how to be let in, from flags, the environment and the
// folder of a local server.
#ifndef SELFSAME_CLI_SETTINGS_H_
#define SELFSAME_CLI_SETTINGS_H_

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"

namespace selfsame::cli {

inline constexpr const char* kDefaultServer = "127.0.0.1:7430";

// Flags as given; empty: not given.
struct ConnectionFlags {
  std::string server;
  std::string api_key;
  std::string database_url;
  std::string master_key_file;
  std::string data_dir;
};

// What a local server says of itself in DIR/endpoint.json while it serves.
struct Endpoint {
  int pid = 0;
  std::string grpc;
  std::string metrics;
  std::string database_url;
  std::string master_key_file;
};

// Reads DIR/endpoint.json. Errors: kUnavailable SERVER_NOT_RUNNING when there is none or its
// process is gone; kFailedPrecondition ENDPOINT_MALFORMED.
Result<Endpoint> ReadEndpoint(const std::string& data_dir);

// The value of an environment variable; nothing where it is unset or empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;
std::optional<std::string> ProcessEnvironment(const char* name);

// Each setting is the first of: its flag; its environment variable (SELFSAME_SERVER,
// SELFSAME_API_KEY, SELFSAME_DATABASE_URL, SELFSAME_MASTER_KEY_FILE); the folder of a local server,
// named by SELFSAME_HOME; for the server, kDefaultServer. The flag --data-dir is the flag of
// the server, the database and the master key at once, and so wins over their variables. A folder
// gives what its endpoint.json says; the API key in its credentials.json comes after flag and
// variable, however the folder is named. The server's own settings follow the same order
// (server/config.h). Immutable after construction.
class Settings {
 public:
  Settings(const ConnectionFlags& flags, const Environment& environment);

  // Where to find each. Errors: what ReadEndpoint said when only the folder could have told;
  // kInvalidArgument SETTING_MISSING, with how to give it; for the server ADDRESS_MALFORMED.
  Result<std::string> Server() const;
  Result<std::string> ApiKey() const;
  Result<std::string> DatabaseUrl() const;
  Result<std::string> MasterKeyFile() const;

  // Of the flag or SELFSAME_HOME; empty where neither is set.
  const std::string& data_dir() const { return data_dir_; }

 private:
  void TakeFolder(const std::string& data_dir);
  Result<std::string> Need(const std::string& value, const char* how) const;

  std::string server_;
  std::string api_key_;
  std::string database_url_;
  std::string master_key_file_;
  std::string data_dir_;
  std::optional<Error> folder_error_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_SETTINGS_H_
