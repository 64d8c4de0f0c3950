// INV-5 of profiles: folded from scratch, by the very function the server has, they are what is
// stored. A part of invariants.h.
#ifndef SELFSAME_TESTS_E2E_FOLD_INVARIANT_H_
#define SELFSAME_TESTS_E2E_FOLD_INVARIANT_H_

#include <cstdint>

#include "tests/support/test_database.h"

namespace selfsame::test {

// Profiles whose attributes, or what was added to them, are not the fold of their members' claims
// by the trust and the rules in force.
std::int64_t ProfilesThatAreNoFold(TestDatabase& database);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_FOLD_INVARIANT_H_
