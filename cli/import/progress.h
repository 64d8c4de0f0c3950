// Showing how far an import is: one line that is rewritten on a terminal, a line now and then
// elsewhere.
#ifndef SELFSAME_CLI_IMPORT_PROGRESS_H_
#define SELFSAME_CLI_IMPORT_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace selfsame::cli {

// Where an import stands.
struct ProgressSnapshot {
  std::uint64_t rows_settled = 0;  // Answered, or no record at all.
  std::uint64_t accepted = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t rejected = 0;  // And unreadable.
  double fraction = 0;         // Of the rows whose end is known; 0 to 1.
  std::chrono::milliseconds elapsed{0};
};

// One line without a line break:
//   " 42%  227,000 rows  31,400 rows/s  ETA 0:00:10  accepted 226,000  duplicate 0 ..."
std::string FormatProgress(const ProgressSnapshot& snapshot);

// "1,234,567".
std::string FormatCount(std::uint64_t count);
// "0:01:05".
std::string FormatDuration(std::chrono::seconds duration);
// Time left at the pace so far; nothing while there is no pace to speak of.
std::optional<std::chrono::seconds> EstimateLeft(const ProgressSnapshot& snapshot);

// When the next line is due. Owned by one thread.
class ProgressPace {
 public:
  enum class Style {
    kTerminal,  // Ten times a second.
    kLines,     // Every 5 seconds, or 10 % of the file and at least a second.
  };
  explicit ProgressPace(Style style) : style_(style) {}

  // Whether a line is due for this snapshot; if so, the next is counted from here.
  bool Due(const ProgressSnapshot& snapshot);

 private:
  const Style style_;
  std::chrono::milliseconds last_at_{0};
  double last_fraction_ = 0;
};

// Writes to standard error. Owned by one thread.
class ProgressMeter {
 public:
  explicit ProgressMeter(ProgressPace::Style style) : style_(style), pace_(style) {}
  // The style that suits standard error.
  static ProgressPace::Style StyleOfStderr();

  void Show(const ProgressSnapshot& snapshot);
  // Leaves the terminal's line clean for whoever writes next.
  void Clear();

 private:
  const ProgressPace::Style style_;
  ProgressPace pace_;
  bool line_open_ = false;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_PROGRESS_H_
