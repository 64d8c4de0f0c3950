// The operator's own connection to the database.
#ifndef SELFSAME_CLI_DATABASE_H_
#define SELFSAME_CLI_DATABASE_H_

#include <memory>

#include "base/result.h"
#include "cli/settings.h"
#include "storage/pg/session.h"

namespace selfsame::cli {

// Connects as the owner of the schema: migrations and tenants are made by nobody less.
// Errors: SETTING_MISSING or SERVER_NOT_RUNNING (cli/settings.h); as pg::Session::Connect.
Result<std::unique_ptr<pg::Session>> ConnectAsOwner(const Settings& settings);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_DATABASE_H_
