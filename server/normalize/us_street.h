// The part of a US address line that says house number and street. Part of address.h.
#ifndef SELFSAME_SERVER_NORMALIZE_US_STREET_H_
#define SELFSAME_SERVER_NORMALIZE_US_STREET_H_

#include <string_view>

#include "server/normalize/us_words.h"

namespace selfsame::normalize {

// 123, 112-10, 39.2, 12A, N95W18855 (a grid) and ONE; not 5TH, which is a street. Thread-safe.
bool IsHouseNumber(std::string_view word);

// Abbreviates the suffix and the directions, and spells numbered roads out. Leaves words alone that
// do not begin with a house number. Thread-safe.
void StandardizeStreet(Words& words);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_US_STREET_H_
