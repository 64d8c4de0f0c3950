#include "storage/tenant_secrets.h"

#include <fmt/format.h>

#include <utility>

#include "base/seal.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

constexpr std::size_t kNodeKeyBytes = 32;
constexpr std::string_view kCheckContext = "master-key-check";
constexpr std::string_view kCheckText = "selfsame";

std::string SecretsContext(std::string_view tenant) {
  return fmt::format("tenant-secrets:{}", tenant);
}

Error Wrong(std::string message) {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "MASTER_KEY_WRONG",
          .message = std::move(message)};
}

Error NotOfThisInstallation() {
  return Wrong(
      "the master key is not the one of this installation; pass the file that its servers use");
}

Status VerifyByTenants(pqxx::work& tx, const MasterKey& master_key) {
  const auto tenants = pg::Exec(tx, sql::kReadTenantSecrets);
  if (tenants.empty()) return {};
  for (const pqxx::row& row : tenants) {
    // One that opens is enough: another may be damaged.
    const auto opened =
        OpenSecrets(master_key, row[0].as<std::string>(), row[1].as<pg::Bytea>().bytes);
    if (opened.ok()) return {};
  }
  return NotOfThisInstallation();
}

}  // namespace

std::string SealNewSecrets(const MasterKey& master_key, std::string_view tenant) {
  const Secret keys(NewSealKey() + NewSealKey());
  return Seal(master_key.reveal(), SecretsContext(tenant), keys.reveal());
}

Result<TenantSecrets> OpenSecrets(const MasterKey& master_key, std::string_view tenant,
                                  std::string_view sealed) {
  auto opened = Unseal(master_key.reveal(), SecretsContext(tenant), sealed);
  if (!opened.ok() || opened->size() != kNodeKeyBytes + kSealKeyBytes) {
    return Wrong(fmt::format("the keys of tenant {} do not open", tenant));
  }
  const Secret both(std::move(opened).value());
  return TenantSecrets{.node_key = Secret(std::string(both.reveal().substr(0, kNodeKeyBytes))),
                       .seal_key = Secret(std::string(both.reveal().substr(kNodeKeyBytes)))};
}

Status CompareMasterKey(pqxx::work& tx, const MasterKey& master_key) {
  const auto rows = pg::Exec(tx, sql::kReadMasterKeyCheck);
  if (rows.empty()) return {};
  const auto opened = Unseal(master_key.reveal(), kCheckContext, rows[0][0].as<pg::Bytea>().bytes);
  if (!opened.ok() || *opened != kCheckText) return NotOfThisInstallation();
  return {};
}

Status EnsureMasterKey(pqxx::work& tx, const MasterKey& master_key) {
  if (pg::Exec(tx, sql::kReadMasterKeyCheck).empty()) {
    SELFSAME_RETURN_IF_ERROR(VerifyByTenants(tx, master_key));
    pg::Exec(tx, sql::kInsertMasterKeyCheck,
             pg::Bytea{Seal(master_key.reveal(), kCheckContext, kCheckText)});
  }
  // Also after an insert: another tool may have been first, with another key.
  return CompareMasterKey(tx, master_key);
}

Status VerifyMasterKey(pg::Session& session, const MasterKey& master_key) {
  return session.InTransaction(
      TenantId{}, [&](pqxx::work& tx) -> Status { return EnsureMasterKey(tx, master_key); });
}

Result<bool> HasMasterKey(pg::Session& session) {
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<bool> {
    return !pg::Exec(tx, sql::kReadMasterKeyCheck).empty() ||
           !pg::Exec(tx, sql::kReadTenantSecrets).empty();
  });
}

}  // namespace selfsame::storage
