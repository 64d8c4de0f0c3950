#include "server/ingest/rules_in_force.h"

#include <string>

#include "storage/decisions.h"

namespace selfsame::ingest {

Status CheckRulesInForce(pg::BulkConnection& connection, const CommitContext& context) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::InForce active,
                            storage::FindInForce(connection, context.where));
  if (active.version == context.rules.version || active.age < kRulesetGrace) return {};
  return Error{.code = ErrorCode::kUnavailable,
               .reason = std::string(kRulesetChanged),
               .message = "another ruleset came into force meanwhile; send the records again",
               .retry_after = std::chrono::milliseconds(500)};
}

}  // namespace selfsame::ingest
