// Updates of one profile, folded one after the other in the order of their arrival: where one of
// them wants a revision, each has to see what those before it leave behind.
#ifndef SELFSAME_SERVER_INGEST_IN_TURN_H_
#define SELFSAME_SERVER_INGEST_IN_TURN_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "identity/fold.h"
#include "server/ingest/batch.h"
#include "server/ingest/linked.h"
#include "server/ingest/record.h"

namespace selfsame::ingest {

// An update, and its claims by attribute.
struct TurnUpdate {
  const PreparedRecord* record = nullptr;
  std::map<std::string, identity::Claim> claims;
};

using Excess = std::pair<const PreparedRecord*, Violation>;

struct InTurn {
  identity::Attributes attributes;           // After all that were taken.
  std::int64_t revision = 0;                 // One more for each that changed something.
  std::vector<const PreparedRecord*> stale;  // Wanted another revision than there was then.
  std::vector<Excess> full;                  // Would have made it larger than it may be.
};

// `said`: all stored claims of the attributes that the updates name, without those of the updates.
// Pure. Requires: in the order of their turns.
InTurn FoldInTurn(const identity::Ruleset& rules, identity::Attributes attributes,
                  std::int64_t revision, std::map<std::string, std::vector<identity::Claim>> said,
                  const std::vector<TurnUpdate>& updates);

// Where a batch changed who is in a profile, and an update wants a revision of it: adds to `later`
// what touches the profile and did not arrive before that update, the update included; where
// nothing arrived before it, what arrived after it. False where no other record touches the
// profile: adds nothing.
bool TakeApart(const Linked& linked, ProfileId profile, const PreparedRecord& update,
               std::span<const PreparedRecord* const> accepted,
               std::vector<const PreparedRecord*>* later);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_IN_TURN_H_
