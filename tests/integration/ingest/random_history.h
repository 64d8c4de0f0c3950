// Histories nobody would think of: records of few identifiers and few times, so that customers
// share devices, joins are refused, and evidence and claims tie.
#ifndef SELFSAME_TESTS_INTEGRATION_INGEST_RANDOM_HISTORY_H_
#define SELFSAME_TESTS_INTEGRATION_INGEST_RANDOM_HISTORY_H_

#include <random>
#include <string>
#include <vector>

#include "tests/integration/ingest/lanes_harness.h"

namespace selfsame::ingest {

struct HistoryShape {
  int records = 150;
  int values = 25;                        // Of each kind of identifier.
  std::vector<std::string> sources = {};  // Empty: all are of the harness's.
  std::string mark;  // Part of every key and identifier: histories of other marks meet nowhere.
};

std::vector<TestRecord> RandomHistory(std::mt19937_64& random, const HistoryShape& shape);

// Many small ones, one after the other: `histories` of two to nine records.
std::vector<TestRecord> ManyHistories(std::mt19937_64& random, int histories,
                                      const std::vector<std::string>& sources);

}  // namespace selfsame::ingest

#endif  // SELFSAME_TESTS_INTEGRATION_INGEST_RANDOM_HISTORY_H_
