// The parts of a US address line that are no street: units within a building, PO boxes, rural
// routes. Part of address.h.
#ifndef SELFSAME_SERVER_NORMALIZE_US_UNIT_H_
#define SELFSAME_SERVER_NORMALIZE_US_UNIT_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/normalize/us_words.h"

namespace selfsame::normalize {

struct UsUnit {
  std::string name;         // APT, "PO BOX", "#"; or words that no rule knows.
  std::string number = {};  // 4B; may be empty.
  bool is_general = false;  // APT, UNIT, STE and "#" are one for matching.

  std::string Display() const;
  std::string Key() const;
};

// Takes everything that is no street out of `words`, in order: what follows the street, and what
// stands before a house number. Thread-safe.
std::vector<UsUnit> TakeUnits(Words& words);

// True for POBOX, RR and the like, behind which a number is often written without a space.
bool MayBeGlued(std::string_view word);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_US_UNIT_H_
