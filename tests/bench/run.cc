#include "tests/bench/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace selfsame::bench {
namespace {

// Unmeasured, at the start of each slice: connections open, statements are prepared.
constexpr double kRunInSecondsMax = 0.2;
// Slices take their records' numbers from ranges of this size: none comes near it.
constexpr std::uint64_t kNumbersPerSlice = 100'000'000;

bool IsInterrupted() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
}

void Expect(const Case& what, const Slice& slice, Stored* expected) {
  switch (what.target) {
    case Target::kCopy:
      expected->copied_receipts += slice.records_in_all;
      expected->copied_records += slice.records_in_all;
      break;
    case Target::kAnswerServer: break;
    case Target::kSelfsame:
    case Target::kUnmeasured:
      expected->receipts += slice.records_in_all;
      expected->records += slice.records_in_all;
      if (what.people == kNumberedPeople) expected->profiles += slice.records_in_all;
      break;
  }
}

Status CompareRows(const Stored& expected, const Stored& stored) {
  if (expected == stored) return {};
  return Error{.reason = "ROWS_MISSING",
               .message = fmt::format(
                   "expected {} receipts, {} records, {} profiles, {} and {} copied rows; "
                   "stored are {}, {}, {}, {} and {}",
                   expected.receipts, expected.records, expected.profiles, expected.copied_receipts,
                   expected.copied_records, stored.receipts, stored.records, stored.profiles,
                   stored.copied_receipts, stored.copied_records)};
}

Status MeasureRound(int round, Installation& installation, Findings& run) {
  const RunOptions& options = run.options;
  for (std::size_t i = 0; i < run.measured.size(); ++i) {
    if (IsInterrupted()) return Error{.reason = "INTERRUPTED", .message = "interrupted"};
    Measured& measured = run.measured[i];
    const std::uint64_t slice_number = round * run.measured.size() + i + 1;
    const double seconds = options.seconds / options.slices;
    SELFSAME_ASSIGN_OR_RETURN(
        const Slice slice,
        installation.Measure(*measured.what, {.first_number = slice_number * kNumbersPerSlice,
                                              .run_in_seconds = std::min(kRunInSecondsMax, seconds),
                                              .seconds = seconds,
                                              .seed = options.seed}));
    fmt::print(stderr, "round {} of {}: {:26} {:>9.0f} records/s\n", round + 1, options.slices,
               measured.what->title, static_cast<double>(slice.records) / slice.seconds);
    Expect(*measured.what, slice, &run.expected);
    measured.slices.push_back(slice);
  }
  return {};
}

}  // namespace

Result<Findings> RunBenchmark(const RunOptions& options) {
  fmt::print(stderr, "starting a private PostgreSQL and selfsamed\n");
  SELFSAME_ASSIGN_OR_RETURN(const auto installation, Installation::Start(options.program));
  SELFSAME_RETURN_IF_ERROR(installation->MeetKnownCustomers(options.seed));
  Findings run{.options = options,
               .postgres_version = installation->stage().PostgresVersion(),
               .is_on_disk = installation->stage().IsOnDisk(),
               .measured = {},
               .expected = {.receipts = kKnownCustomers,
                            .records = kKnownCustomers,
                            .profiles = kKnownCustomers},
               .stored = {}};
  for (const Case* what : options.cases) run.measured.push_back({.what = what, .slices = {}});
  for (int round = 0; round < options.slices; ++round) {
    SELFSAME_RETURN_IF_ERROR(MeasureRound(round, *installation, run));
  }
  fmt::print(stderr, "counting what is stored\n");
  run.stored = installation->Count();
  SELFSAME_RETURN_IF_ERROR(CompareRows(run.expected, run.stored));
  return run;
}

}  // namespace selfsame::bench
