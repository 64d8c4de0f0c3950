// What a batch says about who is who that its lane has not seen yet. Most records say nothing new:
// the cache knows their anchor and each link, and the database is not asked.
#ifndef SELFSAME_SERVER_INGEST_EVIDENCE_H_
#define SELFSAME_SERVER_INGEST_EVIDENCE_H_

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/lru.h"
#include "base/time.h"
#include "identity/resolve.h"
#include "server/ingest/record.h"

namespace selfsame::ingest {

// What a lane remembers of an anchor. May be out of date: nodes never move, and an old profile id
// still resolves. Where identifiers are removed the tenant's generation is raised.
struct KnownAnchor {
  std::int64_t generation = 0;  // The tenant's, when it was learned.
  ProfileId profile_id;
  // The link (LinkIdOf), and the earliest evidence this lane has stored: what is no earlier adds
  // nothing.
  // At most kKnownLinksMax; the rest is asked of the database each time.
  std::vector<std::pair<NodeId, TimeUs>> links;
};
inline constexpr std::size_t kKnownLinksMax = 128;

// By anchor. Owned by its lane.
class IdentityCache {
 public:
  explicit IdentityCache(std::size_t anchors_max) : anchors_(anchors_max), names_(anchors_max) {}

  // Null when the anchor is unknown, or was learned in another generation of its tenant.
  const KnownAnchor* Find(NodeId anchor, std::int64_t generation = 0) const {
    const KnownAnchor* known = anchors_.Find(anchor);
    return known != nullptr && known->generation == generation ? known : nullptr;
  }
  // Whether a name has been stored of an identifier, in this generation of its tenant.
  bool KnowsName(NodeId node, NodeId name, std::int64_t generation = 0) const {
    return names_.Find(NameKey(node, name, generation)) != nullptr;
  }
  // Remembers that a record's identifiers and links are stored. Call only after COMMIT, of a record
  // that this server had stored itself.
  void Learn(const PreparedRecord& record, ProfileId profile_id, std::int64_t generation = 0);
  // Likewise of its anchor alone: what a repeated record names today may not be what was stored of
  // it. Requires: the profile was found by the anchor.
  void LearnAnchor(const PreparedRecord& record, ProfileId profile_id, std::int64_t generation = 0);
  // After the database may have gone back in time, such as to a replica.
  void Clear() {
    anchors_.Clear();
    names_.Clear();
  }

 private:
  struct Seen {};

  KnownAnchor& AnchorOf(const PreparedRecord& record, std::int64_t generation);
  void LearnNames(const PreparedRecord& record, std::int64_t generation);
  // Node and name are hashes: so is this.
  static NodeId NameKey(NodeId node, NodeId name, std::int64_t generation);

  mutable LruMap<NodeId, KnownAnchor, Id128Hash> anchors_;  // Find moves entries to the front.
  mutable LruMap<NodeId, Seen, Id128Hash> names_;
};

using NodePair = std::pair<NodeId, NodeId>;  // first < second.

// One row of edges: sources with and without one customer per anonymous id may see the same pair.
struct EdgeKey {
  NodePair ends;
  identity::Strength strength = identity::Strength::kDeterministic;

  auto operator<=>(const EdgeKey&) const = default;
};

struct EdgeEvidence {
  TimeUs first_evidence;
  RecordId record_id;
};

// In key order throughout: that is the order in which rows are locked (INV-6).
struct Evidence {
  std::map<NodeId, const Mention*> nodes;      // May be new.
  std::map<EdgeKey, EdgeEvidence> edges;       // May be new, or earlier than stored.
  std::map<NodeId, std::set<NodeId>> names;    // By identifier: names that may be new of it.
  std::vector<const PreparedRecord*> updates;  // Profile updates with claims, or for a revision.
  std::size_t known_records = 0;               // Records that said nothing new.
};

// Collects from accepted records what is not in the cache.
Evidence Gather(std::span<const PreparedRecord* const> accepted, const IdentityCache& cache,
                std::int64_t generation = 0);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_EVIDENCE_H_
