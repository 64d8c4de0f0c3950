// The operator's own connection to the database.
#ifndef SELFSAME_CLI_DATABASE_H_
#define SELFSAME_CLI_DATABASE_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/settings.h"
#include "storage/master_key.h"
#include "storage/pg/session.h"

namespace selfsame::cli {

// Connects as the owner of the schema: migrations and tenants are made by nobody less.
// Errors: SETTING_MISSING or SERVER_NOT_RUNNING (cli/settings.h); as pg::Session::Connect.
Result<std::unique_ptr<pg::Session>> ConnectAsOwner(const Settings& settings);

// The same, for commands that add to or change who may call. A master key file that is configured
// must be the one of this installation: otherwise settings of two installations are mixed up. It
// may be missing as long as the installation has no master key.
// Errors: also MASTER_KEY_WRONG, and MASTER_KEY_MISSING and others of storage::MasterKey::Load.
Result<std::unique_ptr<pg::Session>> ConnectToWrite(const Settings& settings);

enum class MissingKey { kRefused, kCreated };

// The master key of a file. A missing file is made only on request, and only for an installation
// that has no master key yet: otherwise it is a mistyped path, and a tenant under a second key
// could be opened by no server. Errors: kFailedPrecondition MASTER_KEY_MISSING; as
// storage::MasterKey::Load.
Result<storage::MasterKey> LoadMasterKey(pg::Session& session, const std::string& path,
                                         MissingKey missing);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_DATABASE_H_
