// Whether what a transaction is about to commit was resolved by the ruleset in force. A batch may
// have waited, for the database or in its queue, since its records were prepared.
#ifndef SELFSAME_SERVER_INGEST_RULES_IN_FORCE_H_
#define SELFSAME_SERVER_INGEST_RULES_IN_FORCE_H_

#include <chrono>
#include <string_view>

#include "base/result.h"
#include "server/ingest/batch.h"
#include "storage/pg/bulk.h"

namespace selfsame::ingest {

// How long after an activation the ruleset before may be gone by: servers look every half second.
// Less than what applying rules backwards waits for, which then sees all that was done by others.
inline constexpr std::chrono::seconds kRulesetGrace{2};

inline constexpr std::string_view kRulesetChanged = "RULESET_CHANGED";

// Call last, before COMMIT. Errors: kUnavailable RULESET_CHANGED with retry_after: what was
// prepared by the old ruleset has to be prepared anew, by whoever sent it.
Status CheckRulesInForce(pg::BulkConnection& connection, const CommitContext& context);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_RULES_IN_FORCE_H_
