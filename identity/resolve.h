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

// Values are stored in edges.strength. kOneCustomer counts as kDeterministic, and says besides that
// an anonymous id was seen by a source whose anonymous ids belong to one customer at most (the
// setting after_logout of sources). kForced is a statement by hand that also holds against the
// limits of kinds; constraints and the size of a component bind it too.
enum class Strength : std::int16_t {
  kOneCustomer = -1,
  kFuzzy = 1,
  kDeterministic = 2,
  kManual = 3,
  kForced = 4
};

// True when evidence of this strength allows identifiers of a kind one customer at most.
inline bool AllowsOneCustomer(Strength strength, std::string_view kind) {
  return strength == Strength::kOneCustomer && kind == kAnonymousId;
}

// Why an edge does not unite; values are stored in edges.refusal.
enum class Refusal : std::int16_t {
  kNone = 0,            // It unites (or its ends are united already).
  kUniqueConflict = 1,  // The person would have two identifiers of a kind that allows one.
  kLimitExceeded = 2,   // ... more identifiers of a kind than the kind allows.
  kComponentLimit = 3,  // The person would have more identifiers than component_nodes_max.
  kCannotLink = 4,      // A decision says that two identifiers of it are not one person.
  // An edge with one of these is not in the graph: it holds no component together.
  kSharedIdentifier = 5,  // An end is shared by too many.
  kBlockedValue = 6,      // An end stands for nobody by the rules of today.
  kRevoked = 7,           // Taken back by hand. Never given to Resolve.
  kTooManyRefused = 8,    // Refused, and too much refused evidence ties the same persons already.
};

// So many identifiers are resolved together at most because of refused evidence. What ties more of
// them leaves the graph: otherwise one customer who comes with a new browser each time would be
// loaded with all of them, for each record.
inline constexpr int kContestedNodesMax = 250;

// Stable UPPER_SNAKE name, as in merge history and metrics.
std::string_view RefusalName(Refusal refusal);

// True for those that take an edge out of the graph.
bool LeavesGraph(Refusal refusal);

// Why the edges of a node are out of the graph; values are stored in identifiers.exclusion. Edges
// stated by hand stay in it.
enum class Exclusion : std::int16_t { kNone = 0, kShared = 1, kBlocked = 2 };

struct Node {
  NodeId id;
  std::string kind;
  ProfileId birth_id;
  // What is known already. Shared stays shared: evidence is only added, and where it is taken back,
  // the caller gives all edges of the node and kNone.
  Exclusion exclusion = Exclusion::kNone;
};

// By which rules it was last decided whether an edge unites.
enum class Judged : std::uint8_t {
  kNow,      // By these, or never yet.
  kStands,   // By earlier ones, which united its ends, and it has stood ever since.
  kRefused,  // By earlier ones, which refused it, and it has not stood since.
};

// Evidence that two nodes are one person. Requires: a < b.
struct Edge {
  NodeId a;
  NodeId b;
  Strength strength = Strength::kDeterministic;
  TimeUs first_evidence;
  RecordId record_id;  // Of the first evidence; carried along, never looked at.
  Judged judged = Judged::kNow;
};

// The order in which Resolve unites: the strongest first, then the earliest evidence, then the
// ends. What stands since earlier rules comes after what is stated by hand, and before the rest.
bool IsBefore(const Edge& one, const Edge& other);

// The ends of an edge. Requires: a < b.
struct Ends {
  NodeId a;
  NodeId b;

  auto operator<=>(const Ends&) const = default;
};

// A decision that two groups of nodes are not one person: nobody is united who would have a member
// of one group and a member of the other. No order, no strength, it always holds.
struct CannotLink {
  EventUuid id;  // Carried along, never looked at.
  std::vector<NodeId> one;
  std::vector<NodeId> other;  // Disjoint from `one`.
};

// What is known about some nodes: whole components, so that nothing outside matters.
struct Graph {
  std::span<const Node> nodes;
  std::span<const Edge> edges;
  std::span<const CannotLink> cannot_links = {};  // Members that are other nodes are ignored.
};

struct Resolution {
  // For each node, in the order given: the smallest birth id of the nodes it is united with.
  std::vector<ProfileId> profile_of;
  // For each node: the smallest birth id of the nodes it is connected with by any edge in the
  // graph. More than kContestedNodesMax only where one person has more.
  std::vector<ComponentId> component_of;
  // For each node: as given, or found shared.
  std::vector<Exclusion> exclusion_of;
  // For each edge, in the order given.
  std::vector<Refusal> refusal_of;
  // For each edge: whether it united two that were apart until then. These are a tree of each
  // person.
  std::vector<bool> is_joining;
};

// Takes the edges of shared and blocked nodes out of the graph, then unites the ends of the others
// one by one, in the order of IsBefore, and refuses each edge that would break the ruleset or a
// cannot-link.
//
// Other rules part nobody: among nodes that edges connect that stand since earlier rules, those
// edges are held to cannot-links alone. Who is joined to them by new evidence is held to all rules.
//
// A node is shared when its evidence links it with more nodes of unique kinds than its kind's
// shared_above, and some of that evidence was not judged by earlier rules. Where some of that
// evidence is kOneCustomer, an anonymous id is shared from the second on. A limit within a window
// counts nodes by the first evidence of any of their edges in the graph.
// Requires: node ids are distinct and hold both ends of every edge. O((n + e) log e + e * kinds).
Resolution Resolve(const Graph& graph, const Ruleset& rules);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_RESOLVE_H_
