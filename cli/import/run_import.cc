#include "cli/import/run_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/client.h"
#include "cli/connect.h"
#include "cli/import/choose_map.h"
#include "cli/import/csv_file.h"
#include "cli/import/dry_run.h"
#include "cli/import/importer.h"
#include "cli/import/jsonl_file.h"
#include "cli/import/map_skeleton.h"
#include "cli/import/progress.h"
#include "cli/import/summary.h"
#include "cli/rpc_error.h"
#include "cli/schema/fetch.h"
#include "cli/signals.h"
#include "cli/text_file.h"
#include "server/schema/compiled_schema.h"

namespace selfsame::cli {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLimitsCallWait{2};
constexpr milliseconds kLimitsAgainWait{200};

// Files by people's spreadsheets that are not UTF-8 are mostly in it.
constexpr const char* kUsualEncoding = "windows-1252";

// What is known before the first row is sent.
struct Prepared {
  std::unique_ptr<RowFile> file;
  ImportMap map;
  std::string header;  // As it stands in the file; "row" where there is none.
  char delimiter = ',';
};

// Prints a map to start from, for a file that no map ships for.
void PrintSkeleton(const Output& output, const SkeletonFile& file) {
  const std::string skeleton = MapSkeleton(file);
  if (output.is_json()) {
    output.Json({{"map_skeleton", skeleton}});
  } else {
    output.Text(skeleton);
  }
}

Status OfferCsvSkeleton(const Output& output, const ImportOptions& options,
                        std::unique_ptr<CsvFile> file) {
  const bool is_guess = options.encoding.empty() && !MayBeUtf8(file->head());
  if (is_guess) {
    SELFSAME_ASSIGN_OR_RETURN(file, CsvFile::Open(options.path, {.encoding = kUsualEncoding}));
  }
  const auto sample = SampleRows(*file);
  const std::string name = PlainName(options.path);
  PrintSkeleton(output, {.name = name,
                         .columns = file->header().fields,
                         .sample = sample,
                         .encoding = is_guess ? kUsualEncoding : options.encoding});
  return {};
}

Result<CsvForm> FormOf(const ImportOptions& options) {
  MapFileForm form;
  if (!options.map_path.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(options.map_path));
    SELFSAME_ASSIGN_OR_RETURN(form, ParseMapFileForm(text));
  }
  return CsvForm{.encoding = options.encoding.empty() ? form.encoding : options.encoding,
                 .delimiter = form.delimiter};
}

Result<Prepared> PrepareCsv(const Output& output, const ImportOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const CsvForm form, FormOf(options));
  SELFSAME_ASSIGN_OR_RETURN(auto file, CsvFile::Open(options.path, form));
  if (form.encoding.empty() && !MayBeUtf8(file->head())) {
    output.Note(
        fmt::format("the file is not UTF-8: name its encoding in the map or with "
                    "--encoding, for example {}",
                    kUsualEncoding));
  }
  auto map = ChooseMap(options.map_path, file->header().fields);
  if (!map.ok()) {
    if (map.error().reason == "MAP_UNKNOWN") {
      SELFSAME_RETURN_IF_ERROR(OfferCsvSkeleton(output, options, std::move(file)));
    }
    return std::move(map).error();
  }
  if (options.map_path.empty()) {
    output.Note(fmt::format("using the shipped map {}, which is for this header", map->name));
  }
  Prepared prepared{
      .map = *std::move(map), .header = file->header().raw, .delimiter = file->delimiter()};
  prepared.file = std::move(file);
  return prepared;
}

Result<Prepared> PrepareJsonl(const Output& output, const ImportOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const CsvForm form, FormOf(options));
  Prepared prepared{.header = "row"};
  if (!options.map_path.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(options.map_path));
    SELFSAME_ASSIGN_OR_RETURN(prepared.map, ParseHeaderlessMap(text));
    SELFSAME_ASSIGN_OR_RETURN(prepared.file,
                              JsonlFile::Open(options.path, form.encoding, prepared.map.columns));
    return prepared;
  }
  SELFSAME_ASSIGN_OR_RETURN(const auto columns, MembersOf(options.path, form.encoding));
  SELFSAME_ASSIGN_OR_RETURN(const auto file, JsonlFile::Open(options.path, form.encoding, columns));
  if (columns.empty()) {
    return Error{ErrorCode::kInvalidArgument, "JSON_MALFORMED",
                 "the file's first lines hold no JSON object with members"};
  }
  const auto sample = SampleRows(*file);
  const std::string name = PlainName(options.path);
  PrintSkeleton(output, {.name = name,
                         .columns = columns,
                         .sample = sample,
                         .encoding = form.encoding,
                         .has_header = false});
  return Error{ErrorCode::kInvalidArgument, "MAP_UNKNOWN",
               "JSON Lines need a map; here is one to start from: complete it and give it with "
               "--map"};
}

Result<Prepared> Prepare(const Output& output, const ImportOptions& options) {
  auto prepared = options.format == ImportFormat::kCsv ? PrepareCsv(output, options)
                                                       : PrepareJsonl(output, options);
  if (prepared.ok() && !options.schema.empty()) prepared->map.schema = options.schema;
  return prepared;
}

Result<std::optional<RejectsFile>> CreateRejects(const ImportOptions& options,
                                                 const Prepared& prepared) {
  std::optional<RejectsFile> rejects;
  if (options.rejects_path.empty()) return rejects;
  SELFSAME_ASSIGN_OR_RETURN(
      rejects, RejectsFile::Create(
                   options.rejects_path, prepared.header, prepared.delimiter,
                   options.format == ImportFormat::kCsv ? RowText::kAsIs : RowText::kQuoted));
  return rejects;
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
  return {.rows_settled = tally.rows_done(),
          .accepted = tally.CountOf("ACCEPTED"),
          .duplicate = tally.CountOf("DUPLICATE"),
          .quarantined = tally.CountOf("QUARANTINED"),
          .rejected = tally.CountOf("REJECTED") + tally.CountOf(kUnreadableRow),
          .fraction = fraction,
          .elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - start)};
}

// By rows: of those that were read, and of the file that is read ahead of the answers.
double Fraction(const RowFile& file, const Tally& tally, std::uint64_t rows_max) {
  if (tally.rows_read() == 0) return 0;
  const double read = static_cast<double>(tally.rows_read());
  const double of_limit = read / static_cast<double>(rows_max);
  return std::min(1.0, std::max(file.fraction(), of_limit)) *
         static_cast<double>(tally.rows_done()) / read;
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
  if (tally.CountOf("REJECTED", "KEY_REUSED") > 0) {
    run.output.Note(
        "KEY_REUSED: these rows were imported before by a map that made other records of them; "
        "what "
        "is stored stays. To import all rows again as new ones, give the map another name");
  }
  if (status.ok()) return tally.AllWell() ? ExitCode::kDone : ExitCode::kFailed;
  const ExitCode code = run.output.Fail(status.error());
  run.output.Note(
      fmt::format("run the same command again to go on: settled rows answer DUPLICATE; --from-line "
                  "{} skips them",
                  importer.first_unsettled_row()));
  return code;
}

// The schema as the server has it; null, and a note, where the server or the right to ask is
// missing.
Result<std::unique_ptr<schema::CompiledSchema>> SchemaFor(const Invocation& run,
                                                          const std::string& name) {
  Result<FetchedSchema> fetched = [&]() -> Result<FetchedSchema> {
    SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(run.settings));
    return FetchSchema(client, name, 0);
  }();
  if (fetched.ok()) return std::make_unique<schema::CompiledSchema>(std::move(fetched->type));
  if (fetched.error().code == ErrorCode::kNotFound) return std::move(fetched).error();
  run.output.Note(
      fmt::format("payloads are not checked against the schema, which cannot be had: {}",
                  fetched.error().message));
  return std::unique_ptr<schema::CompiledSchema>();
}

ExitCode DryRun(const Invocation& run, const ImportOptions& options, Prepared prepared) {
  const auto compiled = SchemaFor(run, prepared.map.schema);
  if (!compiled.ok()) return run.output.Fail(compiled.error());
  DryRunReport report{
      .file = options.path, .map = prepared.map.name, .schema = prepared.map.schema};
  const TimeUs now = Now();
  const auto mapper = RowMapper::Create(std::move(prepared.map), now);
  if (!mapper.ok()) return run.output.Fail(mapper.error());
  const Status status = RunDry(*prepared.file, *mapper,
                               {.from_row = options.from_row,
                                .rows_max = options.rows_max,
                                .schema = compiled->get(),
                                .now = now},
                               report);
  if (run.output.is_json()) {
    run.output.Json(DryRunJson(report));
  } else {
    run.output.Text(DryRunText(report));
  }
  if (!status.ok()) return run.output.Fail(status.error());
  return report.problems.empty() ? ExitCode::kDone : ExitCode::kFailed;
}

ExitCode Import(const Invocation& run, const ImportOptions& options, Prepared prepared,
                const Client& client, StopSignals& signals) {
  const auto limits = AwaitLimits(client, signals, std::chrono::seconds(options.give_up_after_s));
  if (!limits.ok()) return run.output.Fail(limits.error());
  auto rejects = CreateRejects(options, prepared);
  if (!rejects.ok()) return run.output.Fail(rejects.error());
  ImportSummary summary{
      .file = options.path, .map = prepared.map.name, .schema = prepared.map.schema};
  auto mapper = RowMapper::Create(std::move(prepared.map), Now());
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
                    rejects->has_value() ? &**rejects : nullptr);
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
  if (options.dry_run) return DryRun(run, options, *std::move(prepared));
  const auto server = run.settings.Server();
  if (!server.ok()) return run.output.Fail(server.error());
  const auto api_key = run.settings.ApiKey();
  if (!api_key.ok()) return run.output.Fail(api_key.error());
  StopSignals signals;
  const Client client(*server, *api_key);
  return Import(run, options, *std::move(prepared), client, signals);
}

}  // namespace selfsame::cli
