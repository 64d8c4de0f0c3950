// What the benchmark measures against, all its own: a durable private PostgreSQL, selfsamed on it,
// a tenant with its known customers, tables for COPY, and the server that only answers.
#ifndef SELFSAME_TESTS_BENCH_INSTALLATION_H_
#define SELFSAME_TESTS_BENCH_INSTALLATION_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "base/result.h"
#include "storage/master_key.h"
#include "storage/pg/cluster.h"
#include "tests/bench/cases.h"
#include "tests/bench/load.h"
#include "tests/bench/meter.h"
#include "tests/support/program.h"
#include "tests/support/server_process.h"
#include "tests/support/temp_folder.h"

namespace selfsame::bench {

struct SliceOptions {
  std::uint64_t first_number = 0;
  double run_in_seconds = 0;
  double seconds = 0;
  std::uint64_t seed = 0;
};

// How many rows are there.
struct Stored {
  std::uint64_t receipts = 0;
  std::uint64_t records = 0;
  std::uint64_t profiles = 0;
  std::uint64_t copied_receipts = 0;
  std::uint64_t copied_records = 0;
  bool operator==(const Stored&) const = default;
};

// Owned by the main thread: what it starts ends with the thread that started it.
class Installation {
 public:
  // `program` is the path of this very program, which is also the client and the answering server.
  static Result<std::unique_ptr<Installation>> Start(const std::string& program);
  ~Installation();

  // Sends one record of each of the kNumbered people 0 to kKnownCustomers.
  Status MeetKnownCustomers(std::uint64_t seed);
  Result<Slice> Measure(const Case& what, const SliceOptions& options);
  Stored Count() const;
  // As PostgreSQL says it: "15.14 (Debian ...)".
  std::string PostgresVersion() const;
  // Whether its files are on a real disk: in memory a durable commit costs nothing.
  bool IsOnDisk() const;

 private:
  explicit Installation(std::string program) : program_(std::move(program)) {}

  Status StartDatabase();
  Status SeedTenant();
  Status StartAnswerServer();
  // Fresh tables under names with this suffix, the first time.
  void MakeCopyTables(const std::string& suffix);
  Result<Slice> Copy(const Case& what, const SliceOptions& options);
  Result<Slice> RunClient(const LoadOptions& options);

  const std::string program_;
  const test::TempFolder folder_;
  const storage::MasterKey master_key_ = storage::MasterKey::Generate();
  std::unique_ptr<pg::Cluster> cluster_;
  std::string api_key_;
  std::unique_ptr<test::ServerProcess> server_;
  std::unique_ptr<test::Program> answer_server_;
  std::string answer_address_;
  std::set<std::string> copy_suffixes_;
};

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_INSTALLATION_H_
