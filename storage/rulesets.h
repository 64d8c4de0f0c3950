// Rulesets of tenants: stored as they were written, numbered from one, and activated by somebody.
// Servers find the active one in the Directory (storage/tenants.h) within a second.
#ifndef SELFSAME_STORAGE_RULESETS_H_
#define SELFSAME_STORAGE_RULESETS_H_

#include <memory>
#include <optional>
#include <pqxx/transaction>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "identity/ruleset.h"
#include "storage/pg/session.h"

namespace selfsame::storage {

// Who decides, and why.
struct Decision {
  std::string actor;   // 1 to 200 bytes.
  std::string reason;  // 1 to 500 bytes.
};

// Errors: kInvalidArgument FIELDS_INVALID, with a violation each.
Status CheckDecision(const Decision& decision);

// Both activate as of now by the database's clock.
//
// Stores a ruleset as the next version and makes it the one in force, in one transaction. The
// newest version is not stored twice in a row. Returns its number. Errors: kInvalidArgument as
// ParseRuleset and CheckDecision; kNotFound TENANT_UNKNOWN.
Result<int> ActivateRuleset(pg::Session& session, std::string_view tenant, std::string_view toml,
                            const Decision& decision);

// Makes an earlier version the one in force; 0 is the one that ships.
// Errors: kNotFound RULESET_UNKNOWN, TENANT_UNKNOWN; kInvalidArgument as CheckDecision.
Status ActivateRulesetVersion(pg::Session& session, std::string_view tenant, int version,
                              const Decision& decision);

// The text of a version; of the active one where none is named.
// Errors: kNotFound RULESET_UNKNOWN, TENANT_UNKNOWN.
Result<std::string> ReadRulesetText(pg::Session& session, std::string_view tenant,
                                    std::optional<int> version);

struct Activation {
  int version = 0;
  TimeUs activated_at;
  std::string actor;
  std::string reason;
};

// Oldest first. Errors: kNotFound TENANT_UNKNOWN.
Result<std::vector<Activation>> ListActivations(pg::Session& session, std::string_view tenant);

// A stored text; its version and activation become the ruleset's.
// Errors: kFailedPrecondition RULESET_UNREADABLE for a text that this binary does not understand.
Result<std::shared_ptr<const identity::Ruleset>> ParseStoredRuleset(std::string_view text,
                                                                    TenantId tenant, int version,
                                                                    int activation);

// Within a transaction. Errors: kNotFound RULESET_UNKNOWN; kFailedPrecondition RULESET_UNREADABLE
// for a text that this binary does not understand.
Result<std::shared_ptr<const identity::Ruleset>> ReadRuleset(pqxx::work& tx, TenantId tenant,
                                                             int version, int activation);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_RULESETS_H_
