// Explain: why identifiers are one person, and why an attribute has its value. Pure.
#ifndef SELFSAME_IDENTITY_EXPLAIN_H_
#define SELFSAME_IDENTITY_EXPLAIN_H_

#include <cstddef>
#include <span>
#include <vector>

#include "identity/fold.h"
#include "identity/resolve.h"

namespace selfsame::identity {

// Indices of the edges that made one person of these nodes, in the order in which they did.
std::vector<std::size_t> JoiningEdges(const Graph& graph, const Resolution& resolution);

// Indices of the joining edges that lead from one node to another, first to last; empty when none
// do, or the two are one.
std::vector<std::size_t> PathBetween(const Graph& graph, const Resolution& resolution, NodeId from,
                                     NodeId to);

enum class Verdict {
  kWins,         // The value is its.
  kContributes,  // The value is made of it and others.
  kLessTrusted,  // A more trusted source says something.
  kEarlier,      // A later one counts.
  kLater,        // An earlier one counts.
  kNotChosen,    // Not the one the rule looks for.
  kOverridden,   // Undone by what was set or unset later, or never needed.
};

// WINS, CONTRIBUTES, SOURCE_LESS_TRUSTED ...
std::string_view VerdictName(Verdict verdict);

// Of each claim of one attribute, in the order given.
std::vector<Verdict> JudgeClaims(Survivorship rule, std::span<const Claim> claims);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_EXPLAIN_H_
