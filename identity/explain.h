// Explain: why identifiers are one person, and why an attribute has its value. Pure.
#ifndef SELFSAME_IDENTITY_EXPLAIN_H_
#define SELFSAME_IDENTITY_EXPLAIN_H_

#include <cstddef>
#include <span>
#include <vector>

#include "identity/fold.h"
#include "identity/resolve.h"

namespace selfsame::identity {

// Indices of the edges that made one person of their ends: strongest first, then earliest, as
// Resolve unites them. Requires: edges that hold, that is, those that Resolve did not refuse.
std::vector<std::size_t> JoiningEdges(std::span<const Edge> edges);

// Indices of the joining ones of these edges that lead from one node to another, first to last;
// empty when none do, or the two are one.
std::vector<std::size_t> PathBetween(std::span<const Edge> edges, NodeId from, NodeId to);

enum class Verdict {
  kWins,         // The value is its.
  kContributes,  // The value is made of it and others, or would be made of others without it.
  kLessTrusted,  // A more trusted source says something.
  kEarlier,      // A later one counts.
  kLater,        // An earlier one counts.
  kNotChosen,    // Not the one the rule looks for.
  kOverridden,   // Undone by what was set or unset later, or never needed.
};

// WINS, CONTRIBUTES, SOURCE_LESS_TRUSTED ...
std::string_view VerdictName(Verdict verdict);

// Of each claim of one attribute, in the order given. Those that win or contribute fold to the same
// value by themselves; without any one of the others the value is what it is. O(n log n).
std::vector<Verdict> JudgeClaims(Survivorship rule, std::span<const Claim> claims);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_EXPLAIN_H_
