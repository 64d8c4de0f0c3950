// What a change of the identity graph did to profiles: what is left to be written of them.
#ifndef SELFSAME_SERVER_INGEST_LINKED_H_
#define SELFSAME_SERVER_INGEST_LINKED_H_

#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "identity/profile_sizes.h"

namespace selfsame::ingest {

// A profile whose members changed.
struct LinkedProfile {
  ProfileId profile_id;
  std::vector<ProfileId> from;  // Profiles its members were in before; empty: it is new.
  std::vector<NodeId> members;
  bool is_refold = false;  // Its attributes must be folded from claims, not from `from`.
  bool is_same = false;    // It has the members it had: written only where its attributes differ.
};

struct Linked {
  // Of nodes that were looked at. Those of changed components, and every anchor with claims, are
  // locked until COMMIT; the others may be of a moment ago.
  std::unordered_map<NodeId, ProfileId, Id128Hash> profile_of;
  std::vector<LinkedProfile> changed;
  std::vector<ProfileId> gone;
  std::size_t merged = 0;                      // Profiles that went into another one.
  std::size_t unmerged = 0;                    // Profiles that came out of another one.
  std::map<std::string, std::size_t> refused;  // New refusals by reason.
  identity::SizeChanges sizes;                 // Of profiles.
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_LINKED_H_
