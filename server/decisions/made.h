// What a decision made of profiles, as it is told to whoever decided.
#ifndef SELFSAME_SERVER_DECISIONS_MADE_H_
#define SELFSAME_SERVER_DECISIONS_MADE_H_

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "identity/resolve.h"
#include "server/ingest/batch.h"
#include "server/ingest/identity_counts.h"
#include "server/ingest/linked.h"
#include "storage/pg/bulk.h"

namespace selfsame::decisions {

struct PlainIdentifier {
  std::string kind;
  std::string value;  // In canonical form. Never logged (INV-10).
};

struct MadeProfile {
  ProfileId profile_id;
  std::vector<ProfileId> from;
  std::vector<PlainIdentifier> identifiers;  // Strongest kind first.
};

struct Made {
  EventUuid operation;  // Nil: nothing was changed.
  std::vector<MadeProfile> profiles;
  std::vector<PlainIdentifier> in_doubt;
  ingest::IdentityCounts counts;
  // Of a dry run: why it would be refused.
  identity::Refusal refused = identity::Refusal::kNone;
};

// Identifiers as people know them, strongest kind first. Errors: kInternal SEAL_BROKEN.
Result<std::vector<PlainIdentifier>> ReadPlain(pg::BulkConnection& connection,
                                               const ingest::CommitContext& context,
                                               const std::vector<NodeId>& nodes);

// Counts what a decision did that has committed.
void CountMade(const ingest::IdentityCounts& counts, const ingest::CommitContext& context);

// The profiles whose members changed.
Result<std::vector<MadeProfile>> MadeProfiles(pg::BulkConnection& connection,
                                              const ingest::CommitContext& context,
                                              const ingest::Linked& linked);

}  // namespace selfsame::decisions

#endif  // SELFSAME_SERVER_DECISIONS_MADE_H_
