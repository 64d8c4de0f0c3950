#include "cli/database.h"

#include <fmt/format.h>

#include <utility>

#include "storage/tenant_secrets.h"

namespace selfsame::cli {
namespace {

// A migration may rewrite a large table.
constexpr std::chrono::minutes kStatementWait{60};

// For a key file that does not exist.
Status RequireNoMasterKey(pg::Session& session, const std::string& path) {
  SELFSAME_ASSIGN_OR_RETURN(const bool has_key, storage::HasMasterKey(session));
  if (!has_key) return {};
  return Error{ErrorCode::kFailedPrecondition, "MASTER_KEY_MISSING",
               fmt::format("this installation has a master key, but there is no file {}", path)};
}

}  // namespace

Result<std::unique_ptr<pg::Session>> ConnectAsOwner(const Settings& settings) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string url, settings.DatabaseUrl());
  return pg::Session::Connect(
      {.url = url, .application_name = "selfsame-cli", .statement_wait = kStatementWait});
}

Result<std::unique_ptr<pg::Session>> ConnectToWrite(const Settings& settings) {
  SELFSAME_ASSIGN_OR_RETURN(auto session, ConnectAsOwner(settings));
  // Without a key these commands can do; one that is there must not be another installation's.
  const auto key_file = settings.MasterKeyFile();
  if (!key_file.ok()) return session;
  const auto master_key = storage::MasterKey::Load(*key_file);
  if (master_key.ok()) {
    SELFSAME_RETURN_IF_ERROR(storage::VerifyMasterKey(*session, *master_key));
    return session;
  }
  if (master_key.error().reason != "MASTER_KEY_MISSING") return master_key.error();
  SELFSAME_RETURN_IF_ERROR(RequireNoMasterKey(*session, *key_file));
  return session;
}

Result<storage::MasterKey> LoadMasterKey(pg::Session& session, const std::string& path,
                                         MissingKey missing) {
  auto loaded = storage::MasterKey::Load(path);
  if (loaded.ok() || loaded.error().reason != "MASTER_KEY_MISSING") return loaded;
  SELFSAME_RETURN_IF_ERROR(RequireNoMasterKey(session, path));
  if (missing == MissingKey::kCreated) return storage::MasterKey::LoadOrCreate(path);
  Error error = std::move(loaded).error();
  error.message +=
      "; pass the file that the servers use, or --create-master-key for a new installation";
  return error;
}

}  // namespace selfsame::cli
