// What the benchmark measures against, on a stage of its own: known customers, tables for COPY, and
// the server that only answers.
#ifndef SELFSAME_TESTS_BENCH_INSTALLATION_H_
#define SELFSAME_TESTS_BENCH_INSTALLATION_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "base/result.h"
#include "tests/bench/cases.h"
#include "tests/bench/meter.h"
#include "tests/bench/stage.h"
#include "tests/support/program.h"

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

  // Sends one record of each of the kNumbered people 0 to kKnownCustomers.
  Status MeetKnownCustomers(std::uint64_t seed);
  Result<Slice> Measure(const Case& what, const SliceOptions& options);
  Stored Count() const;
  const Stage& stage() const { return *stage_; }

 private:
  Installation(std::string program, std::unique_ptr<Stage> stage)
      : program_(std::move(program)), stage_(std::move(stage)) {}

  Status StartAnswerServer();
  // Fresh tables under names with this suffix, the first time.
  void MakeCopyTables(const std::string& suffix);
  Result<Slice> Copy(const Case& what, const SliceOptions& options);

  const std::string program_;
  const std::unique_ptr<Stage> stage_;
  std::unique_ptr<test::Program> answer_server_;
  std::string answer_address_;
  std::set<std::string> copy_suffixes_;
};

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_INSTALLATION_H_
