#include "cli/database.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "storage/tenant_secrets.h"

namespace selfsame::cli {
namespace {

// A migration may rewrite a large table.
constexpr std::chrono::minutes kStatementWait{60};

bool Exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
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
  if (!key_file.ok() || !Exists(*key_file)) return session;
  SELFSAME_ASSIGN_OR_RETURN(const auto master_key, storage::MasterKey::LoadOrCreate(*key_file));
  SELFSAME_RETURN_IF_ERROR(storage::VerifyMasterKey(*session, master_key));
  return session;
}

Result<storage::MasterKey> LoadMasterKey(pg::Session& session, const std::string& path) {
  if (!Exists(path)) {
    SELFSAME_ASSIGN_OR_RETURN(const bool has_key, storage::HasMasterKey(session));
    if (has_key) {
      return Error{
          ErrorCode::kFailedPrecondition, "MASTER_KEY_MISSING",
          fmt::format("this installation has a master key, but there is no file {}", path)};
    }
  }
  return storage::MasterKey::LoadOrCreate(path);
}

}  // namespace selfsame::cli
