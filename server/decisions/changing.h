// Changing the graph by hand: the frame of every decision. What differs between them is which
// evidence and constraints they change, once they see the components concerned.
#ifndef SELFSAME_SERVER_DECISIONS_CHANGING_H_
#define SELFSAME_SERVER_DECISIONS_CHANGING_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/decisions/decide.h"
#include "server/decisions/view.h"

namespace selfsame::decisions {

// What a decision changes.
struct GraphChange {
  bool is_needed = true;                   // False: it holds already, and nothing is written.
  std::vector<identity::Edge> statements;  // Evidence by hand; distinct ends.
  std::vector<NodeId> together;            // One person afterwards, or the decision is refused.
  std::vector<storage::RevokedEvidence> revoked;
  std::optional<identity::CannotLink> parted;  // A new cannot-link; its id is the operation's.
  std::vector<EventUuid> cleared;              // Cannot-links that hold no longer.
  std::vector<NodeId> in_doubt;
};

struct Changing {
  storage::OperationKind kind = storage::OperationKind::kMerge;
  std::string rule;  // In the merge history.
  std::vector<Target> targets;
  // May read; writes nothing.
  std::function<Result<GraphChange>(const View& view, EventUuid operation)> decide;
};

// Runs it, again where others were first, and commits or, dry, rolls back. Refused where the
// persons that it names would not be one afterwards, each of them whole: then nothing changes.
Result<Made> RunChange(pg::BulkConnection& connection, const ingest::CommitContext& context,
                       const storage::Decision& decision, Run run, const Changing& changing);

}  // namespace selfsame::decisions

#endif  // SELFSAME_SERVER_DECISIONS_CHANGING_H_
