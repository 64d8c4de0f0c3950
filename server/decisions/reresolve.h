// Reresolve: rules applied backwards. What is stored was resolved by the rules of its time; here it
// is resolved anew, page by page, each page a transaction, all pages one batch that can be taken
// back.
#ifndef SELFSAME_SERVER_DECISIONS_RERESOLVE_H_
#define SELFSAME_SERVER_DECISIONS_RERESOLVE_H_

#include <vector>

#include "base/result.h"
#include "server/decisions/decide.h"
#include "server/decisions/made.h"

namespace selfsame::decisions {

// A ruleset counts once every server goes by it: what was resolved by the one before is committed
// by then, since no batch that is resolved by it commits past ingest::kRulesetGrace.
inline constexpr std::chrono::seconds kSettleWait{5};
inline constexpr int kComponentsAPage = 200;

struct ReresolveRequest {
  int version = 0;
  EventUuid batch;    // Nil: a new one.
  ComponentId after;  // Where the page begins.
};

struct RollBackRequest {
  EventUuid batch;
  ComponentId after;  // Where the page begins; nil: the first, which also activates.
};

struct ReresolvePage {
  EventUuid batch;
  std::vector<MadeProfile> profiles;
  std::size_t components = 0;
  bool is_last = false;
  ComponentId next;
};

// Resolves one page of components by a ruleset, which must be in force for kSettleWait unless dry.
// Also folds their attributes anew. The context's ruleset is not looked at. Connection as in
// decide.h.
// Errors: kFailedPrecondition RULESET_NOT_IN_FORCE; kUnavailable RULESET_SETTLING with retry_after;
// kNotFound RULESET_UNKNOWN; OPERATION_NOT_FOUND where the batch is not of this version; as
// decide.h.
Result<ReresolvePage> Reresolve(pg::BulkConnection& connection,
                                const ingest::CommitContext& context,
                                const storage::Decision& decision, Run run,
                                const ReresolveRequest& request);

// Activates the ruleset of before a batch, where the batch's is in force, and, once that has
// settled, resolves a page of components by it: all of them, since what came after the batch was
// resolved by its ruleset as well. Errors: as Reresolve; RULESET_NOT_IN_FORCE where a third one is.
Result<ReresolvePage> RollBackReresolve(pg::BulkConnection& connection,
                                        const ingest::CommitContext& context,
                                        const storage::Decision& decision,
                                        const RollBackRequest& request);

}  // namespace selfsame::decisions

#endif  // SELFSAME_SERVER_DECISIONS_RERESOLVE_H_
