// The keys of tenants, sealed under the installation's master key, and how a master key is known to
// be the installation's own.
#ifndef SELFSAME_STORAGE_TENANT_SECRETS_H_
#define SELFSAME_STORAGE_TENANT_SECRETS_H_

#include <pqxx/transaction>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/master_key.h"
#include "storage/pg/session.h"
#include "storage/secret.h"

namespace selfsame::storage {

struct TenantSecrets {
  Secret node_key;
  Secret seal_key;
};

// Fresh keys for a tenant, sealed.
std::string SealNewSecrets(const MasterKey& master_key, std::string_view tenant);

// Errors: kFailedPrecondition MASTER_KEY_WRONG when they do not open with this key.
Result<TenantSecrets> OpenSecrets(const MasterKey& master_key, std::string_view tenant,
                                  std::string_view sealed);

// Makes sure that a master key is the installation's, by its check value; where there is none yet,
// by opening a tenant's keys, and then stores the check value. A new installation takes any key.
// Throws what libpqxx throws, see pg::Exec. Errors: kFailedPrecondition MASTER_KEY_WRONG.
Status EnsureMasterKey(pqxx::work& tx, const MasterKey& master_key);

// The same in a transaction of its own, as the owner. May be retried.
Status VerifyMasterKey(pg::Session& session, const MasterKey& master_key);

// Only compares with the check value, where there is one. Under any role. Errors as above.
Status CompareMasterKey(pqxx::work& tx, const MasterKey& master_key);

// Whether the installation has a master key already: a check value, or tenants.
Result<bool> HasMasterKey(pg::Session& session);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_TENANT_SECRETS_H_
