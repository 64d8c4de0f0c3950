#include "cli/import/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace selfsame::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kTerminalEvery{100};
constexpr milliseconds kLineEvery{5'000};
constexpr milliseconds kLineAtLeast{1'000};
constexpr double kLineFraction = 0.1;
const std::string kRewriteLine = "\r\x1b[K";
// Before this much is done an estimate says nothing.
constexpr double kEstimateFraction = 0.005;
constexpr milliseconds kEstimateElapsed{500};

std::uint64_t RowsASecond(const ProgressSnapshot& snapshot) {
  const auto ms = std::max<std::int64_t>(snapshot.elapsed.count(), 1);
  return snapshot.rows_settled * 1'000 / static_cast<std::uint64_t>(ms);
}

std::string Bar(double fraction) {
  constexpr int kCells = 20;
  const int full = std::clamp(static_cast<int>(fraction * kCells), 0, kCells);
  return std::string(full, '#') + std::string(kCells - full, '.');
}

// A line that wraps could not be rewritten.
std::size_t TerminalColumns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

std::string FormatCount(std::uint64_t count) {
  std::string text = fmt::format("{}", count);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

std::string FormatDuration(seconds duration) {
  const auto total = duration.count();
  return fmt::format("{}:{:02}:{:02}", total / 3600, total / 60 % 60, total % 60);
}

std::optional<seconds> EstimateLeft(const ProgressSnapshot& snapshot) {
  if (snapshot.fraction < kEstimateFraction || snapshot.elapsed < kEstimateElapsed) {
    return std::nullopt;
  }
  const double left_ms = static_cast<double>(snapshot.elapsed.count()) *
                         (1 - std::min(snapshot.fraction, 1.0)) / snapshot.fraction;
  return std::chrono::round<seconds>(milliseconds(static_cast<std::int64_t>(left_ms)));
}

std::string FormatProgress(const ProgressSnapshot& snapshot) {
  const auto left = EstimateLeft(snapshot);
  return fmt::format(
      "{:3.0f}%  {} rows  {} rows/s  ETA {}  accepted {}  duplicate {}  quarantined {}  rejected "
      "{}",
      snapshot.fraction * 100, FormatCount(snapshot.rows_settled), FormatCount(RowsASecond(snapshot)),
      left ? FormatDuration(*left) : "-", FormatCount(snapshot.accepted),
      FormatCount(snapshot.duplicate), FormatCount(snapshot.quarantined),
      FormatCount(snapshot.rejected));
}

bool ProgressPace::Due(const ProgressSnapshot& snapshot) {
  const milliseconds since = snapshot.elapsed - last_at_;
  const bool due =
      style_ == Style::kTerminal
          ? since >= kTerminalEvery
          : since >= kLineEvery ||
                (since >= kLineAtLeast && snapshot.fraction - last_fraction_ >= kLineFraction);
  if (!due) return false;
  last_at_ = snapshot.elapsed;
  last_fraction_ = snapshot.fraction;
  return true;
}

ProgressPace::Style ProgressMeter::StyleOfStderr() {
  return ::isatty(STDERR_FILENO) == 1 ? ProgressPace::Style::kTerminal
                                      : ProgressPace::Style::kLines;
}

void ProgressMeter::Show(const ProgressSnapshot& snapshot) {
  if (!pace_.Due(snapshot)) return;
  if (style_ == ProgressPace::Style::kTerminal) {
    const std::string line = Bar(snapshot.fraction) + FormatProgress(snapshot);
    std::fputs((kRewriteLine + line.substr(0, TerminalColumns() - 1)).c_str(), stderr);
    line_open_ = true;
  } else {
    std::fputs((FormatProgress(snapshot) + "\n").c_str(), stderr);
  }
  std::fflush(stderr);
}

void ProgressMeter::Clear() {
  if (line_open_) std::fputs(kRewriteLine.c_str(), stderr);
  line_open_ = false;
}

}  // namespace selfsame::cli
