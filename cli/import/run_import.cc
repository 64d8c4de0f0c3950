#include "cli/import/run_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/client.h"
#include "cli/import/choose_map.h"
#include "cli/import/importer.h"
#include "cli/import/map_skeleton.h"
#include "cli/import/progress.h"
#include "cli/import/record_key.h"
#include "cli/import/summary.h"
#include "cli/rpc_error.h"
#include "cli/signals.h"

namespace selfsame::cli {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLimitsCallWait{2};
constexpr milliseconds kLimitsAgainWait{200};

// What is known before the first row is sent.
struct Prepared {
  std::unique_ptr<CsvFile> file;
  ImportMap map;
  std::string key_prefix;
  std::optional<RejectsFile> rejects;
};

// Prints a map to start from, for a file that no map ships for.
void OfferSkeleton(const Output& output, const ImportOptions& options, CsvFile& file) {
  const std::string skeleton =
      MapSkeleton(PlainName(options.path), file.header().fields, SampleRows(file));
  if (output.is_json()) {
    output.Json({{"map_skeleton", skeleton}});
  } else {
    output.Text(skeleton);
  }
}

Result<Prepared> Prepare(const Output& output, const ImportOptions& options) {
  Prepared prepared;
  SELFSAME_ASSIGN_OR_RETURN(prepared.file, CsvFile::Open(options.path));
  const CsvRow& header = prepared.file->header();
  auto map = ChooseMap(options.map_path, header.fields);
  if (!map.ok()) {
    if (map.error().reason == "MAP_UNKNOWN") OfferSkeleton(output, options, *prepared.file);
    return std::move(map).error();
  }
  prepared.map = *std::move(map);
  if (!options.schema.empty()) prepared.map.schema = options.schema;
  if (options.map_path.empty()) {
    output.Note(
        fmt::format("using the shipped map {}, which is for this header", prepared.map.name));
  }
  prepared.key_prefix = KeyPrefix({.map_name = prepared.map.name,
                                   .schema = prepared.map.schema,
                                   .file_name = PlainName(options.path),
                                   .file_head = prepared.file->head()});
  if (!options.rejects_path.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(prepared.rejects,
                              RejectsFile::Create(options.rejects_path, header.raw));
  }
  return prepared;
}

// The server's limits; a server that is not there yet is waited for as long as one that goes away.
Result<ingest::v1::GetLimitsResponse> AwaitLimits(const Client& client, StopSignals& signals,
                                                  std::chrono::seconds wait) {
  const Deadline deadline = Deadline::After(wait);
  while (true) {
    auto limits = client.GetLimits(Deadline::After(kLimitsCallWait));
    if (limits.ok() || !MayRetry(limits.error().code) || deadline.Expired()) return limits;
    if (signals.Await(kLimitsAgainWait)) return limits;
  }
}

ProgressSnapshot Snapshot(const Tally& tally, double fraction, Clock::time_point start) {
  return {.rows_settled = tally.rows_settled(),
          .accepted = tally.CountOf("ACCEPTED"),
          .duplicate = tally.CountOf("DUPLICATE"),
          .quarantined = tally.CountOf("QUARANTINED"),
          .rejected = tally.CountOf("REJECTED") + tally.CountOf(kUnreadableRow),
          .fraction = fraction,
          .elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - start)};
}

double Fraction(const CsvFile& file, const Tally& tally, std::uint64_t rows_max) {
  const double of_limit = static_cast<double>(tally.rows_read()) / static_cast<double>(rows_max);
  return std::min(1.0, std::max(file.fraction(), of_limit));
}

ImporterOptions ToImporterOptions(const ImportOptions& options,
                                  const ingest::v1::GetLimitsResponse& limits) {
  const auto within = [](std::size_t wanted, std::uint32_t limit) {
    return limit == 0 ? wanted : std::min<std::size_t>(wanted, limit);
  };
  ImporterOptions importer{.from_row = options.from_row, .rows_max = options.rows_max};
  importer.batch_rows = within(options.batch_rows, limits.records_per_call_max());
  importer.request_bytes_max = within(importer.request_bytes_max, limits.request_bytes_max());
  importer.sender.in_flight_max =
      within(options.in_flight_max, limits.stream_requests_in_flight_max());
  importer.sender.give_up_after = std::chrono::seconds(options.give_up_after_s);
  return importer;
}

// Tells what came of it and with which code to exit.
ExitCode Report(const Invocation& run, const ImportSummary& summary, const Importer& importer,
                const Status& status) {
  const Tally& tally = importer.tally();
  if (run.output.is_json()) {
    run.output.Json(SummaryJson(summary, tally));
  } else {
    run.output.Text(SummaryText(summary, tally));
  }
  if (status.ok()) return tally.AllWell() ? ExitCode::kDone : ExitCode::kFailed;
  const ExitCode code = run.output.Fail(status.error());
  run.output.Note(
      fmt::format("run the same command again to go on: settled rows answer DUPLICATE; --from-line "
                  "{} skips them",
                  importer.first_unsettled_row()));
  return code;
}

ExitCode Import(const Invocation& run, const ImportOptions& options, Prepared prepared,
                const Client& client, StopSignals& signals) {
  const auto limits = AwaitLimits(client, signals, std::chrono::seconds(options.give_up_after_s));
  if (!limits.ok()) return run.output.Fail(limits.error());
  ImportSummary summary{
      .file = options.path, .map = prepared.map.name, .schema = prepared.map.schema};
  auto mapper = RowMapper::Create(std::move(prepared.map), prepared.key_prefix);
  if (!mapper.ok()) return run.output.Fail(mapper.error());

  const auto start = Clock::now();
  ProgressMeter meter(ProgressMeter::StyleOfStderr());
  Importer* running = nullptr;
  const SenderHooks hooks{
      .open_stream = [&] { return client.OpenStream(); },
      .on_trouble =
          [&](const std::string& what) {
            meter.Clear();
            run.output.Note(what);
          },
      .interrupted =
          [&](milliseconds wait) {
            const Tally& tally = running->tally();
            meter.Show(Snapshot(tally, Fraction(*prepared.file, tally, options.rows_max), start));
            return signals.Await(wait);
          }};
  Importer importer(*prepared.file, *std::move(mapper), ToImporterOptions(options, *limits), hooks,
                    prepared.rejects ? &*prepared.rejects : nullptr);
  running = &importer;
  const Status status = importer.Run();
  meter.Clear();
  summary.finished = status.ok();
  summary.elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - start);
  return Report(run, summary, importer, status);
}

}  // namespace

ExitCode RunImport(const Invocation& run, const ImportOptions& options) {
  auto prepared = Prepare(run.output, options);
  if (!prepared.ok()) return run.output.Fail(prepared.error());
  const auto server = run.settings.Server();
  if (!server.ok()) return run.output.Fail(server.error());
  const auto api_key = run.settings.ApiKey();
  if (!api_key.ok()) return run.output.Fail(api_key.error());
  StopSignals signals;
  const Client client(*server, *api_key);
  return Import(run, options, *std::move(prepared), client, signals);
}

}  // namespace selfsame::cli
