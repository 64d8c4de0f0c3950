// The server that the settings name, and the patience of commands with it.
#ifndef SELFSAME_CLI_CONNECT_H_
#define SELFSAME_CLI_CONNECT_H_

#include <chrono>

#include "base/result.h"
#include "cli/client.h"
#include "cli/settings.h"

namespace selfsame::cli {

// For a call somebody waits for.
inline constexpr std::chrono::seconds kCallWait{15};

// Errors: as Settings::Server and Settings::ApiKey. Says nothing of whether the server answers.
Result<Client> Connect(const Settings& settings);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_CONNECT_H_
