// The COPY limit: how fast PostgreSQL takes the rows of accepted records when nobody asks anything
// of them: no key is looked up, no identity worked out, no row read back. One record is one row in
// a table like receipts and one in a table like a partition of records.
#ifndef SELFSAME_TESTS_BENCH_COPY_LOAD_H_
#define SELFSAME_TESTS_BENCH_COPY_LOAD_H_

#include <cstdint>
#include <string>

#include "base/result.h"
#include "tests/bench/meter.h"

namespace selfsame::bench {

struct CopyOptions {
  std::string connection_string;  // From pg::ConnectionString.
  std::string receipts_table;
  std::string records_table;
  int sessions = 1;  // Connections, each with a thread of its own.
  std::uint64_t first_number = 0;
  double run_in_seconds = 0;
  double seconds = 0;
  Watched watched;
  std::uint64_t seed = 0;
};

// Batches of 1,000 records, each one durable transaction, of rows made before the clock runs. The
// client's CPU time is this process's. Errors: as BulkConnection's.
Result<Slice> RunCopy(const CopyOptions& options);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_COPY_LOAD_H_
