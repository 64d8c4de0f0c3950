// How many identifiers of each kind a person has, and whether two persons may be one. A part of
// Resolve.
#ifndef SELFSAME_IDENTITY_PERSON_COUNTS_H_
#define SELFSAME_IDENTITY_PERSON_COUNTS_H_

#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "identity/resolve.h"
#include "identity/ruleset.h"

namespace selfsame::identity {

class PersonCounts {
 public:
  // A person with one identifier; `first_evidence` matters only where the kind has a window.
  // Requires: `kind` outlives this.
  void Add(std::string_view kind, TimeUs first_evidence);

  // The limit that the two together would break, the most telling first: kUniqueConflict,
  // kLimitExceeded or kNone. A kind that only one of them has breaks no limit: whatever made that
  // person stands.
  Refusal CheckUnion(const PersonCounts& other, const Ruleset& rules) const;

  // Takes over all of the other, which is empty afterwards.
  void Absorb(PersonCounts& other);

 private:
  // By kind: the first evidence of each identifier.
  std::unordered_map<std::string_view, std::vector<TimeUs>> times_;
};

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_PERSON_COUNTS_H_
