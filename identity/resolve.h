// Resolve: who is the selfsame person. Pure: the partition depends on the arguments alone, not on
// their order and not on what was decided before (INV-5). No storage, no clock.
#ifndef SELFSAME_IDENTITY_RESOLVE_H_
#define SELFSAME_IDENTITY_RESOLVE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/ruleset.h"

namespace selfsame::identity {

// Values are stored in edges.strength.
enum class Strength : std::int16_t { kFuzzy = 1, kDeterministic = 2, kManual = 3 };

// Why an edge does not unite; values are stored in edges.refusal.
enum class Refusal : std::int16_t {
  kNone = 0,            // It unites (or its ends are united already).
  kUniqueConflict = 1,  // The person would have two identifiers of a kind that allows one.
  kLimitExceeded = 2,   // ... more identifiers of a kind than the kind allows.
  kComponentLimit = 3,  // The person would have more identifiers than component_nodes_max.
};

// Stable UPPER_SNAKE name, as in merge history and metrics.
std::string_view RefusalName(Refusal refusal);

struct Node {
  NodeId id;
  std::string kind;
  ProfileId birth_id;
};

// Evidence that two nodes are one person. Requires: a < b.
struct Edge {
  NodeId a;
  NodeId b;
  Strength strength = Strength::kDeterministic;
  TimeUs first_evidence;
  RecordId record_id;  // Of the first evidence; carried along, never looked at.
};

struct Resolution {
  // For each node, in the order given: the smallest birth id of the nodes it is united with.
  std::vector<ProfileId> profile_of;
  // For each node: the smallest birth id of the nodes it is connected with by any edge at all.
  std::vector<ComponentId> component_of;
  // For each edge, in the order given.
  std::vector<Refusal> refusal_of;
};

// Unites the ends of edges one by one, in the order (strength, strongest first; first evidence,
// earliest first; a; b), and refuses each edge that would break the ruleset.
// Requires: node ids are distinct and hold both ends of every edge. O((n + e) log e + e * kinds).
Resolution Resolve(std::span<const Node> nodes, std::span<const Edge> edges, const Ruleset& rules);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_RESOLVE_H_
