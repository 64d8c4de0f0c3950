// DIR/credentials.json: the API keys that the demonstration made in a local server's folder, so
// that they are made once and other commands find them. Mode 0600.
#ifndef SELFSAME_CLI_CREDENTIALS_H_
#define SELFSAME_CLI_CREDENTIALS_H_

#include <map>
#include <string>

#include "base/result.h"

namespace selfsame::cli {

struct Credentials {
  std::string api_key;                             // What commands use by default; may read.
  std::map<std::string, std::string> source_keys;  // API key by source.
  int runs = 0;                                    // How often the story has been told.
};

// Errors: as ReadTextFile; kFailedPrecondition CREDENTIALS_MALFORMED.
Result<Credentials> ReadCredentials(const std::string& data_dir);

// Errors: as WriteSecretFile.
Status WriteCredentials(const std::string& data_dir, const Credentials& credentials);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_CREDENTIALS_H_
