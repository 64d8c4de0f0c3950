// Decisions about who is who: each one transaction that locks the components it concerns, changes
// evidence or constraints, resolves them anew, and writes profiles, history and outbox as ingestion
// does. A dry run does all of that and rolls it back, so what it shows is what would happen.
#ifndef SELFSAME_SERVER_DECISIONS_DECIDE_H_
#define SELFSAME_SERVER_DECISIONS_DECIDE_H_

#include <variant>
#include <vector>

#include "base/result.h"
#include "server/decisions/made.h"
#include "server/ingest/batch.h"
#include "storage/decisions.h"
#include "storage/pg/bulk.h"

namespace selfsame::decisions {

// A profile by any of its identifiers, or by any id it ever had.
using Target = std::variant<NodeId, ProfileId>;

enum class Run { kDry, kReal };

// What may be overridden by a merge or a pin.
struct Overrides {
  bool limits = false;
  bool cannot_links = false;
};

struct MergeRequest {
  Target one;
  Target other;
  Overrides overrides;
};
// An identifier that is of a profile's person, even if it is there already.
struct PinRequest {
  NodeId identifier;
  Target profile;
  Overrides overrides;
};
struct UnmergeRequest {
  EventUuid history;          // Of a MERGED entry; nil: by identifiers.
  std::vector<NodeId> nodes;  // All of one profile, not all of it.
};
struct PartRequest {
  NodeId a;
  NodeId b;
  bool is_cleared = false;  // The cannot-link between the two is taken back.
};

// All of them: a decision that was made already changes nothing. Blocks. The connection has no open
// transaction, before and after.
// Errors: kNotFound PROFILE_NOT_FOUND, HISTORY_NOT_FOUND; kInvalidArgument UNMERGE_EMPTY,
// UNMERGE_NOT_ONE_PROFILE, SAME_IDENTIFIER; kFailedPrecondition MERGE_REFUSED; as
// CheckDecision; as TranslateSqlState, of which kAborted was tried several times.
Result<Made> Merge(pg::BulkConnection& connection, const ingest::CommitContext& context,
                   const storage::Decision& decision, Run run, const MergeRequest& request);
Result<Made> Pin(pg::BulkConnection& connection, const ingest::CommitContext& context,
                 const storage::Decision& decision, Run run, const PinRequest& request);
Result<Made> Unmerge(pg::BulkConnection& connection, const ingest::CommitContext& context,
                     const storage::Decision& decision, Run run, const UnmergeRequest& request);
Result<Made> Part(pg::BulkConnection& connection, const ingest::CommitContext& context,
                  const storage::Decision& decision, Run run, const PartRequest& request);

}  // namespace selfsame::decisions

#endif  // SELFSAME_SERVER_DECISIONS_DECIDE_H_
