// What must hold of the database at any moment, whatever clients, crashes and networks did.
#ifndef SELFSAME_TESTS_E2E_INVARIANTS_H_
#define SELFSAME_TESTS_E2E_INVARIANTS_H_

#include <string>
#include <vector>

#include "tests/support/test_database.h"

namespace selfsame::test {

// A line for each promise that is broken, with how many rows break it; empty when all hold.
std::vector<std::string> BrokenInvariants(TestDatabase& database);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_INVARIANTS_H_
