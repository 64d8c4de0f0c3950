#include "tests/bench/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/bench/median.h"

namespace selfsame::bench {
namespace {

double SpeedOf(const Slice& slice) { return static_cast<double>(slice.records) / slice.seconds; }

template <typename Of>
double MedianOf(const std::vector<Slice>& slices, const Of& of) {
  std::vector<double> values;
  for (const Slice& slice : slices) values.push_back(of(slice));
  return Median(std::move(values));
}

CpuUse CpuPerRecord(const std::vector<Slice>& slices) {
  CpuUse sum;
  double records = 0;
  for (const Slice& slice : slices) {
    sum.server += slice.cpu.server;
    sum.postgres += slice.cpu.postgres;
    sum.client += slice.cpu.client;
    records += static_cast<double>(slice.records);
  }
  const double scale = records > 0 ? 1e6 / records : 0;
  return {sum.server * scale, sum.postgres * scale, sum.client * scale};
}

double Sum(const CpuUse& cpu) { return cpu.server + cpu.postgres + cpu.client; }

const Measured* FindMeasured(const Findings& run, std::string_view name) {
  for (const Measured& measured : run.measured) {
    if (measured.what->name == name) return &measured;
  }
  return nullptr;
}

std::optional<double> RatioTo(const Findings& run, std::string_view limit,
                              const Measured& measured) {
  const Measured* other = FindMeasured(run, limit);
  if (other == nullptr) return std::nullopt;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < measured.slices.size(); ++i) {
    ratios.push_back(SpeedOf(measured.slices[i]) / SpeedOf(other->slices[i]));
  }
  return Median(std::move(ratios));
}

std::optional<double> CpuRatioTo(const Findings& run, std::string_view limit,
                                 const Measured& measured) {
  const Measured* other = FindMeasured(run, limit);
  if (other == nullptr) return std::nullopt;
  const double ours = Sum(CpuPerRecord(measured.slices));
  if (ours == 0) return std::nullopt;  // Too short to be counted.
  return Sum(CpuPerRecord(other->slices)) / ours;
}

// The line of the goal; null unless both it and its limit were measured.
const Line* GoalOf(const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    if (line.what->name == kGoalCase && line.of_copy) return &line;
  }
  return nullptr;
}

std::string Cell(const std::optional<double>& ratio) {
  return ratio ? fmt::format("{:.2f}", *ratio) : "-";
}

// CPU of a process that the case does not have is no number.
std::string CpuCell(double us, bool is_there) { return is_there ? fmt::format("{:.1f}", us) : "-"; }

std::string TextLine(const Line& line) {
  const Target target = line.what->target;
  return fmt::format("{:<26} {:>9.0f} {:>7.1f} {:>7.1f} {:>7} {:>9} {:>7} {:>8} {:>8}\n",
                     line.what->title, line.records_per_second, line.p50_ms, line.p99_ms,
                     CpuCell(line.cpu_us_per_record.server, target != Target::kCopy),
                     CpuCell(line.cpu_us_per_record.postgres, target != Target::kAnswerServer),
                     CpuCell(line.cpu_us_per_record.client, true), Cell(line.of_copy),
                     Cell(line.of_grpc));
}

std::string GoalLine(const std::vector<Line>& lines) {
  const Line* goal = GoalOf(lines);
  if (goal == nullptr) return "goal: not measured\n";
  return fmt::format(
      "goal: known people, stream x100 / COPY limit, 2 sessions >= {:.2f}: {:.2f}, {} (by CPU time "
      "{})\n",
      kGoalOfCopy, *goal->of_copy, *goal->of_copy >= kGoalOfCopy ? "met" : "missed",
      Cell(goal->of_copy_by_cpu));
}

// Of each case that was measured with and without; empty: none was.
std::string MeasuresLines(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) {
    if (!line.of_unmeasured) continue;
    text += fmt::format("goal: {}, measures of quality on / off >= {:.2f}: {:.2f}, {}\n",
                        line.what->title, kGoalOfUnmeasured, *line.of_unmeasured,
                        *line.of_unmeasured >= kGoalOfUnmeasured ? "met" : "missed");
  }
  return text;
}

nlohmann::json JsonOf(const std::optional<double>& ratio) {
  return ratio ? nlohmann::json(*ratio) : nlohmann::json(nullptr);
}

nlohmann::json JsonOf(const Line& line) {
  const CpuUse& cpu = line.cpu_us_per_record;
  return {{"name", line.what->name},
          {"records_per_second", line.records_per_second},
          {"p50_ms", line.p50_ms},
          {"p99_ms", line.p99_ms},
          {"cpu_us_per_record",
           {{"server", cpu.server}, {"postgres", cpu.postgres}, {"client", cpu.client}}},
          {"of_copy", JsonOf(line.of_copy)},
          {"of_copy_by_cpu", JsonOf(line.of_copy_by_cpu)},
          {"of_grpc", JsonOf(line.of_grpc)},
          {"of_unmeasured", JsonOf(line.of_unmeasured)}};
}

}  // namespace

std::vector<Line> Summarize(const Findings& run) {
  std::vector<Line> lines;
  for (const Measured& measured : run.measured) {
    const std::vector<Slice>& slices = measured.slices;
    lines.push_back({.what = measured.what,
                     .records_per_second = MedianOf(slices, SpeedOf),
                     .p50_ms = MedianOf(slices, [](const Slice& slice) { return slice.p50_ms; }),
                     .p99_ms = MedianOf(slices, [](const Slice& slice) { return slice.p99_ms; }),
                     .cpu_us_per_record = CpuPerRecord(slices),
                     .of_copy = RatioTo(run, measured.what->copy_limit, measured),
                     .of_grpc = RatioTo(run, measured.what->grpc_limit, measured),
                     .of_unmeasured = RatioTo(run, measured.what->unmeasured, measured),
                     .of_copy_by_cpu = CpuRatioTo(run, measured.what->copy_limit, measured)});
  }
  return lines;
}

std::string FormatText(const Findings& run) {
  const RunOptions& options = run.options;
  const std::vector<Line> lines = Summarize(run);
  std::string text = fmt::format(
      "Selfsame benchmark: {} cores, PostgreSQL {}, {} slices of {:.2f} s a case, seed {}\n\n",
      std::thread::hardware_concurrency(), run.postgres_version, options.slices,
      options.seconds / options.slices, options.seed);
  text += fmt::format("{:<26} {:>9} {:>7} {:>7} {:^25} {:>8} {:>8}\n", "", "records/s", "p50 ms",
                      "p99 ms", "CPU us a record", "of COPY", "of gRPC");
  text += fmt::format("{:<26} {:>9} {:>7} {:>7} {:>7} {:>9} {:>7}\n", "", "", "", "", "server",
                      "postgres", "client");
  for (const Line& line : lines) text += TextLine(line);
  text += "\n" + GoalLine(lines) + MeasuresLines(lines);
  text += fmt::format("stored: {} of {} acked records, {} of {} copied\n", run.stored.records,
                      run.expected.records, run.stored.copied_records, run.expected.copied_records);
  if (!run.is_on_disk) text += "warning: /tmp is in memory, so commits cost less than on a disk\n";
  return text;
}

std::string FormatJson(const Findings& run) {
  const std::vector<Line> lines = Summarize(run);
  const Line* goal = GoalOf(lines);
  nlohmann::json cases = nlohmann::json::array();
  for (const Line& line : lines) cases.push_back(JsonOf(line));
  const nlohmann::json report = {
      {"cores", std::thread::hardware_concurrency()},
      {"postgres", run.postgres_version},
      {"is_on_disk", run.is_on_disk},
      {"slices", run.options.slices},
      {"seconds_per_case", run.options.seconds},
      {"seed", run.options.seed},
      {"cases", cases},
      {"goal",
       {{"case", kGoalCase},
        {"of_copy_min", kGoalOfCopy},
        {"of_copy", goal == nullptr ? nlohmann::json(nullptr) : JsonOf(goal->of_copy)},
        {"is_met", goal != nullptr && *goal->of_copy >= kGoalOfCopy}}},
      {"acked_records", run.expected.records},
      {"stored_receipts", run.stored.receipts},
      {"stored_records", run.stored.records},
      {"stored_profiles", run.stored.profiles},
      {"copied_records", run.expected.copied_records},
      {"stored_copies", run.stored.copied_records}};
  return report.dump(2) + "\n";
}

}  // namespace selfsame::bench
