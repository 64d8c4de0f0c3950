// Plan: what must be written so that storage says what Resolve found. Pure.
#ifndef SELFSAME_IDENTITY_PLAN_H_
#define SELFSAME_IDENTITY_PLAN_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "identity/resolve.h"

namespace selfsame::identity {

// Where a node stands in storage. Nil ids: it was not part of any profile before this transaction.
struct Standing {
  ProfileId profile_id;
  ComponentId component_id;
};

// What storage knows of an edge.
struct EdgeStanding {
  Refusal refusal = Refusal::kNone;
  bool is_changed = false;  // New, or with earlier evidence, in this transaction.
  bool is_told = false;     // The history has it already that it left the graph.
};

// Values are stored in merge_history.action.
enum class Action : std::int16_t { kMerged = 1, kUnmerged = 2, kRefused = 3 };

// The evidence that a change is put down to.
struct Cause {
  NodeId a;
  NodeId b;
  RecordId record_id;  // Or the id of the operation, where somebody decided so.
};

// What a plan is made on the occasion of.
struct Occasion {
  std::string joined_rule = "SEEN_TOGETHER";
  std::string parted_rule = "EARLIER_EVIDENCE";
  Cause cause;  // Of what no changed edge explains.
};

struct HistoryEntry {
  Action action = Action::kMerged;
  std::vector<ProfileId> before;  // Sorted.
  std::vector<ProfileId> after;   // Sorted.
  Cause cause;
  std::string rule;  // The occasion's, or the refusal's name.
};

// A profile that exists after the plan and whose members changed.
struct ProfileChange {
  ProfileId profile_id;
  std::vector<ProfileId> from;       // Profiles its members were in before; empty: all are new.
  std::vector<std::size_t> members;  // Indices of nodes.
  bool is_refold = false;  // A member's former profile has parted: stored states are of no use.
};

struct Plan {
  std::vector<std::size_t> moves;       // Indices of nodes whose profile or component changes.
  std::vector<std::size_t> refusals;    // Indices of edges whose refusal changes.
  std::vector<std::size_t> exclusions;  // Indices of nodes whose exclusion changes.
  std::vector<HistoryEntry> history;
  std::vector<ProfileChange> changes;
  std::vector<ProfileId> gone;  // Profiles that exist no more.
  // New refusals that are counted and not in the history: there is no end of them.
  std::size_t too_many_refused = 0;
};

// Compares a resolution with what is stored. Requires: the graph as given to Resolve, standings in
// its order; all nodes and edges of each touched component are present.
Plan MakePlan(const Graph& graph, std::span<const Standing> standings,
              std::span<const EdgeStanding> edge_standings, const Resolution& resolution,
              const Occasion& occasion);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_PLAN_H_
