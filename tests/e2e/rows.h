// What a test reads from the database, past the server, as its owner.
#ifndef SELFSAME_TESTS_E2E_ROWS_H_
#define SELFSAME_TESTS_E2E_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/test_database.h"

namespace selfsame::test {

// Every value as PostgreSQL prints it; NULL as "NULL".
using Row = std::vector<std::string>;
std::vector<Row> Rows(TestDatabase& database, const std::string& sql);

// The one value of one row, a whole number.
std::int64_t Number(TestDatabase& database, const std::string& sql);

std::int64_t CountOf(TestDatabase& database, const std::string& table);

// A checksum of all that a table holds, whatever the order.
std::string ChecksumOf(TestDatabase& database, const std::string& table);

// Of this database, since it was made (INV-6).
std::int64_t DeadlocksOf(TestDatabase& database);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_ROWS_H_
